"""What functions ask of the session, and functions of bytes."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from tests.oralite.calling import call, raises


def test_the_clocks_of_session_and_database() -> None:
    assert call("SYSDATE") == datetime(2026, 7, 2, 10)
    assert call("SYSTIMESTAMP") == datetime(2026, 7, 2, 10, 0, 0, 123456, tzinfo=timezone.utc)
    assert call("SYSTIMESTAMP", 3).microsecond == 123000
    assert call("LOCALTIMESTAMP") == datetime(2026, 7, 2, 13, 0, 0, 123456)
    assert call("CURRENT_DATE") == datetime(2026, 7, 2, 13)
    assert call("CURRENT_TIMESTAMP").utcoffset() == timedelta(hours=3)
    assert call("SESSIONTIMEZONE") == "Asia/Jerusalem"


def test_the_environment_of_the_session() -> None:
    assert call("SYS_CONTEXT", "USERENV", "current_schema") == "SOURCE"
    assert call("SYS_CONTEXT", "USERENV", "SERVICE_NAME") == "XE"
    assert call("SYS_CONTEXT", "OTHER", "X") is None
    assert call("USER") == "RTBI"
    with raises(2003):
        call("SYS_CONTEXT", "USERENV", "SHOE_SIZE")


def test_raw_bytes() -> None:
    assert call("RAWTOHEX", b"\x0a\xff") == "0AFF"
    assert call("HEXTORAW", "aff") == b"\x0a\xff"
    assert call("UTL_RAW.CAST_TO_RAW", "é") == b"\xc3\xa9"
    assert call("UTL_RAW.CAST_TO_VARCHAR2", b"\xc3\xa9") == "é"
    assert call("STANDARD_HASH", "abc", "MD5").hex() == "900150983cd24fb0d6963f7d28e17f72"
    assert 0 <= call("ORA_HASH", "abc", 9) <= 9
    with raises(1465):
        call("HEXTORAW", "xyz")


def test_guids_are_16_bytes_and_never_the_same() -> None:
    one, other = call("SYS_GUID"), call("SYS_GUID")
    assert len(one) == 16
    assert one != other
