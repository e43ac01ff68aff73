"""The frozen values of capturing: a table as the dictionary has it, and what is captured of it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from oracle_cdc.oracle.identifiers import OwnedName, spell


class Place(OwnedName):
    """A table, a trigger or a sequence."""

    @property
    def shown(self) -> str:
        """Return it as people name it."""
        return f"{self.owner}.{self.name}"

    @property
    def typed(self) -> str:
        """Return it as a shell and `--table` take it."""
        return shlex.quote(f"{spell(self.owner)}.{spell(self.name)}")


@dataclass(frozen=True)
class Column:
    """A column as the dictionary has it.

    Parameters:
        data_type: with its digits, as in TIMESTAMP(6) WITH TIME ZONE.
        length: of a text or RAW: bytes, characters of a national one, 0 for other types.
        type_owner: of a type that somebody made.
    """

    name: str
    data_type: str
    length: int = 0
    type_owner: str | None = None


@dataclass(frozen=True)
class SourceTable:
    """A table whose changes are of interest. keys: the columns by which rows are known."""

    place: Place
    columns: Sequence[Column]
    keys: Sequence[str]


@dataclass(frozen=True)
class Capture:
    """What is captured of a table, and where to.

    Parameters:
        columns: those written down, in the order of the table.
        left_out: columns that were asked for and can't be captured, each with the reason.
        log: the change table.
        sequence: what numbers the changes of all tables.
        lobs: whether large objects of new images are written down. Old images never have them.
    """

    source: Place
    keys: Sequence[str]
    columns: Sequence[Column]
    left_out: Mapping[str, str]
    log: Place
    sequence: Place
    lobs: bool = False


@dataclass(frozen=True)
class TriggerState:
    """A trigger as the dictionary has it.

    Parameters:
        is_valid: it compiles, None where this user does not see that.
        body: its text from BEGIN on.
    """

    name: str
    is_enabled: bool
    is_valid: bool | None
    body: str

    def writes_into(self, log: Place) -> bool:
        """Return whether it names a change table: another's of the same name does not."""
        return log.quoted in self.body


def as_column(record: Mapping[str, Any]) -> Column:
    """Return the column of a row of ALL_TAB_COLUMNS, whose names are in small letters."""
    data_type = str(record["data_type"])
    length = 0
    if data_type in ("NVARCHAR2", "NCHAR"):
        length = int(record["char_length"] or 0)
    elif data_type in ("VARCHAR2", "CHAR", "RAW"):
        length = int(record["data_length"])
    return Column(str(record["column_name"]), data_type, length, record["data_type_owner"])
