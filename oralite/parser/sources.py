"""FROM: tables, subqueries and joins."""

from __future__ import annotations

from oralite.parser import rules
from oralite.parser.cursor import Cursor, new_name
from oralite.parser.leaves import TableName, TableSource
from oralite.parser.nodes import DerivedSource, Join, Source

_UNKNOWN = (
    "SAMPLE",
    "PARTITION",
    "SUBPARTITION",
    "PIVOT",
    "UNPIVOT",
    "VERSIONS",
    "MATCH_RECOGNIZE",
)


def sources(cursor: Cursor) -> tuple[Source, ...]:
    return cursor.listed(lambda: _joined(cursor))


def table_name(cursor: Cursor) -> TableName:
    name = new_name(cursor, "table")
    if cursor.at("@"):
        raise cursor.unsupported("database links")
    if cursor.accept("."):
        return TableName(name, new_name(cursor, "table"))
    return TableName(None, name)


def source(cursor: Cursor) -> Source:
    """Read one table or subquery, or joins in parentheses."""
    lateral = cursor.accept("LATERAL")
    if cursor.at("(") and cursor.at_query():
        cursor.expect("(")
        query = rules.query(cursor)
        cursor.expect(")")
        if cursor.at_any(*_UNKNOWN):
            raise cursor.unsupported(f"{cursor.token.value} after a subquery")
        return DerivedSource(query, cursor.alias(), lateral)
    if cursor.accept("("):
        joined = _joined(cursor)
        cursor.expect(")")
        return joined
    if cursor.at_any("TABLE", "XMLTABLE", "JSON_TABLE") and cursor.peek().value == "(":
        raise cursor.unsupported(f"{cursor.token.value} in FROM")
    return _table(cursor)


def _table(cursor: Cursor) -> TableSource:
    table = table_name(cursor)
    if cursor.at("AS", "OF") or cursor.at_any(*_UNKNOWN):
        raise cursor.unsupported(f"{cursor.token.value} after a table")
    alias = cursor.alias()
    if cursor.at_any(*_UNKNOWN):
        raise cursor.unsupported(f"{cursor.token.value} after a table")
    return TableSource(table, alias)


def _joined(cursor: Cursor) -> Source:
    left = source(cursor)
    while (found := _join_kind(cursor)) is not None:
        kind, natural = found
        right = source(cursor)
        if kind == "CROSS" or natural:
            left = Join(left, right, kind, None, natural=natural)
        elif cursor.accept("USING"):
            left = Join(left, right, kind, None, cursor.parenthesised(cursor.identifier))
        else:
            cursor.expect("ON")
            left = Join(left, right, kind, rules.condition(cursor))
    return left


def _join_kind(cursor: Cursor) -> tuple[str, bool] | None:
    """Return (kind, natural) if a join follows."""
    if cursor.at_any("CROSS", "OUTER") and cursor.peek().value == "APPLY":
        raise cursor.unsupported("APPLY")
    natural = cursor.accept("NATURAL")
    if cursor.accept("CROSS"):
        cursor.expect("JOIN")
        return "CROSS", natural
    if cursor.at_any("LEFT", "RIGHT", "FULL"):
        kind = cursor.advance().value
        cursor.accept("OUTER")
        cursor.expect("JOIN")
        return kind, natural
    if cursor.accept("INNER"):
        cursor.expect("JOIN")
        return "INNER", natural
    if natural or cursor.at("JOIN"):
        cursor.expect("JOIN")
        return "INNER", natural
    return None
