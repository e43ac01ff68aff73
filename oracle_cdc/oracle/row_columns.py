"""The types of columns whose rows become events: what is selected of each."""

from __future__ import annotations

import re
from dataclasses import dataclass

from oracle_cdc.oracle.identifiers import quote

#: A type's name without its numbers, as in TIMESTAMP(6) WITH TIME ZONE.
DIGITS = re.compile(r"\(\d+\)")

#: A time as ISO has it. With a sign before years before 1, else with a blank, which is cut off.
DAY_AND_TIME = 'SYYYY-MM-DD"T"HH24:MI:SS'
#: What the driver can't bring as a time comes as a text, which an encoder would write alike.
DATE_TEXT = f"LTRIM(TO_CHAR({{column}}, '{DAY_AND_TIME}\".000000\"'))"
TIMESTAMP_TEXT = f"LTRIM(TO_CHAR({{column}}, '{DAY_AND_TIME}.FF6'))"
#: The driver drops the offset.
ZONED_TEXT = f"LTRIM(TO_CHAR({{column}}, '{DAY_AND_TIME}.FF6TZH:TZM'))"
#: In UTC, so that the session's zone is not seen.
LOCAL_TEXT = f"LTRIM(TO_CHAR({{column}} AT TIME ZONE 'UTC', '{DAY_AND_TIME}.FF6TZH:TZM'))"
INTERVAL_TEXT = "TO_CHAR({column})"
ITSELF = "{column}"

#: Type -> what is selected.
EXPRESSIONS = {
    "NUMBER": ITSELF,
    "FLOAT": ITSELF,
    "BINARY_DOUBLE": ITSELF,
    "BINARY_FLOAT": ITSELF,
    "VARCHAR2": ITSELF,
    "NVARCHAR2": ITSELF,
    "CHAR": ITSELF,
    "NCHAR": ITSELF,
    "CLOB": ITSELF,
    "NCLOB": ITSELF,
    "BLOB": ITSELF,
    "RAW": ITSELF,
    "ROWID": ITSELF,
    "DATE": ITSELF,
    "TIMESTAMP": ITSELF,
    "TIMESTAMP WITH TIME ZONE": ZONED_TEXT,
    "TIMESTAMP WITH LOCAL TIME ZONE": LOCAL_TEXT,
    "INTERVAL DAY TO SECOND": INTERVAL_TEXT,
    "INTERVAL YEAR TO MONTH": INTERVAL_TEXT,
}
#: Where a value is one that the driver can't bring, such as a year before 1.
CAREFUL = {"DATE": DATE_TEXT, "TIMESTAMP": TIMESTAMP_TEXT}

NUMBERS = ("NUMBER", "FLOAT")
TIMES = ("DATE", "TIMESTAMP")
#: What a key may be: what has an order, a hash and one text.
KEYS = ("NUMBER", "VARCHAR2", "NVARCHAR2", "CHAR", "NCHAR", "RAW", "ROWID", *TIMES)


@dataclass(frozen=True)
class Column:
    """A column as the dictionary has it.

    Parameters:
        kind: its type without lengths and digits.
        is_object: its type was made by somebody.
    """

    name: str
    kind: str
    is_nullable: bool = True
    is_object: bool = False

    @property
    def quoted(self) -> str:
        """Return its name as SQL takes it."""
        return quote(self.name)

    @property
    def is_supported(self) -> bool:
        """Return whether its values can stand in an event."""
        return self.kind in EXPRESSIONS and not self.is_object

    def expression(self, *, is_careful: bool = False) -> str:
        """Return what is selected of it.

        Parameters:
            is_careful: times come as texts.
        """
        pattern = EXPRESSIONS[self.kind]
        if is_careful:
            pattern = CAREFUL.get(self.kind, pattern)
        return pattern.replace("{column}", self.quoted)


def plain_kind(data_type: str) -> str:
    """Return a type's name without lengths and digits."""
    return DIGITS.sub("", data_type)
