"""Translates the driver's errors into the service's own, by what the caller can do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import oracledb

from oracle_cdc.errors import (
    CdcError,
    DuplicateRow,
    OracleConfigurationError,
    OracleCredentialsError,
    OracleRefused,
    OracleUnavailable,
    RowLocked,
    SessionsExhausted,
    ValueRefused,
)
from oracle_cdc.oracle.causes import describe_error, hint_network_error

CREDENTIALS = {1017, 28000, 28001, 1045, 28003, 1005}
CONFIGURATION = {942, 1031, 904, 980, 4063, 1950, 1720, 4043, 1741, 903, 12505, 1119, 2289}
LOCKED = {54, 30006}
DUPLICATE = {1}
#: Too many sessions, or processes, of everybody or of this user.
SESSIONS = {18, 20, 2391}
#: Networks, restarts, deadlocks, time-outs, snapshots too old, space: what passes without anybody's help.
PASSING = {
    *(257, 1035, 1109, 1219, 1507, 4021, 4031, 12801, 16000),
    *(
        28,
        51,
        60,
        1012,
        1013,
        1033,
        1034,
        1089,
        1090,
        1092,
        1555,
        2396,
        2399,
        8103,
        8177,
        8176,
        25408,
    ),
    *(1536, 1578, 1628, 1631, 1650, 1652, 1653, 1654, 1658, 1688, 1691, 1692, 30036),
    *(
        3113,
        3114,
        3135,
        3136,
        12150,
        12152,
        12153,
        12154,
        12170,
        12203,
        12500,
        12514,
        12516,
        12518,
        12519,
        12520,
    ),
    *(
        12521,
        12526,
        12527,
        12528,
        12535,
        12537,
        12541,
        12543,
        12545,
        12547,
        12560,
        12570,
        12571,
        12583,
        12609,
        12637,
    ),
}
LOST = {"DPY-1001", "DPY-1002", "DPY-1003"}
VALUES = {
    12899,
    1438,
    1722,
    1400,
    1401,
    1461,
    2290,
    2291,
    1841,
    1843,
    1830,
    1847,
    932,
    22835,
    1426,
    1455,
    6502,
}


def translate_error(error: oracledb.Error, what: str) -> CdcError:
    """The error of ours for one of the driver's. Its text holds the code and what was tried, never the driver's own
    text: that can quote values."""
    detail = error.args[0] if error.args else None
    code = int(getattr(detail, "code", 0) or 0)
    full_code = str(getattr(detail, "full_code", "") or type(error).__name__)
    shown, hint = describe_error(error, code, full_code)
    return classify(code, full_code)(f"{shown} at {what}" + (f": {hint}" if hint else ""))


def classify(code: int, full_code: str) -> type[CdcError]:
    """Which class an error code belongs to; what nobody foresaw is tried again too, so that nothing is given up for
    it."""
    if not full_code.startswith("ORA-"):
        return classify_driver_error(full_code)
    for codes, kind in (
        (CREDENTIALS, OracleCredentialsError),
        (CONFIGURATION, OracleConfigurationError),
        (LOCKED, RowLocked),
        (DUPLICATE, DuplicateRow),
        (SESSIONS, SessionsExhausted),
        (VALUES, ValueRefused),
        (PASSING, OracleUnavailable),
    ):
        if code in codes:
            return kind
    return OracleRefused


def classify_driver_error(full_code: str) -> type[CdcError]:
    """Errors that the driver raises by itself: those of LOST and 4000 to 6999 are about connections, others point to a
    bug."""
    if (
        full_code in LOST
        or full_code.startswith(("DPY-4", "DPY-6"))
        or not full_code.startswith("DPY-")
    ):
        return OracleUnavailable
    return OracleRefused


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Turns the driver's errors inside the block into ours; `what` says what is being done."""
    try:
        yield
    except oracledb.Error as error:
        raise translate_error(error, what) from error
    except OSError as error:
        raise OracleUnavailable(
            f"{type(error).__name__} at {what}: {hint_network_error(error)}"
        ) from error
