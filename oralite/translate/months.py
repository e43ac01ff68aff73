"""Times plus and minus years and months: the only use of INTERVAL YEAR TO MONTH that there is."""

from __future__ import annotations

import re

from oralite.errors import OraError
from oralite.functions.intervals import leading_precision
from oralite.parser.leaves import IntervalLiteral
from oralite.parser.nodes import Binary, Call, Expression
from oralite.translate.invoke import invoke
from oralite.translate.literals import number_literal
from oralite.translate.rules import expression
from oralite.translate.scope import Scope
from oralite.translate.typed import TIMES, Typed

_YEAR_TO_MONTH = re.compile(r"\s*([+-]?)\s*(\d+)(?:-(\d+))?\s*")
_MONTHS = {"YEAR": 12, "MONTH": 1}


def shifted(node: Binary, scope: Scope) -> Typed | None:
    """Return a time and an interval of months, added or subtracted.

    None for any other operation.
    """
    if node.operator not in ("+", "-"):
        return None
    moment, months = node.left, _months(node.right, scope)
    if months is None and node.operator == "+":
        moment, months = node.right, _months(node.left, scope)
    if months is None:
        return None
    value = expression(moment, scope)
    if value.type not in TIMES:
        raise OraError(30081, "invalid data type for datetime/interval arithmetic")
    return invoke(
        "ORA$ADD_INTERVAL_YM" if node.operator == "+" else "ORA$SUBTRACT_INTERVAL_YM",
        [value, months],
    )


def _months(node: Expression, scope: Scope) -> Typed | None:
    if isinstance(node, Call) and node.name == "NUMTOYMINTERVAL":
        return invoke(
            "ORA$MONTHS",
            [expression(argument, scope) for argument in node.arguments],
            node.position,
        )
    if isinstance(node, IntervalLiteral) and node.leading in _MONTHS:
        return number_literal(str(_literal(node)))
    return None


def _literal(node: IntervalLiteral) -> int:
    """Return the months of a literal. Raises ORA-01867 for a text that does not fit its fields."""
    match = _YEAR_TO_MONTH.fullmatch(node.value)
    is_pair = (node.leading, node.trailing) == ("YEAR", "MONTH")
    if match is None or is_pair != bool(match[3]) or not (is_pair or node.leading == node.trailing):
        raise OraError(1867, "the interval is invalid")
    if len(match[2]) > node.precision:
        raise leading_precision()
    if int(match[3] or 0) > 11:
        raise OraError(1843, "not a valid month")
    months = int(match[2]) * _MONTHS[node.leading] + int(match[3] or 0)
    if match[1] == "-":
        return -months
    return months
