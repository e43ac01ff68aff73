"""Function calls with all that may follow the parentheses: WITHIN GROUP, KEEP, OVER."""

from __future__ import annotations

from dataclasses import replace

from oralite.parser import rules
from oralite.parser.cursor import Cursor
from oralite.parser.nodes import Call, Expression, Ordering, Over
from oralite.tokens import TokenKind


def call(cursor: Cursor, name: str, position: int) -> Call:
    cursor.expect("(")
    found = _arguments(cursor, Call(name, (), position))
    cursor.expect(")")
    if cursor.accept("WITHIN", "GROUP"):
        cursor.expect("(")
        found = replace(found, within=order_by(cursor))
        cursor.expect(")")
    if cursor.accept("KEEP"):
        found = replace(found, keep=_keep(cursor))
    if cursor.at_any("IGNORE", "RESPECT") and cursor.peek().value == "NULLS":
        found = replace(found, ignore_nulls=cursor.advance().value == "IGNORE")
        cursor.advance()
    if cursor.accept("OVER"):
        found = replace(found, over=_over(cursor))
    return found


def _arguments(cursor: Cursor, found: Call) -> Call:
    if cursor.accept("*"):
        return replace(found, star=True)
    if cursor.at(")"):
        return found
    if cursor.accept("DISTINCT") or cursor.accept("UNIQUE"):
        found = replace(found, distinct=True)
    else:
        cursor.accept("ALL")
    arguments = cursor.listed(lambda: rules.expression(cursor))
    found = replace(found, arguments=arguments)
    if cursor.at("ON", "OVERFLOW") or cursor.at("DEFAULT"):
        raise cursor.unsupported(f"{cursor.token.value} in {found.name}")
    if cursor.at_any("IGNORE", "RESPECT"):
        found = replace(found, ignore_nulls=cursor.advance().value == "IGNORE")
        cursor.expect("NULLS")
    return found


def order_by(cursor: Cursor) -> tuple[Ordering, ...]:
    cursor.expect("ORDER", "BY")
    return cursor.listed(lambda: _ordering(cursor))


def _ordering(cursor: Cursor) -> Ordering:
    value = rules.expression(cursor)
    descending = cursor.accept("DESC")
    if not descending:
        cursor.accept("ASC")
    nulls_first = descending
    if cursor.accept("NULLS"):
        nulls_first = cursor.at("FIRST")
        if not cursor.accept("FIRST"):
            cursor.expect("LAST")
    return Ordering(value, descending, nulls_first)


def _keep(cursor: Cursor) -> tuple[bool, tuple[Ordering, ...]]:
    cursor.expect("(", "DENSE_RANK")
    last = cursor.at("LAST")
    if not cursor.accept("LAST"):
        cursor.expect("FIRST")
    order = order_by(cursor)
    cursor.expect(")")
    return last, order


def _over(cursor: Cursor) -> Over:
    cursor.expect("(")
    partition: tuple[Expression, ...] = ()
    if cursor.accept("PARTITION"):
        cursor.expect("BY")
        partition = cursor.listed(lambda: rules.expression(cursor))
    if cursor.at("ORDER"):
        order = order_by(cursor)
    else:
        order = ()
    if cursor.at_any("ROWS", "RANGE"):
        frame = _frame(cursor)
    else:
        frame = ""
    cursor.expect(")")
    return Over(partition, order, frame)


_FRAME_WORDS = ("BETWEEN", "AND", "UNBOUNDED", "PRECEDING", "FOLLOWING", "CURRENT", "ROW")


def _frame(cursor: Cursor) -> str:
    words = [cursor.advance().value]
    while not cursor.at(")"):
        token = cursor.token
        number = token.kind is TokenKind.NUMBER and token.value.isdigit() and words[0] == "ROWS"
        if not number and token.value not in _FRAME_WORDS:
            raise cursor.unsupported("this window frame")
        words.append(cursor.advance().value)
    return " ".join(words)
