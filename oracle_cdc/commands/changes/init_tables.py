"""`init-tables` of changes: creates what is missing, by the part of init_oracle_tables.sql."""

from __future__ import annotations

from contextlib import closing

from oracle_cdc.changes.edges import open_oracle
from oracle_cdc.changes.settings import ChangesSettings
from oracle_cdc.commands.init_tables_report import say_tables
from oracle_cdc.errors import ExitCode
from oracle_cdc.oracle.ddl import CHANGES, read_tables
from oracle_cdc.oracle.login import password_of
from oracle_cdc.oracle.schema import create_tables, find_owned_problems


def init_change_tables(settings: ChangesSettings) -> ExitCode:
    """Create what is missing, and return the exit code: 1 when a table is not as it must be."""
    password = password_of(settings.oracle, settings.given)
    with closing(open_oracle(settings, password)) as database, database.session() as session:
        before = find_owned_problems(session, CHANGES)
        create_tables(session, CHANGES)
        problems = find_owned_problems(session, CHANGES)
    missing = {problem.table for problem in before if problem.is_missing_table}
    return say_tables(read_tables(CHANGES), missing, problems)
