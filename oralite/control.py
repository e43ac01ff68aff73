"""Statements that are neither query nor DML: transaction control, sessions, the server, DDL and the one block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oralite import ddl
from oralite.errors import OraError
from oralite.model import Outcome
from oralite.parser.cursor import Cursor
from oralite.tokens import TokenKind

if TYPE_CHECKING:
    from oralite.sqlsession import SqlSession


def first_word(sql: str) -> str:
    return Cursor(sql).token.value


def run(session: SqlSession, sql: str) -> Outcome:
    cursor, schema = Cursor(sql), session.schema
    word = cursor.token.value
    if word in _CONTROL:
        _CONTROL[word](session, cursor)
    elif word == "BEGIN":
        _block(session, cursor)
    elif cursor.at("ALTER", "SESSION"):
        _alter_session(session, cursor)
    elif cursor.at("ALTER", "SYSTEM"):
        _alter_system(session, cursor)
    else:
        ddl.run(session, cursor)
    return Outcome(schema=session.schema if session.schema != schema else None)


def _commit(session: SqlSession, cursor: Cursor) -> None:
    cursor.expect("COMMIT")
    cursor.accept("WORK")
    cursor.expect_end()
    session.transaction.commit()


def _rollback(session: SqlSession, cursor: Cursor) -> None:
    cursor.expect("ROLLBACK")
    cursor.accept("WORK")
    if not cursor.accept("TO"):
        cursor.expect_end()
        session.transaction.rollback()
        return
    cursor.accept("SAVEPOINT")
    name = cursor.identifier()
    cursor.expect_end()
    session.transaction.rollback_to(name)


def _savepoint(session: SqlSession, cursor: Cursor) -> None:
    cursor.expect("SAVEPOINT")
    name = cursor.identifier()
    cursor.expect_end()
    session.transaction.savepoint(name)


def _set(session: SqlSession, cursor: Cursor) -> None:
    """SET TRANSACTION: what names the way it works anyway is taken, all else refused."""
    cursor.expect("SET")
    if not (
        cursor.accept("TRANSACTION", "READ", "WRITE")
        or cursor.accept("TRANSACTION", "ISOLATION", "LEVEL", "READ", "COMMITTED")
    ):
        raise cursor.unsupported("this SET")
    cursor.expect_end()


_CONTROL = {"COMMIT": _commit, "ROLLBACK": _rollback, "SAVEPOINT": _savepoint, "SET": _set}


def _alter_session(session: SqlSession, cursor: Cursor) -> None:
    """All of its parameters, or none where one is refused."""
    if not cursor.accept("ALTER", "SESSION", "SET"):
        raise cursor.unsupported("this ALTER SESSION")
    given = []
    while cursor.token.kind is not TokenKind.END and not cursor.at(";"):
        name = cursor.advance().value
        cursor.expect("=")
        given.append((name, _parameter(cursor)))
    cursor.expect_end()
    before = session.context.parameters
    try:
        for name, value in given:
            session.alter(name, value)
    except OraError:
        session.context.parameters = before
        raise


def _parameter(cursor: Cursor) -> str:
    value = cursor.advance().value
    return (
        f"{value} {cursor.advance().value}" if value == "READ" and cursor.at("COMMITTED") else value
    )


def _alter_system(session: SqlSession, cursor: Cursor) -> None:
    """Raises ORA-01031 unless the user is a DBA, ORA-02065 for an unknown parameter."""
    if not cursor.accept("ALTER", "SYSTEM", "SET"):
        raise cursor.unsupported("this ALTER SYSTEM")
    if not session.database.catalog.has(session.user, "ANY"):
        raise OraError(1031, "insufficient privileges")
    name = cursor.advance().value
    cursor.expect("=")
    if name == "ORALITE_CLOCK_OFFSET_SECONDS":
        sign = -1 if cursor.accept("-") else 1
        session.database.clock.offset_seconds = sign * float(cursor.advance().value)
    elif name == "ORALITE_FAULT":
        session.database.on_fault(cursor.text())
    else:
        raise OraError(2065, "illegal option for ALTER SYSTEM")
    cursor.expect_end()


def _block(session: SqlSession, cursor: Cursor) -> None:
    """BEGIN EXECUTE IMMEDIATE '...'; EXCEPTION WHEN OTHERS THEN IF SQLCODE NOT IN (...) THEN RAISE; END IF; END;"""
    try:
        text, tolerated = _block_parts(cursor)
    except OraError as error:
        raise cursor.unsupported(
            "PL/SQL other than the block of EXECUTE IMMEDIATE with its EXCEPTION"
        ) from error
    try:
        run(session, text)
    except OraError as error:
        if -error.code not in tolerated:
            raise


def _block_parts(cursor: Cursor) -> tuple[str, tuple[int, ...]]:
    cursor.expect("BEGIN", "EXECUTE", "IMMEDIATE")
    text = cursor.text()
    cursor.expect(";")
    tolerated: tuple[int, ...] = ()
    if cursor.accept("EXCEPTION", "WHEN", "OTHERS", "THEN", "IF", "SQLCODE"):
        tolerated = _codes(cursor)
        cursor.expect("THEN", "RAISE", ";", "END", "IF", ";")
    cursor.expect("END", ";")
    cursor.accept("/")
    cursor.expect_end()
    return text, tolerated


def _codes(cursor: Cursor) -> tuple[int, ...]:
    if cursor.accept("NOT", "IN"):
        return cursor.parenthesised(cursor.integer)
    if not (cursor.accept("!=") or cursor.accept("<>")):
        raise cursor.unexpected("IN")
    return (cursor.integer(),)
