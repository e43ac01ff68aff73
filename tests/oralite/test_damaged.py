"""Values that a server stores and the driver can't read: they are kept and sent as they are, beside
good ones."""

from __future__ import annotations

from collections.abc import Callable

import oracledb
import pytest

NewTable = Callable[[str], str]

#: 4712 BC, the year 0, and the 31st of February, as a DATE has them.
BAD_DATES = ("35580101010101", "64640101010101", "7877021F010101")
#: As Python says it up to 3.13, and from 3.14 on.
OUT_OF_RANGE = "is out of range|must be in "
NO_UTF8 = "UTL_RAW.CAST_TO_VARCHAR2(HEXTORAW('41FF'))"


@pytest.mark.parametrize("octets", BAD_DATES)
@pytest.mark.parametrize("kind", ["DATE", "TIMESTAMP"])
def test_a_date_that_is_none_is_stored_and_fails_in_the_driver(
    cursor: oracledb.Cursor, new_table: NewTable, octets: str, kind: str
) -> None:
    table = new_table(f"id NUMBER, moment {kind}")
    cursor.execute(
        f"INSERT INTO {table} VALUES (1, DBMS_STATS.CONVERT_RAW_TO_DATE(HEXTORAW('{octets}')))"
    )
    cursor.execute(f"INSERT INTO {table} VALUES (2, TIMESTAMP '2025-01-15 14:20:00')")

    with pytest.raises(ValueError, match=OUT_OF_RANGE):
        cursor.execute(f"SELECT moment FROM {table} WHERE id = 1").fetchall()
    assert cursor.execute(f"SELECT id FROM {table} ORDER BY moment").fetchall()[-1] == (2,)


def test_a_year_before_the_first_is_before_all_others(
    cursor: oracledb.Cursor, new_table: NewTable
) -> None:
    table = new_table("id NUMBER, moment TIMESTAMP")
    for number, octets in enumerate(BAD_DATES[:2]):
        cursor.execute(
            f"INSERT INTO {table} VALUES ({number}, "
            f"DBMS_STATS.CONVERT_RAW_TO_DATE(HEXTORAW('{octets}')))"
        )
    cursor.execute(f"INSERT INTO {table} VALUES (2, TIMESTAMP '0001-01-01 00:00:00')")

    sql = f"SELECT id FROM {table} WHERE moment < TIMESTAMP '2025-01-01 00:00:00' ORDER BY moment"
    assert cursor.execute(sql).fetchall() == [(0,), (1,), (2,)]


def test_six_bytes_are_no_date(cursor: oracledb.Cursor) -> None:
    with pytest.raises(oracledb.DatabaseError, match="ORA-06502"):
        cursor.execute("SELECT DBMS_STATS.CONVERT_RAW_TO_DATE(HEXTORAW('787701010101')) FROM dual")


def test_a_good_date_comes_back_from_its_bytes(cursor: oracledb.Cursor) -> None:
    found = cursor.execute(
        "SELECT TO_CHAR(DBMS_STATS.CONVERT_RAW_TO_DATE(HEXTORAW('787D010F0F1501')), "
        "'YYYY-MM-DD HH24:MI:SS') FROM dual"
    ).fetchall()

    assert found == [("2025-01-15 14:20:00",)]


@pytest.mark.parametrize("kind", ["VARCHAR2(50)", "CHAR(5)", "CLOB"])
def test_text_that_is_no_utf_8_is_stored_and_fails_in_the_driver(
    cursor: oracledb.Cursor, new_table: NewTable, kind: str
) -> None:
    table = new_table(f"id NUMBER, said {kind}")
    cursor.execute(f"INSERT INTO {table} VALUES (1, {NO_UTF8})")
    cursor.execute(f"INSERT INTO {table} VALUES (2, 'good')")
    query = f"SELECT said FROM {table} WHERE id = :1"

    with pytest.raises(UnicodeDecodeError):
        cursor.execute(query, [1], fetch_lobs=False).fetchall()
    if kind == "CLOB":
        # The driver never runs this text again in this connection: it goes on defining the LOBs of
        # the failed answer.
        for code in ("ORA-01002", "ORA-01007"):
            with pytest.raises(oracledb.DatabaseError, match=code):
                cursor.execute(query, [2], fetch_lobs=False)
        query += " "
    assert cursor.execute(query, [2], fetch_lobs=False).fetchone()[0].rstrip() == "good"


def test_bytes_that_are_utf_8_become_text(cursor: oracledb.Cursor) -> None:
    found = cursor.execute(
        "SELECT UTL_RAW.CAST_TO_VARCHAR2(UTL_RAW.CAST_TO_RAW('שלום')) FROM dual"
    ).fetchall()

    assert found == [("שלום",)]
