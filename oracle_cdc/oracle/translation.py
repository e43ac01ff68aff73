"""Translates the driver's errors into the service's own, by what the caller can do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import oracledb

from oracle_cdc.errors import (
    CdcError,
    DuplicateRow,
    OracleAccountClosed,
    OracleConfigurationError,
    OracleCredentialsError,
    OracleRefused,
    OracleUnavailable,
    RowLocked,
    SessionsExhausted,
    ValueRefused,
)
from oracle_cdc.oracle.causes import describe_error, hint_network_error

CREDENTIALS = {1017, 1005}
#: No other password helps.
ACCOUNT = {28000, 28001, 28003, 1045}
LOCKED = {54, 30006}
DUPLICATE = {1}
#: Too many sessions, or processes, of everybody or of this user.
SESSIONS = {18, 20, 2391}
# fmt: off
CONFIGURATION = {
    903, 904, 942, 980, 1031, 1119, 1720, 1741, 1882, 1950, 2289, 4043, 4063, 12505,
}
#: Networks, restarts, deadlocks, time-outs, snapshots too old, space: what passes without anybody's
#: help.
PASSING = {
    28, 51, 60, 257, 1012, 1013, 1033, 1034, 1035, 1089, 1090, 1092, 1109, 1219, 1507, 1536, 1555,
    1578, 1628, 1631, 1650, 1652, 1653, 1654, 1658, 1688, 1691, 1692, 2396, 2399, 3113, 3114, 3135,
    3136, 4021, 4031, 8103, 8176, 8177, 12150, 12152, 12153, 12154, 12170, 12203, 12500, 12514,
    12516, 12518, 12519, 12520, 12521, 12526, 12527, 12528, 12535, 12537, 12541, 12543, 12545,
    12547, 12560, 12570, 12571, 12583, 12609, 12637, 12801, 16000, 25408, 30036,
}
VALUES = {
    932, 1400, 1401, 1426, 1438, 1455, 1461, 1722, 1830, 1841, 1843, 1847, 2290, 2291, 6502, 12899,
    22835,
}
# fmt: on
LOST = {"DPY-1001", "DPY-1002", "DPY-1003"}


def translate_error(error: oracledb.Error, what: str) -> CdcError:
    """Make the error of ours for one of the driver's.

    Its text has the code and what was tried, never the driver's own text: that can quote values.
    """
    detail: object = None
    if error.args:
        detail = error.args[0]
    code = int(getattr(detail, "code", 0) or 0)
    full_code = str(getattr(detail, "full_code", "") or type(error).__name__)
    shown, hint = describe_error(error, code, full_code)
    text = f"{shown} at {what}"
    if hint:
        text = f"{text}: {hint}"
    return classify(code, full_code)(text)


def classify(code: int, full_code: str) -> type[CdcError]:
    """Return the class that an error code belongs to.

    What nobody foresaw is tried again too, so that nothing is given up for it.
    """
    if not full_code.startswith("ORA-"):
        return classify_driver_error(full_code)
    for codes, kind in (
        (CREDENTIALS, OracleCredentialsError),
        (ACCOUNT, OracleAccountClosed),
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
    """Return the class of an error that the driver raises by itself.

    Those of LOST, and DPY-4000 and DPY-6000 and what follows them, are about connections. Others
    point to a bug.
    """
    if not full_code.startswith("DPY-"):
        return OracleUnavailable
    if full_code in LOST or full_code.startswith(("DPY-4", "DPY-6")):
        return OracleUnavailable
    return OracleRefused


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Turn the driver's errors inside the block into ours. `what` says what is being done."""
    try:
        yield
    except oracledb.Error as error:
        raise translate_error(error, what) from error
    except OSError as error:
        raise OracleUnavailable(
            f"{type(error).__name__} at {what}: {hint_network_error(error)}"
        ) from error
