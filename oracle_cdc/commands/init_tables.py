"""`init-tables`: creates what is missing, by the files of DDL, or with `--print` shows them."""

from __future__ import annotations

import sys
from collections.abc import Callable

from oracle_cdc.changes.settings import ChangesSettings
from oracle_cdc.conversations.settings import Settings
from oracle_cdc.errors import CdcError, ExitCode, worst
from oracle_cdc.events.settings import EventsSettings
from oracle_cdc.processor.settings import ProcessorSettings
from oracle_cdc.programs import Enabled
from oracle_cdc.running.log_setup import configure_console


def print_tables(database: str) -> int:
    """Print a file as it is: it runs in SQL*Plus, or in the mariadb client.

    Parameters:
        database: `oracle` or `mariadb`.
    """
    if database == "mariadb":
        from oracle_cdc.mariadb.tables import read_tables_text

        sys.stdout.write(read_tables_text())
    else:
        from oracle_cdc.oracle.ddl import read_schema_text

        sys.stdout.write(read_schema_text())
    return ExitCode.DONE


def init_tables(enabled: Enabled) -> int:
    """Create what is missing, and return the exit code: 1 when a table is not as it must be.

    What fails in one database keeps the other from nothing.
    """
    configure_console(enabled.service.logging.level)
    codes: list[ExitCode] = []
    for part in parts_of(enabled):
        try:
            codes.append(part())
        except CdcError as error:
            sys.stderr.write(f"❌ {error}\n")
            codes.append(error.exit_code)
    return worst(codes)


def parts_of(enabled: Enabled) -> list[Callable[[], ExitCode]]:
    """Return what creates the tables of each pipeline that is enabled."""
    parts: list[Callable[[], ExitCode]] = []
    conversations, events = enabled.find(Settings), enabled.find(EventsSettings)
    if conversations is not None:
        from oracle_cdc.commands.conversations.init_tables import init_oracle_tables

        parts.append(lambda: init_oracle_tables(conversations))
    if events is not None:
        from oracle_cdc.commands.events.init_tables import init_mariadb_tables

        parts.append(lambda: init_mariadb_tables(events))
    changes = enabled.find(ChangesSettings)
    if changes is not None:
        from oracle_cdc.commands.changes.init_tables import init_change_tables

        parts.append(lambda: init_change_tables(changes))
    processor = enabled.find(ProcessorSettings)
    if processor is not None:
        from oracle_cdc.commands.processor.init_tables import init_dynamodb_tables

        parts.append(lambda: init_dynamodb_tables(processor))
    return parts
