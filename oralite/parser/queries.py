"""SELECT and all that it is made of."""

from __future__ import annotations

from dataclasses import replace

from oralite.parser import rules
from oralite.parser.calls import order_by
from oralite.parser.conditions import condition
from oralite.parser.cursor import Cursor, new_name
from oralite.parser.expressions import expression
from oralite.parser.leaves import ForUpdate, Name, Number, Star
from oralite.parser.nodes import (
    Binary,
    CommonTable,
    Compare,
    Condition,
    DerivedSource,
    Expression,
    Fetch,
    Item,
    Query,
    Select,
    SetOperation,
)
from oralite.parser.sources import sources
from oralite.tokens import TokenKind

_COUNTED = (("LEVEL",), ("ROWNUM",))
_UNKNOWN_CLAUSES = ("START", "MODEL", "QUALIFY", "WINDOW")


@rules.query.written
def query(cursor: Cursor) -> Query:
    if cursor.accept("WITH"):
        common = cursor.listed(lambda: _common(cursor))
    else:
        common = ()
    if common:
        found = replace(_set_operations(cursor), common=common)
    else:
        found = _set_operations(cursor)
    if cursor.at_any("ORDER", "OFFSET", "FETCH") and (found.order or found.fetch or found.offset):
        found = Query(Select(False, (Star(),), (DerivedSource(found, None),)))
    if cursor.at("ORDER"):
        found = replace(found, order=order_by(cursor))
    if cursor.accept("OFFSET"):
        found = replace(found, offset=expression(cursor))
        _rows_word(cursor)
    if cursor.accept("FETCH"):
        found = replace(found, fetch=_fetch(cursor))
    while cursor.at("FOR", "UPDATE"):
        found = replace(found, for_update=_for_update(cursor))
    if cursor.at_any(*_UNKNOWN_CLAUSES):
        raise cursor.unsupported(f"the clause {cursor.token.value}")
    return found


def _common(cursor: Cursor) -> CommonTable:
    name = cursor.identifier("table")
    if cursor.at("("):
        columns = cursor.parenthesised(cursor.identifier)
    else:
        columns = ()
    cursor.expect("AS", "(")
    inner = query(cursor)
    cursor.expect(")")
    if cursor.at_any("SEARCH", "CYCLE"):
        raise cursor.unsupported(cursor.token.value)
    return CommonTable(name, columns, inner)


def _set_operations(cursor: Cursor) -> Query:
    """Read set operations. All have one precedence in Oracle and bind to the left."""
    left = _primary(cursor)
    while cursor.at_any("UNION", "MINUS", "INTERSECT", "EXCEPT"):
        operator = cursor.advance().value.replace("MINUS", "EXCEPT")
        if cursor.accept("ALL"):
            if operator != "UNION":
                raise cursor.unsupported(f"{operator} ALL")
            operator = "UNION ALL"
        left = Query(SetOperation(operator, left, _primary(cursor)))
    return left


def _primary(cursor: Cursor) -> Query:
    if cursor.accept("("):
        found = query(cursor)
        cursor.expect(")")
        return found
    return Query(_select(cursor))


def _select(cursor: Cursor) -> Select:
    cursor.expect("SELECT")
    distinct = cursor.accept("DISTINCT") or cursor.accept("UNIQUE")
    if not distinct:
        cursor.accept("ALL")
    items = cursor.listed(lambda: _item(cursor))
    if cursor.at("INTO") or cursor.at("BULK"):
        raise cursor.unexpected("FROM")
    cursor.expect("FROM")
    found = Select(distinct, items, sources(cursor))
    if cursor.accept("WHERE"):
        found = replace(found, where=condition(cursor))
    if cursor.accept("CONNECT"):
        found = replace(found, level_limit=_level_limit(cursor))
    if cursor.accept("GROUP"):
        cursor.expect("BY")
        found = replace(found, group=_group(cursor))
    if cursor.accept("HAVING"):
        found = replace(found, having=condition(cursor))
    return found


def _group(cursor: Cursor) -> tuple[Expression, ...]:
    for word in ("ROLLUP", "CUBE", "GROUPING"):
        if cursor.at(word):
            raise cursor.unsupported(f"GROUP BY {word}")
    return cursor.listed(lambda: expression(cursor))


def _item(cursor: Cursor) -> Item | Star:
    if cursor.accept("*"):
        return Star()
    if (star := _qualified_star(cursor)) is not None:
        return star
    start = cursor.token.start
    value = expression(cursor)
    text = cursor.source(start)
    if cursor.accept("AS"):
        return Item(value, new_name(cursor, "FROM"), text)
    return Item(value, cursor.alias(), text)


def _qualified_star(cursor: Cursor) -> Star | None:
    mark = cursor.mark()
    parts: list[str] = []
    while cursor.token.kind in (TokenKind.WORD, TokenKind.QUOTED) and cursor.peek().value == ".":
        parts.append(cursor.advance().value)
        cursor.advance()
        if cursor.accept("*"):
            return Star(tuple(parts))
    cursor.back(mark)
    return None


def _level_limit(cursor: Cursor) -> Expression:
    cursor.expect("BY")
    limit: Condition = condition(cursor)
    if isinstance(limit, Compare) and isinstance(limit.left, Name) and limit.left.parts in _COUNTED:
        if limit.operator == "<=":
            return limit.right
        if limit.operator == "<":
            return _less_one(limit.right)
    raise cursor.unsupported("CONNECT BY other than LEVEL <= n or ROWNUM <= n")


def _less_one(limit: Expression) -> Expression:
    return Binary("-", limit, Number("1"))


def _rows_word(cursor: Cursor) -> None:
    if not cursor.accept("ROWS"):
        cursor.expect("ROW")


def _fetch(cursor: Cursor) -> Fetch:
    if not cursor.accept("FIRST"):
        cursor.expect("NEXT")
    if cursor.at_any("ROW", "ROWS"):
        count: Expression = Number("1")
    else:
        count = expression(cursor)
    percent = cursor.accept("PERCENT")
    _rows_word(cursor)
    ties = cursor.accept("WITH")
    if ties:
        cursor.expect("TIES")
    else:
        cursor.expect("ONLY")
    return Fetch(count, percent, ties)


def _for_update(cursor: Cursor) -> ForUpdate:
    cursor.expect("FOR", "UPDATE")
    of: tuple[Name, ...] = ()
    if cursor.accept("OF"):
        of = cursor.listed(lambda: _locked_column(cursor))
    if cursor.accept("NOWAIT"):
        return ForUpdate(of, 0)
    if cursor.accept("WAIT"):
        return ForUpdate(of, cursor.integer())
    if cursor.accept("SKIP"):
        cursor.expect("LOCKED")
        return ForUpdate(of, 0, skip_locked=True)
    return ForUpdate(of)


def _locked_column(cursor: Cursor) -> Name:
    found = expression(cursor)
    if not isinstance(found, Name):
        raise cursor.unexpected("identifier")
    return found
