"""The documents of the repository, and what their text is made of."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
#: Where pages stand, beside the root.
FOLDERS = (
    "docs",
    "deploy",
    "bench",
    "oracle_cdc",
    "sync_monitor",
    "oralite",
    "awslite",
    "trinolite",
    "tests",
)
#: Lines that open or close a block of code.
FENCE = re.compile(r"^ *```(\w*)")


def pages() -> list[str]:
    """Return every Markdown file of the repository, by its path from the root."""
    found = list(ROOT.glob("*.md"))
    for folder in FOLDERS:
        found.extend((ROOT / folder).rglob("*.md"))
    names = []
    for path in found:
        names.append(str(path.relative_to(ROOT)))
    return sorted(names)


@cache
def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def everything() -> str:
    """Return what users, operators and contributors read, as one text."""
    return "\n".join(map(read, pages()))


def blocks(text: str, language: str) -> list[str]:
    """Return the blocks of code in one language, without their indent."""
    found: list[str] = []
    lines: list[str] | None = None
    for line in text.splitlines():
        fence = FENCE.match(line)
        if fence and lines is not None:
            found.append("\n".join(lines))
            lines = None
        elif fence and fence[1] == language:
            lines = []
        elif fence:
            lines = None
            if not language:
                lines = []
        elif lines is not None:
            lines.append(line.removeprefix("   "))
    return found


def prose(text: str) -> str:
    """Return a text without its blocks of code."""
    kept: list[str] = []
    is_code = False
    for line in text.splitlines():
        if FENCE.match(line):
            is_code = not is_code
        elif not is_code:
            kept.append(line)
    return "\n".join(kept)


def anchors(text: str) -> set[str]:
    """Return the anchors of the headings, as GitHub makes them."""
    found = set()
    for heading in re.findall(r"^#+ (.+)$", prose(text), re.MULTILINE):
        found.add(re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-"))
    return found


def section(page: str, heading: str) -> str:
    """Return what stands below a heading, up to the next of its level or above."""
    level = heading.split(" ")[0]
    _, _, below = f"\n{read(page)}".partition(f"\n{heading}\n")
    assert below, f"{page} has no {heading}"
    return re.split(rf"^#{{1,{len(level)}}} ", below, maxsplit=1, flags=re.MULTILINE)[0]


def rows(text: str) -> list[list[str]]:
    """Return the cells of every row of every table in a text, without heads and rules."""
    found: list[list[str]] = []
    for line in text.splitlines():
        if not line.startswith("|"):
            continue
        if re.match(r"\| ?-", line):
            found.pop()
            continue
        found.append(list(map(str.strip, re.split(r"(?<!\\)\|", line)[1:-1])))
    return found


def tracked_files() -> list[Path]:
    """Return the files that git knows, and those that it would take."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    found = []
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            found.append(ROOT / name)
    return found
