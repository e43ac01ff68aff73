"""Conditions: OR over AND over NOT over comparisons."""

from __future__ import annotations

from oralite.errors import OraError
from oralite.parser import rules
from oralite.parser.cursor import Cursor
from oralite.parser.nodes import (
    Between,
    Call,
    Compare,
    Condition,
    Exists,
    Expression,
    InList,
    InQuery,
    IsNull,
    Junction,
    Like,
    Lnnvl,
    Not,
    RowValue,
    Scalar,
    Truth,
)

_COMPARISONS = {
    "=": "=",
    "<": "<",
    ">": ">",
    "<=": "<=",
    ">=": ">=",
    "<>": "<>",
    "!=": "<>",
    "^=": "<>",
}
_TRUTHS = ("REGEXP_LIKE",)
#: Of an IN list. Oracle 23ai takes more, which nobody may rely on.
_MOST_ITEMS = 1000


@rules.condition.written
def condition(cursor: Cursor) -> Condition:
    operands = [_conjunction(cursor)]
    while cursor.accept("OR"):
        operands.append(_conjunction(cursor))
    if len(operands) == 1:
        return operands[0]
    return Junction("OR", tuple(operands))


def _conjunction(cursor: Cursor) -> Condition:
    operands = [_negated(cursor)]
    while cursor.accept("AND"):
        operands.append(_negated(cursor))
    if len(operands) == 1:
        return operands[0]
    return Junction("AND", tuple(operands))


def _negated(cursor: Cursor) -> Condition:
    if cursor.accept("NOT"):
        return Not(_negated(cursor))
    return _simple(cursor)


def _simple(cursor: Cursor) -> Condition:
    if cursor.accept("EXISTS"):
        cursor.expect("(")
        found = Exists(rules.query(cursor))
        cursor.expect(")")
        return found
    if cursor.accept("LNNVL", "("):
        denied = Lnnvl(condition(cursor))
        cursor.expect(")")
        return denied
    if cursor.at("(") and (nested := _nested(cursor)) is not None:
        return nested
    left = rules.expression(cursor)
    if isinstance(left, Call) and left.name in _TRUTHS:
        return Truth(left)
    return _comparison(cursor, left)


def _nested(cursor: Cursor) -> Condition | None:
    """Return a condition in parentheses, or None if they hold an expression: only reading on can
    show which of the two.
    """
    mark = cursor.mark()
    cursor.expect("(")
    try:
        found = condition(cursor)
        cursor.expect(")")
    except OraError as error:
        cursor.back(mark)
        _raise_if_deeper(cursor, error)
        return None
    return found


def _raise_if_deeper(cursor: Cursor, error: Exception) -> None:
    """Raise the condition's error unless an expression is readable where the condition was not."""
    mark = cursor.mark()
    try:
        rules.expression(cursor)
    except OraError:
        raise error from None
    finally:
        cursor.back(mark)


def _comparison(cursor: Cursor, left: Expression) -> Condition:
    if cursor.token.value in _COMPARISONS:
        return _compare(cursor, left)
    if cursor.accept("IS"):
        negative = cursor.accept("NOT")
        cursor.expect("NULL")
        if negative:
            return Not(IsNull(left))
        return IsNull(left)
    negative = cursor.accept("NOT")
    found = _ranged(cursor, left)
    if negative:
        return Not(found)
    return found


def _compare(cursor: Cursor, left: Expression) -> Condition:
    operator = _COMPARISONS[cursor.advance().value]
    if cursor.at_any("ANY", "SOME", "ALL"):
        if cursor.advance().value == "ALL":
            quantifier = "ALL"
        else:
            quantifier = "ANY"
        right = rules.operand(cursor)
        if not isinstance(right, (Scalar, RowValue)):
            right = RowValue((right,))
        return Compare(operator, left, right, quantifier)
    return Compare(operator, left, rules.expression(cursor))


def _ranged(cursor: Cursor, left: Expression) -> Condition:
    if cursor.accept("BETWEEN"):
        low = rules.expression(cursor)
        cursor.expect("AND")
        return Between(left, low, rules.expression(cursor))
    if cursor.accept("LIKE"):
        pattern = rules.expression(cursor)
        return Like(left, pattern, rules.expression(cursor) if cursor.accept("ESCAPE") else None)
    if cursor.accept("IN"):
        return _in(cursor, left)
    raise cursor.unexpected("condition")


def _in(cursor: Cursor, left: Expression) -> Condition:
    if not cursor.at("("):
        return InList(left, (rules.operand(cursor),))
    if cursor.at_query():
        cursor.expect("(")
        found: Condition = InQuery(left, rules.subquery(cursor))
        cursor.expect(")")
        return found
    items = cursor.parenthesised(lambda: rules.expression(cursor))
    if len(items) > _MOST_ITEMS and not isinstance(left, RowValue):
        raise OraError(1795, f"maximum number of expressions in a list is {_MOST_ITEMS}")
    return InList(left, items)
