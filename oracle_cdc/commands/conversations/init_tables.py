"""`init-tables` of conversations: creates what is missing, by init_oracle_tables.sql."""

from __future__ import annotations

from oracle_cdc.commands.init_tables_report import say_tables
from oracle_cdc.conversations.settings import Settings
from oracle_cdc.conversations.wiring_parts import open_database
from oracle_cdc.errors import ExitCode
from oracle_cdc.oracle.ddl import read_tables
from oracle_cdc.oracle.schema import create_tables, find_problems
from oracle_cdc.oracle.session import Session
from oracle_cdc.running.terminal import warn


def init_oracle_tables(settings: Settings) -> ExitCode:
    """Create what is missing, and return the exit code: 1 when a table is not as it must be."""
    source = settings.source.qualified_name
    database = open_database(settings, sessions=1)
    try:
        with database.session() as session:
            missing = find_missing(session, source)
            create_tables(session)
            problems = find_problems(session, source)
    finally:
        database.close()
    owned = read_tables()
    # What must be mended first, then what only should be.
    code = say_tables(owned, missing, [problem for problem in problems if problem.table in owned])
    for problem in problems:
        if problem.table not in owned:
            warn(f"{problem.table}: {problem.what}")
    return code


def find_missing(session: Session, source: str) -> set[str]:
    """Return the names of the tables that are not there."""
    problems = find_problems(session, source)
    return {problem.table for problem in problems if problem.is_missing_table}
