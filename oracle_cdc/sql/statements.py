"""Read named statements from files.

Each statement stands in the file of its subject, below a line `-- name --` and a sentence.
`-- part name --` begins a text that several statements share, each by `{name}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

#: What begins a statement, or a part that statements share.
HEADING = re.compile(r"^-- (?:(part) )?(\w+) --$", re.MULTILINE)


@cache
def read_statements(files: Sequence[Path]) -> Mapping[str, str]:
    """Return every statement of some files by its name, with the shared parts filled in.

    Raises ValueError for a name that stands twice.
    """
    statements: dict[str, str] = {}
    parts: dict[str, str] = {}
    for file in files:
        for kind, name, text in split_file(file):
            if name in statements or f"{{{name}}}" in parts:
                raise ValueError(f"{file.name}: the name {name} stands twice")
            if kind == "part":
                parts[f"{{{name}}}"] = text
            else:
                statements[name] = text
    for name, sql in statements.items():
        statements[name] = fill(sql, parts)
    return statements


def split_file(file: Path) -> Iterator[tuple[str, str, str]]:
    """Yield kind (`part`, or empty for a statement), name and text of each block of a file."""
    blocks = HEADING.split(file.read_text(encoding="utf-8"))[1:]
    for kind, name, text in zip(blocks[0::3], blocks[1::3], blocks[2::3], strict=True):
        yield kind or "", name, without_comments(text)


def without_comments(text: str) -> str:
    """Return a text without the lines that are comments of SQL."""
    lines = [line for line in text.splitlines() if not line.startswith("--")]
    return "\n".join(lines).strip()


def fill(sql: str, texts: Mapping[str, str]) -> str:
    """Put a text for each placeholder."""
    for placeholder, text in texts.items():
        sql = sql.replace(placeholder, text)
    return sql
