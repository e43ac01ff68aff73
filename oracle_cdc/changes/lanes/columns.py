"""The columns of a change table: what is selected of each, and how it may stand in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from oracle_cdc.changes.capture.model import Column
from oracle_cdc.changes.capture.widening import is_lob, kind_of
from oracle_cdc.changes.rules.table_models import JsonType
from oracle_cdc.oracle.identifiers import quote

#: As ISO has it. With a sign or a blank before the year, which Oracle's calendar needs.
DAY_AND_TIME = 'SYYYY-MM-DD"T"HH24:MI:SS'
ITSELF = "{column}"
DATE_TEXT = f"TO_CHAR({{column}}, '{DAY_AND_TIME}')"
#: The driver keeps six digits of a second, and drops the zone.
TIMESTAMP_TEXT = f"TO_CHAR({{column}}, '{DAY_AND_TIME}.FF9')"
ZONED_TEXT = f"TO_CHAR({{column}}, '{DAY_AND_TIME}.FF9TZH:TZM')"
#: In UTC, so that the session's zone is not seen.
LOCAL_TEXT = f"TO_CHAR(SYS_EXTRACT_UTC({{column}}), '{DAY_AND_TIME}.FF9\"Z\"')"
INTERVAL_TEXT = "TO_CHAR({column})"

TEXT = (JsonType.STRING,)
NUMBERS = (JsonType.NUMBER_AS_TEXT, JsonType.INTEGER, JsonType.BOOLEAN)
TIME = (JsonType.TIME_AS_TEXT,)
INTERVAL = (JsonType.INTERVAL_AS_TEXT,)
BYTES = (JsonType.BASE64,)

#: Type in the change table -> what is selected, and how it may stand in JSON.
FORMS: Mapping[str, tuple[str, tuple[JsonType, ...]]] = {
    "NUMBER": (ITSELF, NUMBERS),
    "BINARY_DOUBLE": (ITSELF, (JsonType.NUMBER_AS_TEXT,)),
    "BINARY_FLOAT": (ITSELF, (JsonType.NUMBER_AS_TEXT,)),
    "VARCHAR2": (ITSELF, TEXT),
    "NVARCHAR2": (ITSELF, TEXT),
    "ROWID": (ITSELF, TEXT),
    "CLOB": (ITSELF, TEXT),
    "NCLOB": (ITSELF, TEXT),
    "RAW": (ITSELF, BYTES),
    "BLOB": (ITSELF, BYTES),
    "DATE": (DATE_TEXT, TIME),
    "TIMESTAMP": (TIMESTAMP_TEXT, TIME),
    "TIMESTAMP WITH TIME ZONE": (ZONED_TEXT, TIME),
    "TIMESTAMP WITH LOCAL TIME ZONE": (LOCAL_TEXT, TIME),
    "INTERVAL DAY TO SECOND": (INTERVAL_TEXT, INTERVAL),
    "INTERVAL YEAR TO MONTH": (INTERVAL_TEXT, INTERVAL),
}
#: Bytes that a value of any other type comes with, at most.
SMALL_BYTES = 64


@dataclass(frozen=True)
class LogColumn:
    """A column that is shipped.

    Parameters:
        field: its name in events.
        is_key: rows are known by it, among others.
    """

    field: str
    column: Column
    json_type: JsonType
    is_key: bool = False

    @property
    def is_lob(self) -> bool:
        return is_lob(self.column)

    @property
    def expression(self) -> str:
        """Return what is selected of it."""
        return FORMS[kind_of(self.column)][0].replace("{column}", quote(self.column.name))

    @property
    def may_stand(self) -> bool:
        """Return whether its values can stand in JSON as the model says."""
        form = FORMS.get(kind_of(self.column))
        return form is not None and self.json_type in form[1]

    @property
    def most_bytes(self) -> int:
        """Return how many bytes a value may have, that of no large object counted."""
        # Four bytes a character where they are counted as such.
        return max(SMALL_BYTES, 4 * self.column.length)
