"""What a statement asks of its session: the time, the user, the environment."""

from __future__ import annotations

import zlib
from datetime import datetime

from oralite.errors import OraError
from oralite.functions.function import Context, Number, natural
from oralite.functions.types import DATE, NUMBER, TIMESTAMP, TIMESTAMP_TZ, VARCHAR2
from oralite.zones import find_zone

_FINEST_DIGITS = 6
LOCAL_TRANSACTION_ID = "DBMS_TRANSACTION.LOCAL_TRANSACTION_ID"


def round_fraction(moment: datetime, digits: Number) -> datetime:
    """Return the fraction cut to that number of digits, as the clock shows it."""
    step = 10 ** (_FINEST_DIGITS - min(_FINEST_DIGITS, max(0, int(digits))))
    return moment.replace(microsecond=moment.microsecond // int(step) * int(step))


def systimestamp(context: Context, digits: Number = _FINEST_DIGITS) -> datetime:
    return round_fraction(context.now.astimezone(find_zone(context.database_zone)), digits)


def sysdate(context: Context) -> datetime:
    return systimestamp(context, 0).replace(tzinfo=None)


def current_timestamp(context: Context, digits: Number = _FINEST_DIGITS) -> datetime:
    return round_fraction(context.now.astimezone(find_zone(context.session_zone)), digits)


def localtimestamp(context: Context, digits: Number = _FINEST_DIGITS) -> datetime:
    return current_timestamp(context, digits).replace(tzinfo=None)


def current_date(context: Context) -> datetime:
    return localtimestamp(context, 0)


def _session_zone(context: Context) -> str:
    return context.session_zone


def _database_zone(context: Context) -> str:
    return context.database_zone


def _user(context: Context) -> str:
    return context.user


def _uid(context: Context) -> int:
    """Return a number of the user's own, not Oracle's."""
    return zlib.crc32(context.user.encode())


def at_local(context: Context, moment: datetime) -> datetime:
    return moment.astimezone(find_zone(context.session_zone))


def tz_offset(context: Context, zone: str) -> str:
    """Carry out TZ_OFFSET: what the zone's clock differs from UTC now."""
    offset = context.now.astimezone(find_zone(zone)).strftime("%z")
    return f"{offset[:3]}:{offset[3:5]}"


def sys_context(context: Context, namespace: str, parameter: str) -> str | None:
    """Carry out SYS_CONTEXT('USERENV', ...).

    Raises ORA-02003 for an unknown parameter. Another namespace is empty.
    """
    if namespace.upper() != "USERENV":
        return None
    name = parameter.upper()
    if name in ("CURRENT_SCHEMA", "CURRENT_USER", "SESSION_USER"):
        if name == "CURRENT_SCHEMA":
            return context.schema
        return context.user
    if name in context.nls:
        return context.nls[name]
    if name not in context.environment:
        raise OraError(2003, "invalid USERENV parameter")
    return context.environment[name]


def _transaction(context: Context) -> str | None:
    return context.transaction


def _userenv(context: Context, parameter: str) -> str | None:
    return sys_context(context, "USERENV", parameter)


FUNCTIONS = (
    natural("SYSTIMESTAMP", systimestamp, (NUMBER,), TIMESTAMP_TZ, required=0, needs_context=True),
    natural("SYSDATE", sysdate, (), DATE, needs_context=True),
    natural(
        "CURRENT_TIMESTAMP",
        current_timestamp,
        (NUMBER,),
        TIMESTAMP_TZ,
        required=0,
        needs_context=True,
    ),
    natural("LOCALTIMESTAMP", localtimestamp, (NUMBER,), TIMESTAMP, required=0, needs_context=True),
    natural("CURRENT_DATE", current_date, (), DATE, needs_context=True),
    natural("SESSIONTIMEZONE", _session_zone, (), VARCHAR2, needs_context=True),
    natural("DBTIMEZONE", _database_zone, (), VARCHAR2, needs_context=True),
    natural("ORA$AT_LOCAL", at_local, (TIMESTAMP_TZ,), TIMESTAMP_TZ, needs_context=True),
    natural("TZ_OFFSET", tz_offset, (VARCHAR2,), VARCHAR2, needs_context=True),
    natural("USER", _user, (), VARCHAR2, needs_context=True),
    natural("UID", _uid, (), NUMBER, needs_context=True),
    natural("SYS_CONTEXT", sys_context, (VARCHAR2, VARCHAR2), VARCHAR2, needs_context=True),
    natural(LOCAL_TRANSACTION_ID, _transaction, (), VARCHAR2, needs_context=True),
    natural("USERENV", _userenv, (VARCHAR2,), VARCHAR2, needs_context=True),
)
