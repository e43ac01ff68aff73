"""ALTER SYSTEM: the clock, the faults, and the end of another's session."""

from __future__ import annotations

import re

from oralite.errors import OraError
from oralite.model import serial_number
from oralite.parser.cursor import Cursor
from oralite.sql.sessions import OpenSession
from oralite.sql.shared import Shared

_SESSION_ID = re.compile(r"\s*(\d+)\s*,\s*(\d+)\s*")


def alter_system(cursor: Cursor, shared: Shared, user: str, number: int) -> None:
    """Carry out an ALTER SYSTEM that the session of this number gives.

    Raises ORA-01031 unless the user is a DBA.
    """
    cursor.expect("ALTER", "SYSTEM")
    if not (cursor.at("SET") or cursor.at("KILL", "SESSION") or cursor.at("DISCONNECT", "SESSION")):
        raise cursor.unsupported("this ALTER SYSTEM")
    if not shared.catalog.has(user, "ANY"):
        raise OraError(1031, "insufficient privileges")
    if cursor.accept("SET"):
        _set(cursor, shared)
    else:
        _end_session(cursor, shared, number)


def _set(cursor: Cursor, shared: Shared) -> None:
    """Set a parameter of oralite's own. Raises ORA-02065 for any other."""
    name = cursor.advance().value
    cursor.expect("=")
    if name == "ORALITE_CLOCK_OFFSET_SECONDS":
        is_negative = cursor.accept("-")
        seconds = float(cursor.advance().value)
        if is_negative:
            seconds = -seconds
        shared.clock.offset_seconds = seconds
    elif name == "ORALITE_FAULT":
        shared.on_fault(cursor.text())
    else:
        raise OraError(2065, "illegal option for ALTER SYSTEM")
    cursor.expect_end()


def _end_session(cursor: Cursor, shared: Shared, number: int) -> None:
    """Carry out KILL SESSION, and DISCONNECT SESSION where it does not wait."""
    waits_for_nothing = cursor.accept("KILL", "SESSION")
    if not waits_for_nothing:
        cursor.expect("DISCONNECT", "SESSION")
    session = _named(cursor, shared, number)
    if not cursor.accept("IMMEDIATE") and not waits_for_nothing:
        raise cursor.unsupported("DISCONNECT SESSION other than IMMEDIATE")
    cursor.expect_end()
    session.kill()


def _named(cursor: Cursor, shared: Shared, number: int) -> OpenSession:
    """Return the session that 'sid,serial#' means.

    Raises ORA-00026, ORA-00027 for the own one and ORA-00030 where there is none.
    """
    found = _SESSION_ID.fullmatch(cursor.text())
    if found is None:
        raise OraError(26, "missing or invalid session ID")
    sid, serial = map(int, found.groups())
    if sid == number:
        raise OraError(27, "cannot kill current session")
    for session in shared.sessions:
        if session.number == sid and serial == serial_number(sid):
            return session
    raise OraError(30, "User session ID does not exist.")
