"""`init-tables`: creates what is missing, by init_oracle_tables.sql; `--print` only shows it."""

from __future__ import annotations

import sys

from oracle_cdc.conversations.parts import open_database
from oracle_cdc.conversations.settings import Settings
from oracle_cdc.errors import ExitCode
from oracle_cdc.oracle.ddl import read_schema_text, read_tables
from oracle_cdc.oracle.schema import create_tables, find_problems
from oracle_cdc.running.log_setup import configure_console
from oracle_cdc.running.terminal import complain, say, warn


def print_tables() -> int:
    """Show the file as it is: it runs in SQL*Plus."""
    sys.stdout.write(read_schema_text())
    return ExitCode.DONE


def init_tables(settings: Settings) -> int:
    """0 when every owned table is as it must be; 1 when one is not, and it says which."""
    configure_console(settings.logging.level)
    database = open_database(settings, sessions=1)
    try:
        with database.session() as session:
            before = {
                p.table
                for p in find_problems(session, settings.source.qualified_name)
                if p.is_missing_table
            }
            create_tables(session)
            problems = find_problems(session, settings.source.qualified_name)
    finally:
        database.close()
    for table in read_tables():
        say(f"{'created' if table in before else 'present'} {table}")
    owned = [problem for problem in problems if problem.table in read_tables()]
    for problem in owned:
        complain(problem.table, problem.what)
    for problem in problems:
        if problem not in owned:
            warn(f"{problem.table}: {problem.what}")
    return int(bool(owned))
