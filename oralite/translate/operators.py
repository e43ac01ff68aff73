"""Arithmetic and ||: which function does it for which types."""

from __future__ import annotations

from dataclasses import replace

from oralite.functions import FUNCTIONS
from oralite.functions.arithmetic import operator_name
from oralite.model import SqlType
from oralite.translate.convert import to_text
from oralite.translate.invoke import apply, argument_types
from oralite.translate.typed import MAX_VARCHAR2_BYTES, Typed, typed


def binary(operator: str, left: Typed, right: Typed) -> Typed:
    if operator == "||":
        return _concatenation(left, right)
    name, swapped = operator_name(operator, argument_types([left, right]))
    return apply(FUNCTIONS[name], [right, left] if swapped else [left, right])


def negation(value: Typed) -> Typed:
    name, _ = operator_name("-", argument_types([value]))
    return apply(FUNCTIONS[name], [value])


def _concatenation(left: Typed, right: Typed) -> Typed:
    """NULL counts as empty; two NULLs give NULL."""
    first, second = to_text(left), to_text(right)
    lob = SqlType.CLOB in (left.type, right.type)
    sql = f"nullif(coalesce({first.sql}, '') || coalesce({second.sql}, ''), '')"
    found = typed(sql, SqlType.CLOB if lob else SqlType.VARCHAR2)
    size = min(first.size + second.size, MAX_VARCHAR2_BYTES)
    return found if lob or not (first.size and second.size) else replace(found, size=size)
