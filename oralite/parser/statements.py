"""INSERT, UPDATE, DELETE and MERGE."""

from __future__ import annotations

from dataclasses import replace

from oralite.errors import OraError
from oralite.parser.changes import Assignment, Delete, Dml, Insert, Merge, Update
from oralite.parser.cursor import Cursor
from oralite.parser.grammar import condition, expression, operand, query
from oralite.parser.leaves import Name
from oralite.parser.nodes import Expression, Scalar
from oralite.parser.sources import source, table_name
from oralite.tokens import TokenKind


def dml(cursor: Cursor) -> Dml:
    word = cursor.advance().value
    found: Dml
    if word == "INSERT":
        found = _insert(cursor)
    elif word == "UPDATE":
        found = _update(cursor)
    elif word == "DELETE":
        found = _delete(cursor)
    else:
        return _merge(cursor)
    if cursor.at("LOG"):
        raise cursor.unsupported("LOG ERRORS")
    return replace(found, returning=_returning(cursor))


def _insert(cursor: Cursor) -> Insert:
    if cursor.at_any("ALL", "FIRST"):
        raise cursor.unsupported(f"INSERT {cursor.token.value}")
    cursor.expect("INTO")
    table = table_name(cursor)
    alias = cursor.alias()
    columns: tuple[str, ...] = ()
    if cursor.at("(") and not cursor.at_query():
        pieces = []
        for name in cursor.parenthesised(lambda: column(cursor)):
            pieces.append(name.parts[-1])
        columns = tuple(pieces)
    if cursor.at_query():
        return Insert(table, alias, columns, (), query(cursor))
    cursor.expect("VALUES")
    values = cursor.parenthesised(lambda: expression(cursor))
    if cursor.at(","):
        raise OraError(933, "SQL command not properly ended", cursor.token.start)
    return Insert(table, alias, columns, values, None)


def column(cursor: Cursor) -> Name:
    """Read a column that is assigned, with its table's name or alias before it or without."""
    position = cursor.token.start
    parts = [cursor.identifier()]
    while cursor.accept("."):
        parts.append(cursor.identifier())
    return Name(tuple(parts), position)


def _update(cursor: Cursor) -> Update:
    if cursor.at("("):
        raise cursor.unsupported("UPDATE of a subquery")
    table = table_name(cursor)
    alias = cursor.alias()
    cursor.expect("SET")
    assignments = cursor.listed(lambda: _assignment(cursor))
    if cursor.accept("WHERE"):
        where = condition(cursor)
    else:
        where = None
    return Update(table, alias, assignments, where)


def _assignment(cursor: Cursor) -> Assignment:
    if cursor.at("("):
        columns = cursor.parenthesised(lambda: column(cursor))
        cursor.expect("=")
        value = operand(cursor)
        if not isinstance(value, Scalar):
            raise OraError(1767, "UPDATE ... SET expression must be a subquery")
        return Assignment(columns, value)
    target = column(cursor)
    cursor.expect("=")
    return Assignment((target,), expression(cursor))


def _delete(cursor: Cursor) -> Delete:
    cursor.accept("FROM")
    if cursor.at("("):
        raise cursor.unsupported("DELETE from a subquery")
    table = table_name(cursor)
    alias = cursor.alias()
    return Delete(table, alias, condition(cursor) if cursor.accept("WHERE") else None)


def _returning(cursor: Cursor) -> tuple[Expression, ...]:
    """Return the values before INTO.

    The binds after it are read by the client's rules (scan.py) and not here.
    """
    if not (cursor.accept("RETURNING") or cursor.accept("RETURN")):
        return ()
    values = cursor.listed(lambda: expression(cursor))
    cursor.expect("INTO")
    targets = cursor.listed(lambda: _target(cursor))
    if len(targets) != len(values):
        raise OraError(
            913 if len(values) > len(targets) else 947, "wrong number of values in the INTO clause"
        )
    return values


def _target(cursor: Cursor) -> int:
    if cursor.token.kind is not TokenKind.BIND:
        raise OraError(925, "missing INTO keyword", cursor.token.start)
    return cursor.bind()


def _merge(cursor: Cursor) -> Merge:
    cursor.expect("INTO")
    table = table_name(cursor)
    alias = cursor.alias()
    cursor.expect("USING")
    used = source(cursor)
    cursor.expect("ON", "(")
    matched = condition(cursor)
    cursor.expect(")")
    found = Merge(table, alias, used, matched)
    while cursor.accept("WHEN"):
        if cursor.accept("MATCHED", "THEN"):
            found = _when_matched(cursor, found)
        else:
            cursor.expect("NOT", "MATCHED", "THEN")
            found = _when_not_matched(cursor, found)
    return found


def _when_matched(cursor: Cursor, found: Merge) -> Merge:
    cursor.expect("UPDATE", "SET")
    found = replace(found, assignments=cursor.listed(lambda: _assignment(cursor)))
    if cursor.accept("WHERE"):
        found = replace(found, update_where=condition(cursor))
    if cursor.accept("DELETE"):
        cursor.expect("WHERE")
        found = replace(found, delete_where=condition(cursor))
    return found


def _when_not_matched(cursor: Cursor, found: Merge) -> Merge:
    cursor.expect("INSERT")
    if cursor.at("("):
        columns = cursor.parenthesised(lambda: column(cursor))
    else:
        columns = ()
    cursor.expect("VALUES")
    values = cursor.parenthesised(lambda: expression(cursor))
    if cursor.accept("WHERE"):
        where = condition(cursor)
    else:
        where = None
    return replace(found, insert_columns=columns, insert_values=values, insert_where=where)
