"""The blocks of PL/SQL that are known: what they run by EXECUTE IMMEDIATE."""

from __future__ import annotations

from dataclasses import dataclass

from oralite.errors import OraError
from oralite.parser.cursor import Cursor
from oralite.parser.grammar import expression


@dataclass(frozen=True)
class Block:
    """What a block runs.

    Parameters:
        text: a statement, where it runs one.
        query: what gives the statements that it runs, a row for each.
        tolerated: the SQLCODEs that it passes over.
    """

    text: str = ""
    query: str = ""
    tolerated: tuple[int, ...] = ()


def read_block(cursor: Cursor) -> Block:
    """Return what a block runs. Raises ORA-03001 for any that is not known."""
    try:
        cursor.expect("BEGIN")
        if cursor.accept("FOR"):
            block = Block(query=_loop(cursor))
        else:
            block = _statement(cursor)
        cursor.expect("END", ";")
        cursor.accept("/")
        cursor.expect_end()
    except OraError as error:
        raise cursor.unsupported(
            "PL/SQL other than blocks of EXECUTE IMMEDIATE, with an EXCEPTION or in a FOR loop"
        ) from error
    return block


def _statement(cursor: Cursor) -> Block:
    """Read EXECUTE IMMEDIATE '...' with an EXCEPTION WHEN OTHERS.

    It raises all errors but those whose SQLCODE it lists.
    """
    cursor.expect("EXECUTE", "IMMEDIATE")
    text = cursor.text()
    cursor.expect(";")
    tolerated: tuple[int, ...] = ()
    if cursor.accept("EXCEPTION", "WHEN", "OTHERS", "THEN", "IF", "SQLCODE"):
        tolerated = _codes(cursor)
        cursor.expect("THEN", "RAISE", ";", "END", "IF", ";")
    return Block(text, tolerated=tolerated)


def _loop(cursor: Cursor) -> str:
    """Read a loop over the rows of a query, and return what gives its statements.

    The record of the loop is the query's alias.
    """
    record = cursor.identifier()
    cursor.expect("IN")
    rows = cursor.skip_parenthesised()
    cursor.expect("LOOP", "EXECUTE", "IMMEDIATE")
    start = cursor.token.start
    expression(cursor)
    text = cursor.source(start)
    cursor.expect(";", "END", "LOOP", ";")
    return f'SELECT {text} FROM ({rows}) "{record}"'  # noqa: S608 - what the client wrote


def _codes(cursor: Cursor) -> tuple[int, ...]:
    if cursor.accept("NOT", "IN"):
        return cursor.parenthesised(cursor.integer)
    if not (cursor.accept("!=") or cursor.accept("<>")):
        raise cursor.unexpected("IN")
    return (cursor.integer(),)
