"""Opens Oracle for the time of an action."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from oracle_cdc.changes.capture.dictionary import dictionary_statements
from oracle_cdc.changes.command_settings import CapturingSettings
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.login import password_of


@contextmanager
def open_oracle(settings: CapturingSettings, sessions: int = 1) -> Iterator[Database]:
    """Open Oracle, and close it behind the action."""
    password = password_of(settings.oracle, settings.given)
    database = Database(
        settings.oracle, dictionary_statements(), password=password, sessions=sessions
    )
    try:
        yield database
    finally:
        database.close()
