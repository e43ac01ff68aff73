"""Implicit conversions: which type two values meet in, and the SQL that takes a value there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from oralite.errors import OraError
from oralite.functions.conversions import conversion_name
from oralite.functions.library import FUNCTIONS
from oralite.model import SqlType
from oralite.translate.shapes import result, shaped
from oralite.translate.typed import (
    BINARIES,
    LOBS,
    NULL,
    TEXTS,
    TIMES,
    Origin,
    Typed,
    text_literal,
    typed,
)

_NUMERIC = (SqlType.NUMBER, SqlType.BINARY_DOUBLE)


def mismatch(expected: SqlType, got: SqlType) -> OraError:
    return OraError(932, f"inconsistent datatypes: expected {expected.value} got {got.value}")


def convert(value: Typed, wanted: SqlType) -> Typed:
    """Return the value as another type, as Oracle converts it unasked.

    Raises ORA-00932 where it does not.
    """
    if value.origin is Origin.NULL:
        return replace(NULL, type=wanted)
    function = conversion_name(value.type, wanted)
    if function is not None:
        return result(
            FUNCTIONS[function], [value], shaped(FUNCTIONS[function], [value], [value.sql]), wanted
        )
    if value.type is wanted:
        return value
    if value.origin is not Origin.ROWID:
        origin = value.origin
    else:
        origin = Origin.EXPRESSION
    if (value.type, wanted) == (SqlType.DATE, SqlType.TIMESTAMP):
        scale = 0
    else:
        scale = value.scale
    return replace(value, type=wanted, origin=origin, scale=scale)


def refuse_long(value: Typed) -> None:
    """Refuse a LONG where more is done with it than to select it. Raises ORA-00997."""
    if value.variant.is_long:
        raise OraError(997, "illegal use of LONG datatype")


def refuse_long_argument(value: Typed) -> None:
    """Refuse a LONG where a text is worked on. Raises ORA-00932."""
    if value.variant.is_long:
        raise OraError(932, "inconsistent datatypes: expected CHAR got LONG")


def to_text(value: Typed) -> Typed:
    refuse_long_argument(value)
    if value.type in TEXTS:
        return value
    return convert(value, SqlType.VARCHAR2)


def sort_key(value: Typed) -> str:
    """Return SQL whose byte order is the value's order.

    Raises ORA-00932 for LOBs and ORA-00997 for LONGs, which have none.
    """
    refuse_long(value)
    if value.type in LOBS:
        raise OraError(932, f"inconsistent datatypes: expected - got {value.type.value}")
    if value.type is SqlType.TIMESTAMP_TZ:
        return f"substr({value.sql}, 1, 11)"
    return value.sql


def align(left: Typed, right: Typed) -> tuple[str, str]:
    """Return the two as SQL that compares as Oracle compares them."""
    if SqlType.ROWID in (left.type, right.type):
        return _rowid_key(left), _rowid_key(right)
    if left.type in TEXTS and right.type in TEXTS:
        return _align_texts(left, right)
    common = _meeting(left.type, right.type)
    return sort_key(convert(left, common)), sort_key(convert(right, common))


def comparison(operator: str, left: Typed, right: Typed) -> str:
    if Origin.NULL in (left.origin, right.origin):
        return f"(({left.sql} IS {right.sql}) + NULL)"
    first, second = align(left, right)
    return f"({first} {operator} {second})"


def _meeting(left: SqlType, right: SqlType) -> SqlType:
    """Return the type in which two different types are compared."""
    if left is right:
        return left
    for group in (TIMES, _NUMERIC):
        if left in group and right in group:
            return max(left, right, key=group.index)
    if left in TEXTS:
        return right
    if right in TEXTS:
        return left
    raise mismatch(left, right)


def _align_texts(left: Typed, right: Typed) -> tuple[str, str]:
    """Compare CHAR with CHAR without regard to trailing blanks, all else as it is."""
    for value in (left, right):
        refuse_long(value)
        if value.type is SqlType.CLOB:
            raise OraError(932, "inconsistent datatypes: expected - got CLOB")
    if left.type is not SqlType.CHAR or right.type is not SqlType.CHAR:
        return left.sql, right.sql
    if left.origin is Origin.TEXT and right.chars is not None:
        return _padded(left, right), right.sql
    if right.origin is Origin.TEXT and left.chars is not None:
        return left.sql, _padded(right, left)
    if (
        left.size == right.size
        and left.origin is right.origin is Origin.COLUMN
        and left.chars == right.chars
    ):
        return left.sql, right.sql
    return f"rtrim({left.sql}, ' ')", f"rtrim({right.sql}, ' ')"


def _padded(literal: Typed, column: Typed) -> str:
    """Return the literal as the column would hold it, so that an index can serve."""
    text = literal.detail.rstrip(" ")
    if column.chars:
        length = len(text)
    else:
        length = len(text.encode("utf-8", "surrogatepass"))
    return text_literal(text + " " * ((column.chars or column.size) - length) or " ").sql


def _rowid_key(value: Typed) -> str:
    if value.origin is Origin.ROWID:
        return value.detail
    return f"ora_rowid_key({value.sql})"


def common_type(values: Sequence[Typed], code: int = 932) -> SqlType:
    """Return the type of a CASE's or a UNION's values together."""
    kinds = []
    for value in values:
        if value.origin is not Origin.NULL:
            kinds.append(value.type)
    if not kinds:
        return SqlType.VARCHAR2
    if all(kind in TEXTS for kind in kinds):
        return _common_text([value for value in values if value.origin is not Origin.NULL])
    for group in (TIMES, _NUMERIC, BINARIES):
        if all(kind in group for kind in kinds):
            return max(kinds, key=group.index)
    if len(set(kinds)) == 1:
        return kinds[0]
    if code == 1790:
        raise OraError(1790, "expression must have same datatype as corresponding expression")
    raise mismatch(kinds[0], next(kind for kind in kinds if kind is not kinds[0]))


def _common_text(values: Sequence[Typed]) -> SqlType:
    for value in values:
        if value.type is SqlType.CLOB:
            return SqlType.CLOB
    same = (
        all(value.type is SqlType.CHAR for value in values)
        and len({value.size for value in values}) == 1
    )
    if same:
        return SqlType.CHAR
    return SqlType.VARCHAR2


def max_precision(kind: SqlType, values: Sequence[Typed]) -> int:
    """Return the precision: an INTERVAL's days have one of their own, of NUMBERs that differ none
    is known.
    """
    if kind is SqlType.INTERVAL_DS:
        return max(value.precision for value in values)
    return 0


def united(values: Sequence[Typed], sql: str, code: int = 932) -> Typed:
    """Return a value that is one of these, with limits that hold all of them."""
    if all(value.variant.is_long for value in values) and code == 1790:
        return replace(values[0], sql=sql)
    for value in values:
        refuse_long(value)
    kind = common_type(values, code)
    same_number = len({(value.precision, value.scale) for value in values}) == 1
    found = typed(sql, kind)
    sized = max((value.size for value in values), default=0)
    scale = max((value.scale for value in values), default=found.scale)
    return replace(
        found,
        size=sized if kind in TEXTS or kind in BINARIES else 0,
        precision=values[0].precision if same_number else max_precision(kind, values),
        scale=scale if kind is not SqlType.NUMBER or same_number else -127,
        nullable=any(value.nullable for value in values),
    )
