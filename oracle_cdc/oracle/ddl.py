"""The tables that the service owns, as init_oracle_tables.sql makes them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from oracle_cdc.sql.ddl import parse_tables, read_packaged
from oracle_cdc.sql.statements import without_comments

SCHEMA_FILE = "init_oracle_tables.sql"
#: The parts of the file, one for each pipeline that has tables in Oracle.
CONVERSATIONS = "conversations"
CHANGES = "changes"
#: DDL on a table that others write to all the time would fail at once (ORA-00054), though they are
#: done within a moment. Whoever comes meanwhile waits behind it, so that it is a few seconds only.
WAIT_FOR_WRITERS = "ALTER SESSION SET DDL_LOCK_TIMEOUT = 5"
#: The line that begins a part.
PART = re.compile(r"^-- == (\w+) ==$", re.MULTILINE)


def read_schema_text() -> str:
    """Return the file as it is."""
    return read_packaged(SCHEMA_FILE)


def read_part(part: str) -> str:
    """Return the text of a part of the file. Raises ValueError for one that it does not have."""
    _, *pieces = PART.split(read_schema_text())
    parts = dict(zip(pieces[0::2], pieces[1::2], strict=True))
    if part not in parts:
        raise ValueError(f"{SCHEMA_FILE} has no part {part!r}; it has {', '.join(parts)}")
    return parts[part]


def read_schema(part: str = CONVERSATIONS) -> Sequence[str]:
    """Return the statements of a part in order, without SQL*Plus's own commands."""
    statements = []
    for block in re.split(r"^/\s*$", read_part(part), flags=re.MULTILINE):
        statement = without_comments(without_commands(block))
        if statement:
            statements.append(statement)
    return statements


def without_commands(block: str) -> str:
    """Return a text without the lines that are SQL*Plus's own commands."""
    lines = [line for line in block.splitlines() if not line.startswith("SET DEFINE")]
    return "\n".join(lines)


@cache
def read_tables(part: str = CONVERSATIONS) -> Mapping[str, Mapping[str, str]]:
    """Return the tables of a part with their columns' type names."""
    tables: dict[str, Mapping[str, str]] = {}
    for statement in read_schema(part):
        tables |= parse_tables(statement)
    return tables
