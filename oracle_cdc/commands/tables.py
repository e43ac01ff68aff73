"""`init-tables`: creates what is missing, by the files of DDL, or with `--print` shows them."""

from __future__ import annotations

import sys

from oracle_cdc.errors import ExitCode
from oracle_cdc.oracle.ddl import read_schema_text
from oracle_cdc.programs import Enabled
from oracle_cdc.running.log_setup import configure_console


def print_tables() -> int:
    """Print the file as it is: it runs in SQL*Plus."""
    sys.stdout.write(read_schema_text())
    return ExitCode.DONE


def init_tables(enabled: Enabled) -> int:
    """Create what is missing, and return the exit code: 1 when a table is not as it must be."""
    configure_console(enabled.service.logging.level)
    from oracle_cdc.commands.conversations.tables import init_oracle_tables

    return init_oracle_tables(enabled.need_conversations("init-tables"))
