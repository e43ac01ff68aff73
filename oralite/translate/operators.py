"""Arithmetic and ||: which function does it for which types."""

from __future__ import annotations

from oralite.functions.arithmetic import operator_name
from oralite.functions.library import FUNCTIONS
from oralite.model import SqlType
from oralite.translate.convert import to_text
from oralite.translate.invoke import apply, invoke
from oralite.translate.shapes import argument_types
from oralite.translate.typed import MAX_VARCHAR2_BYTES, Typed, typed

_MAX_CHAR_BYTES = 2000


def binary(operator: str, left: Typed, right: Typed) -> Typed:
    if operator == "||":
        return _concatenation(left, right)
    name, swapped = operator_name(operator, argument_types([left, right]))
    return apply(FUNCTIONS[name], [right, left] if swapped else [left, right])


def negation(value: Typed) -> Typed:
    name, _ = operator_name("-", argument_types([value]))
    return apply(FUNCTIONS[name], [value])


def _concatenation(left: Typed, right: Typed) -> Typed:
    """Join two texts. NULL counts as empty, and two NULLs give NULL.

    SQLite itself joins what cannot become too long (ORA-01489).
    """
    first, second = to_text(left), to_text(right)
    size = first.size + second.size
    if SqlType.CLOB in (left.type, right.type) or size > MAX_VARCHAR2_BYTES:
        return invoke("CONCAT", [first, second])
    sql = f"nullif(coalesce({first.sql}, '') || coalesce({second.sql}, ''), '')"
    both_fixed = left.type is right.type is SqlType.CHAR and size <= _MAX_CHAR_BYTES
    return typed(sql, SqlType.CHAR if both_fixed else SqlType.VARCHAR2, size)
