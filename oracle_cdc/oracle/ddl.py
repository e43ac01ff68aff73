"""The tables that the service owns, as init_oracle_tables.sql makes them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from oracle_cdc.sql.ddl import parse_tables, read_packaged
from oracle_cdc.sql.statements import without_comments

SCHEMA_FILE = "init_oracle_tables.sql"


def read_schema_text() -> str:
    """Return the file as it is."""
    return read_packaged(SCHEMA_FILE)


def read_schema() -> Sequence[str]:
    """Return the file's statements in order, without SQL*Plus's own commands."""
    statements = []
    for block in re.split(r"^/\s*$", read_schema_text(), flags=re.MULTILINE):
        statement = without_comments(without_commands(block))
        if statement:
            statements.append(statement)
    return statements


def without_commands(block: str) -> str:
    """Return a text without the lines that are SQL*Plus's own commands."""
    lines = [line for line in block.splitlines() if not line.startswith("SET DEFINE")]
    return "\n".join(lines)


@cache
def read_tables() -> Mapping[str, Mapping[str, str]]:
    """Return the tables of the file with their columns' type names."""
    tables: dict[str, Mapping[str, str]] = {}
    for statement in read_schema():
        tables |= parse_tables(statement)
    return tables
