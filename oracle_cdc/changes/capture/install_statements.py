"""What installs capturing of a table, statement by statement: a first time, or to widen it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from oracle_cdc.changes.capture.choosing import OWN_COLUMNS
from oracle_cdc.changes.capture.ddl import (
    add_columns,
    create_index,
    create_log,
    create_triggers,
    drop_column,
    grant,
)
from oracle_cdc.changes.capture.model import Capture, Column
from oracle_cdc.changes.capture.registry import register
from oracle_cdc.changes.capture.widening import find_widest, holds
from oracle_cdc.errors import SettingsError


@dataclass(frozen=True)
class Installation:
    """How a table is to be captured, and what is there of it already.

    Parameters:
        table: its name in events.
        has_all_columns: all columns that can be captured are asked for.
        logged: the columns that its change table has, none where it is not there yet.
        has_index: the change table has its index.
        unwanted: columns of the change table that the source has no more, or nobody asks for.
    """

    table: str
    capture: Capture
    has_all_columns: bool = True
    logged: Sequence[Column] = ()
    has_index: bool = False
    unwanted: Sequence[str] = ()

    def own_statements(self) -> Iterator[str]:
        """Yield what the service's user runs, before the triggers that write into its table.

        Raises SettingsError for a change table that can't take the values.
        """
        self.refuse()
        if not self.logged:
            yield create_log(self.capture)
        elif added := self.missing():
            yield add_columns(self.capture, added)
        if not self.has_index:
            yield create_index(self.capture)
        yield from grant(self.capture)
        yield register(self.table, self.capture, has_all_columns=self.has_all_columns)
        yield "COMMIT"

    def triggers(self) -> Iterator[str]:
        """Yield what the source's owner runs, or a DBA."""
        yield from create_triggers(self.capture)

    def afterwards(self) -> Iterator[str]:
        """Yield what the service's user runs once no trigger fills columns that are unwanted."""
        for name in self.unwanted:
            yield drop_column(self.capture, name)

    def missing(self) -> list[Column]:
        """Return the columns that the change table is to get."""
        known = {column.name for column in self.logged}
        return [column for column in self.capture.columns if column.name not in known]

    def refuse(self) -> None:
        """Raise SettingsError for columns whose values the change table can't take."""
        known = {column.name: column for column in self.logged}
        if known and not known.keys() >= set(OWN_COLUMNS):
            raise SettingsError(
                f"{self.capture.log.shown}: there is a table of this name that is no change table"
            )
        for column in self.capture.columns:
            needed = find_widest(column)
            assert needed is not None, "what can't be captured is left out"
            if column.name in known and not holds(known[column.name], needed):
                raise SettingsError(
                    f"{self.capture.source.shown}: column {column.name} needs {needed}, its change "
                    f"table has {known[column.name].data_type}; once all changes are shipped: "
                    "`changes uninstall`, then `changes install`"
                )
