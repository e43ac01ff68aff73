"""`init-tables` of events: creates what is missing, by init_mariadb_tables.sql."""

from __future__ import annotations

from contextlib import closing

from oracle_cdc.commands.init_tables_report import say_tables
from oracle_cdc.errors import ExitCode, StoreConfigurationError
from oracle_cdc.events.edges import open_store, store_secret
from oracle_cdc.events.settings import EventsSettings
from oracle_cdc.mariadb.tables import TABLES_FILE, create_tables, find_problems, read_wanted


def init_mariadb_tables(settings: EventsSettings) -> ExitCode:
    """Create what is missing, and return the exit code: 1 when a table is not as it must be.

    Raises StoreConfigurationError with what a DBA can do where the user may not create tables.
    """
    with closing(open_store(settings, store_secret(settings))) as store:
        # What keeps it from being asked at all has nothing to do with tables.
        find_problems(store)
        try:
            created = create_tables(store)
        except StoreConfigurationError as error:
            raise StoreConfigurationError(
                f"{error}. The user needs the right CREATE, or a DBA runs {TABLES_FILE}, which "
                "init-tables --print mariadb shows"
            ) from error
        problems = find_problems(store)
    return say_tables(read_wanted(), created, problems)
