"""Loads the named statements of the files *.sql and the DDL of init_oracle_tables.sql.

Each statement stands in the file of its subject, below a line `-- name --` and a sentence. `-- part name --` begins a
text that several statements share, each by `{name}`. Two rules hold in all of them: the driver brings times to the
microsecond, cut off, so a column is newer than what came by the driver only by a microsecond or more (a difference,
because a sum might leave the calendar), and where a time is due or ends, NULL is a time that has passed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from oracle_cdc import fingerprint

#: Where the statements stand: one file for each subject.
STATEMENT_FILES = tuple(sorted(Path(__file__).parent.glob("*.sql")))
SCHEMA_FILE = Path(__file__).parents[2] / "init_oracle_tables.sql"

#: What begins a statement, or a part that statements share.
HEADING = re.compile(r"^-- (?:(part) )?(\w+) --$", re.MULTILINE)

#: Lists of binds come in these lengths only, so that few statements are parsed; Oracle allows 1000 in one IN list.
LIST_LENGTHS = (10, 100, 1000)

#: The database's clock as the source writes times. Bare SYSTIMESTAMP beside a TIMESTAMP column would convert the
#: column.
DATABASE_NOW = "CAST(SYSTIMESTAMP AS TIMESTAMP)"

#: Before it lie times that Oracle holds and Python does not.
FIRST_TIME = "CAST(DATE '0001-01-01' AS TIMESTAMP)"

#: Whether a row of the ledger names a call of the source, where calls have numbers.
NAMES_A_CALL = "REGEXP_LIKE(CALL_ID, '^-?([0-9]+[.]?[0-9]*|[.][0-9]+)(E[+-]([0-9][0-9]|1[01][0-9]|12[0-5]))?$')"

#: The newest TEXT_TIME that a row of the ledger accounts for. The original system wrote one time only, or none.
ACCOUNTED = f"NVL(l.NEWEST_READ, NVL(l.TEXT_TIME, NVL(l.PROCESSED_AT, {FIRST_TIME})))"


def zone_now(time_zone: str) -> str:
    """The database's clock in an IANA zone (checked before, by the settings)."""
    return f"CAST(SYSTIMESTAMP AT TIME ZONE '{time_zone}' AS TIMESTAMP)"


@cache
def read_statements(files: Sequence[Path] = STATEMENT_FILES) -> Mapping[str, str]:
    """Return every statement of some files by its name, with its placeholders but for the shared parts.

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
    return {name: fill(sql, parts) for name, sql in statements.items()}


def split_file(file: Path) -> Iterator[tuple[str, str, str]]:
    """Yield kind (`part`, or empty for a statement), name and text of each block of a file."""
    blocks = HEADING.split(file.read_text(encoding="utf-8"))[1:]
    for kind, name, text in zip(blocks[0::3], blocks[1::3], blocks[2::3], strict=True):
        yield kind or "", name, without_comments(text)


def without_comments(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith("--")).strip()


def render(source: str, time_zone: str | None) -> Mapping[str, str]:
    """The statements for one source table; `{ids}` stays, see `expand`."""
    now = zone_now(time_zone) if time_zone else DATABASE_NOW
    statements = read_statements()
    # times: what a source row `s` adds to the number that tells a call's TEXT_TIMEs. accounted: the newest TEXT_TIME
    # that the ledger's row `l` accounts for.
    texts = {
        "{find_work}": statements["find_work"],
        "{source}": source,
        "{now}": now,
        "{accounted}": ACCOUNTED,
        "{first_time}": FIRST_TIME,
        "{names_a_call}": NAMES_A_CALL,
        "{times}": fingerprint.SQL,
    }
    return {name: fill(sql, texts) for name, sql in statements.items()}


def fill(sql: str, texts: Mapping[str, str]) -> str:
    """Put a text for each placeholder."""
    for placeholder, text in texts.items():
        sql = sql.replace(placeholder, text)
    return sql


def expand(sql: str, ids: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Puts a list of binds for `{ids}`; the list is filled up with its last element.

    Raises ValueError for more ids than the longest list, or none.
    """
    length = next((n for n in LIST_LENGTHS if n >= len(ids)), None)
    if not ids or length is None:
        raise ValueError(f"a list of binds takes 1 to {LIST_LENGTHS[-1]} values, not {len(ids)}")
    binds = {f"id{i}": ids[min(i, len(ids) - 1)] for i in range(length)}
    return sql.replace("{ids}", ", ".join(f":{name}" for name in binds)), binds


def read_schema() -> Sequence[str]:
    """The statements of init_oracle_tables.sql in order, without SQL*Plus's own commands."""
    blocks = re.split(r"^/$", SCHEMA_FILE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    statements = (without_comments(without_commands(block)) for block in blocks)
    return [statement for statement in statements if statement]


def without_commands(block: str) -> str:
    return "\n".join(line for line in block.splitlines() if not line.startswith("SET DEFINE"))
