"""A translated expression: its SQLite text and what is known of its value without running it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from oralite.catalog.definitions import ColumnDefinition
from oralite.model import PLAIN, Column, SqlType, Variant

#: Limits of MAX_STRING_SIZE=STANDARD, the default of a real Oracle.
MAX_VARCHAR2_BYTES = 4000
MAX_RAW_BYTES = 2000


class Origin(Enum):
    """Where a value comes from, where rules depend on it."""

    EXPRESSION = "expression"
    COLUMN = "column"
    TEXT = "text literal"
    NULL = "null"
    BIND = "bind"
    ROWID = "rowid"


@dataclass(frozen=True)
class Typed:
    """A translated expression.

    size: bytes of text or RAW.

    scale: of NUMBER, or the fraction's digits of a time. detail: a text literal's value, the SQL of
    the integer key of a ROWID, or a bind's number. chars: the characters of a CHAR column, 0 where
    bytes are counted, None where that is not known.
    """

    sql: str
    type: SqlType
    size: int = 0
    precision: int = 0
    scale: int = -127
    nullable: bool = True
    origin: Origin = Origin.EXPRESSION
    detail: str = ""
    chars: int | None = None
    variant: Variant = PLAIN

    @classmethod
    def of(cls, column: Column | ColumnDefinition, sql: str) -> Typed:
        """Return a value with the column's type and limits, of which nothing else is known.

        That it is a LONG stays known: little may be done with it.
        """
        found = cls(sql, column.type, column.size_bytes, column.precision, column.scale)
        if column.variant.is_long:
            return replace(found, variant=column.variant)
        return found

    @classmethod
    def of_column(cls, column: Column | ColumnDefinition, sql: str) -> Typed:
        """Return what the column itself holds."""
        return replace(
            cls.of(column, sql),
            nullable=column.nullable,
            origin=Origin.COLUMN,
            variant=column.variant,
        )

    def column(self, name: str) -> Column:
        return Column(
            name, self.type, self.size, self.precision, self.scale, self.nullable, self.variant
        )

    def at(self, sql: str) -> Typed:
        """Return the same value, found elsewhere: in the result of a subquery."""
        if self.origin is not Origin.COLUMN:
            origin = Origin.EXPRESSION
        else:
            origin = self.origin
        return replace(self, sql=sql, origin=origin, detail="")


TEXTS = (SqlType.VARCHAR2, SqlType.CHAR, SqlType.CLOB, SqlType.ROWID)
TIMES = (SqlType.DATE, SqlType.TIMESTAMP, SqlType.TIMESTAMP_TZ)
BINARIES = (SqlType.RAW, SqlType.BLOB)
LOBS = (SqlType.CLOB, SqlType.BLOB)

_FRACTION_DIGITS = 6
_FRACTIONAL = (SqlType.TIMESTAMP, SqlType.TIMESTAMP_TZ)
_SIZES = {
    SqlType.VARCHAR2: MAX_VARCHAR2_BYTES,
    SqlType.CHAR: MAX_RAW_BYTES,
    SqlType.RAW: MAX_RAW_BYTES,
    SqlType.ROWID: 18,
}


def typed(sql: str, kind: SqlType, size: int = 0) -> Typed:
    """Return an expression of which nothing but its type is known."""
    if kind is SqlType.INTERVAL_DS:
        return Typed(sql, kind, precision=9, scale=9)
    if kind in _FRACTIONAL:
        scale = _FRACTION_DIGITS
    else:
        scale = -127
    return Typed(sql, kind, size or _SIZES.get(kind, 0), scale=scale)


def text_literal(value: str) -> Typed:
    """Return a text literal. '' is NULL."""
    if not value:
        return NULL
    pieces = ("'" + piece.replace("'", "''") + "'" for piece in value.split("\0"))
    sql = " || char(0) || ".join(pieces)
    size = len(value.encode("utf-8", "surrogatepass"))
    if not ("\0" not in value):
        sql = f"({sql})"
    return Typed(sql, SqlType.CHAR, size, nullable=False, origin=Origin.TEXT, detail=value)


def blob_literal(value: bytes, kind: SqlType, scale: int = -127) -> Typed:
    return Typed(f"x'{value.hex()}'", kind, len(value), scale=scale, nullable=False)


def sql_text(value: str) -> str:
    """Return a text for internal use (labels of columns), quoted for SQLite."""
    return "'" + value.replace("'", "''") + "'"


NULL = Typed("NULL", SqlType.VARCHAR2, 0, origin=Origin.NULL)
