"""Expressions: precedence climbs from || over + - and * / to the operands."""

from __future__ import annotations

from oralite.errors import OraError
from oralite.parser import calls, rules
from oralite.parser.cursor import Cursor
from oralite.parser.leaves import (
    Bind,
    Default,
    IntervalLiteral,
    Name,
    Null,
    Number,
    Text,
    TimeLiteral,
)
from oralite.parser.nodes import (
    AtZone,
    Binary,
    Call,
    Case,
    Cast,
    Compare,
    Condition,
    Expression,
    Extract,
    Negation,
    RowValue,
    Scalar,
)
from oralite.parser.reserved import RESERVED_WORDS
from oralite.parser.typenames import interval_digits, type_name
from oralite.tokens import TokenKind

#: Of a text in SQL, in a database whose texts are not extended.
_MOST_TEXT_BYTES = 4000
_FIELDS = ("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND")


@rules.expression.written
def expression(cursor: Cursor) -> Expression:
    """Read an expression. || has the precedence of + and - in Oracle."""
    left = _product(cursor)
    while cursor.at_any("+", "-", "||"):
        operator = cursor.advance().value
        left = Binary(operator, left, _product(cursor))
    return left


def _product(cursor: Cursor) -> Expression:
    left = _signed(cursor)
    while cursor.at_any("*", "/"):
        operator = cursor.advance().value
        left = Binary(operator, left, _signed(cursor))
    return left


def _signed(cursor: Cursor) -> Expression:
    if cursor.accept("-"):
        return Negation(_signed(cursor))
    if cursor.accept("+"):
        return _signed(cursor)
    return _zoned(cursor, operand(cursor))


def _zoned(cursor: Cursor, value: Expression) -> Expression:
    while cursor.at("AT", "TIME", "ZONE") or cursor.at("AT", "LOCAL"):
        if cursor.accept("AT", "LOCAL"):
            value = AtZone(value, None)
        else:
            cursor.expect("AT", "TIME", "ZONE")
            value = AtZone(value, operand(cursor))
    return value


@rules.operand.written
def operand(cursor: Cursor) -> Expression:
    token = cursor.token
    if token.kind is TokenKind.TEXT:
        return Text(_literal(cursor))
    if token.kind is TokenKind.NUMBER:
        return Number(cursor.advance().value)
    if token.kind is TokenKind.BIND:
        if token.value in RESERVED_WORDS:
            raise OraError(1745, "invalid host/bind variable name", token.start)
        return Bind(cursor.bind())
    if cursor.at("("):
        return _parenthesised(cursor)
    if token.kind is TokenKind.QUOTED:
        return _named(cursor)
    if token.kind is TokenKind.WORD:
        return _keyword(cursor)
    raise cursor.unexpected("expression")


def _literal(cursor: Cursor) -> str:
    """Return a text. Raises ORA-01704 for one that is longer than a VARCHAR2."""
    token = cursor.advance()
    if len(token.value.encode("utf-8", "surrogatepass")) > _MOST_TEXT_BYTES:
        raise OraError(1704, "string literal too long", token.start)
    return token.value


def _parenthesised(cursor: Cursor) -> Expression:
    cursor.expect("(")
    if cursor.at_query():
        value: Expression | None = _scalar(cursor)
    else:
        value = None
    if value is None:
        items = cursor.listed(lambda: expression(cursor))
        if len(items) == 1:
            value = items[0]
        else:
            value = RowValue(items)
    cursor.expect(")")
    return value


def _scalar(cursor: Cursor) -> Scalar | None:
    """Return a subquery, or None where it is in parentheses of its own and an expression goes on
    behind them.
    """
    mark, is_bare = cursor.mark(), not cursor.at("(")
    found = Scalar(rules.subquery(cursor))
    if is_bare or cursor.at(")"):
        return found
    cursor.back(mark)
    return None


def _keyword(cursor: Cursor) -> Expression:
    if cursor.accept("NULL"):
        return Null()
    if cursor.accept("DEFAULT"):
        return Default()
    if cursor.at("CASE"):
        return _case(cursor)
    if cursor.at("CAST", "("):
        return _cast(cursor)
    if cursor.at("EXTRACT", "("):
        return _extract(cursor)
    if cursor.at("TRIM", "("):
        return _trim(cursor)
    if cursor.at("CURSOR", "("):
        raise cursor.unsupported("CURSOR expressions")
    following = cursor.peek().kind
    if cursor.at_any("DATE", "TIMESTAMP") and following is TokenKind.TEXT:
        return TimeLiteral(cursor.advance().value, cursor.text())
    if cursor.at("INTERVAL") and following is TokenKind.TEXT:
        return _interval(cursor)
    return _named(cursor)


def _named(cursor: Cursor) -> Expression:
    """Return a column or a call, each with up to two qualifiers."""
    position = cursor.token.start
    parts = [cursor.identifier("expression")]
    while cursor.at(".") and cursor.peek().value != "*":
        cursor.advance()
        parts.append(cursor.identifier())
    if cursor.at("("):
        return calls.call(cursor, ".".join(parts), position)
    return Name(tuple(parts), position, outer=cursor.accept("(+)"))


def _case(cursor: Cursor) -> Case:
    cursor.expect("CASE")
    if cursor.at("WHEN"):
        subject = None
    else:
        subject = expression(cursor)
    whens: list[tuple[Condition, Expression]] = []
    while cursor.accept("WHEN"):
        if subject is None:
            when = rules.condition(cursor)
        else:
            when = Compare("=", subject, expression(cursor))
        cursor.expect("THEN")
        whens.append((when, expression(cursor)))
    if cursor.accept("ELSE"):
        otherwise = expression(cursor)
    else:
        otherwise = Null()
    if not whens:
        raise cursor.unexpected("WHEN")
    cursor.expect("END")
    return Case(tuple(whens), otherwise)


def _cast(cursor: Cursor) -> Cast:
    cursor.expect("CAST", "(")
    value = expression(cursor)
    cursor.expect("AS")
    wanted = type_name(cursor)
    cursor.expect(")")
    return Cast(value, wanted)


def _extract(cursor: Cursor) -> Extract:
    cursor.expect("EXTRACT", "(")
    field = cursor.identifier()
    cursor.expect("FROM")
    value = expression(cursor)
    cursor.expect(")")
    return Extract(field, value)


def _trim(cursor: Cursor) -> Expression:
    position = cursor.token.start
    cursor.expect("TRIM", "(")
    if cursor.at_any("LEADING", "TRAILING", "BOTH"):
        side = cursor.advance().value
    else:
        side = "BOTH"
    if cursor.at("FROM"):
        value: Expression | None = None
    else:
        value = expression(cursor)
    characters: Expression = Text(" ")
    if cursor.accept("FROM"):
        characters, value = value or characters, expression(cursor)
    cursor.expect(")")
    if value is None:
        raise cursor.unexpected("expression")
    if side != "TRAILING":
        value = Call("LTRIM", (value, characters), position)
    if side == "LEADING":
        return value
    return Call("RTRIM", (value, characters), position)


def _interval(cursor: Cursor) -> IntervalLiteral:
    cursor.expect("INTERVAL")
    value = cursor.text()
    leading = _interval_field(cursor)
    precision, digits = 2, 6
    if leading == "SECOND" and cursor.accept("("):
        precision = cursor.integer()
        if cursor.accept(","):
            digits = cursor.integer()
        cursor.expect(")")
    else:
        precision = interval_digits(cursor, precision)
    if cursor.accept("TO"):
        trailing = _interval_field(cursor)
    else:
        trailing = leading
    if trailing == "SECOND" and trailing != leading:
        digits = interval_digits(cursor, digits)
    return IntervalLiteral(value, leading, trailing, precision, digits)


def _interval_field(cursor: Cursor) -> str:
    if not cursor.at_any(*_FIELDS):
        raise OraError(30089, "missing or invalid <datetime field>", cursor.token.start)
    return cursor.advance().value
