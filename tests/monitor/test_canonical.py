"""The text of a row and its checksums: the same on both sides, by the real drivers of both."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from hashlib import md5

import duckdb
import oracledb
import pytest

from sync_monitor.errors import NotComparable
from sync_monitor.model import Column, Kind
from sync_monitor.rows.canonical import Expressions, expressions, groups
from sync_monitor.rows.dialects import Dialect

COLUMNS = (
    Column("ID", Kind.INTEGER),
    Column("CODE", Kind.TEXT),
    Column("AMOUNT", Kind.DECIMAL, 2),
    Column("FLAG", Kind.CHAR),
    Column("BORN", Kind.TIMESTAMP),
    Column("CHANGED", Kind.TIMESTAMP, lake_name="changed_at"),
    Column("DOCUMENT", Kind.OTHER),
)
KEYS = ("ID", "CODE")
MOMENT = datetime(2026, 11, 23, 4, 5, 6, 70)
#: Times with nine digits of a second, some of which would be rounded up, one into the next year.
FINE = (
    "2026-11-23 04:05:06.123456789",
    "2026-11-23 04:05:06.123456499",
    "2026-12-31 23:59:59.999999999",
    "1969-12-31 23:59:59.000000500",
)
ROWS = [
    (1, "a", Decimal("12.50"), "Y", datetime(2001, 2, 3), MOMENT),
    (2, "O'Neil", Decimal("-0.05"), None, None, None),
    (-3, "a|b", Decimal("0.00"), "N", datetime(2001, 2, 3, 4, 5, 6), MOMENT),
    (4, "blank at its end ", Decimal("99999999999999999999.99"), "Y", None, MOMENT),
    (5, "שלום 😀", None, "Y", None, datetime(1969, 12, 31, 23, 59, 59, 999_999)),
    (12345678901234567890123456789012345678, None, Decimal(7), "Y", None, None),
]


def make_both(oracle: oracledb.Connection, lake: duckdb.DuckDBPyConnection) -> None:
    oracle.cursor().execute(
        "CREATE TABLE T (ID NUMBER(38) NOT NULL, CODE VARCHAR2(100), AMOUNT NUMBER(22,2), "
        "FLAG CHAR(3), BORN DATE, CHANGED TIMESTAMP(6), DOCUMENT CLOB)"
    )
    cursor = oracle.cursor()
    kinds = [None, None, oracledb.DB_TYPE_NUMBER, None, None, oracledb.DB_TYPE_TIMESTAMP]
    cursor.setinputsizes(*kinds)
    cursor.executemany(
        "INSERT INTO T (ID, CODE, AMOUNT, FLAG, BORN, CHANGED) VALUES (:1, :2, :3, :4, :5, :6)",
        ROWS,
    )
    lake.execute(
        "CREATE TABLE t (id DECIMAL(38,0), code VARCHAR, amount DECIMAL(22,2), flag VARCHAR, "
        "born TIMESTAMP, changed_at TIMESTAMP)"
    )
    lake.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)", ROWS)


def both() -> tuple[Expressions, Expressions]:
    return (
        expressions(COLUMNS, KEYS, Dialect.ORACLE),
        expressions(COLUMNS, KEYS, Dialect.DUCKDB),
    )


def test_both_sides_write_the_same_text(
    oracle: oracledb.Connection, lake: duckdb.DuckDBPyConnection
) -> None:
    make_both(oracle, lake)
    here, there = both()
    oracle_texts = oracle.cursor().execute(f"SELECT {here.row} FROM T ORDER BY ID").fetchall()
    lake_texts = lake.execute(f"SELECT {there.row} FROM t ORDER BY id").fetchall()
    assert oracle_texts == lake_texts
    texts = [text for (text,) in lake_texts]
    assert "2|O'Neil|-0.05|~|~|~" in texts
    assert "1|a|12.50|Y|2001-02-03 00:00:00.000000|2026-11-23 04:05:06.000070" in texts


def test_both_sides_have_the_same_checksums_and_buckets(
    oracle: oracledb.Connection, lake: duckdb.DuckDBPyConnection
) -> None:
    make_both(oracle, lake)
    here, there = both()
    found = []
    for side in (here, there):
        select = f"SELECT {side.bucket(2)}, COUNT(*), {side.checksum} FROM T GROUP BY "
        select += f"{side.bucket(2)} ORDER BY 1"
        if side is here:
            found.append(oracle.cursor().execute(select).fetchall())
        else:
            found.append(lake.execute(select).fetchall())
    assert found[0] == found[1]
    assert sum(count for _, count, _ in found[0]) == len(ROWS)


def test_checksums_are_the_last_digits_of_md5(lake: duckdb.DuckDBPyConnection) -> None:
    lake.execute("CREATE TABLE t (id INTEGER, code VARCHAR)")
    lake.execute("INSERT INTO t VALUES (1, 'a'), (1, 'a'), (2, '')")
    side = expressions(COLUMNS[:2], ("ID",), Dialect.DUCKDB)
    (total,) = lake.execute(f"SELECT {side.checksum} FROM t").fetchone() or (None,)
    expected = 0
    for text in ("1|a", "1|a", "2|~"):
        expected += int(md5(text.encode(), usedforsecurity=False).hexdigest()[17:], 16)
    assert total == expected


def test_the_empty_text_of_a_lake_is_oracles_null(
    oracle: oracledb.Connection, lake: duckdb.DuckDBPyConnection
) -> None:
    oracle.cursor().execute("CREATE TABLE T (ID NUMBER(9), CODE VARCHAR2(9), FLAG CHAR(3))")
    oracle.cursor().execute("INSERT INTO T VALUES (1, '', 'a')")
    lake.execute("CREATE TABLE t (id INTEGER, code VARCHAR, flag VARCHAR)")
    lake.execute("INSERT INTO t VALUES (1, '', 'a  ')")
    columns = (COLUMNS[0], COLUMNS[1], COLUMNS[3])
    texts = []
    for dialect in (Dialect.ORACLE, Dialect.DUCKDB):
        texts.append(f"SELECT {expressions(columns, ('ID',), dialect).row} FROM T")
    assert oracle.cursor().execute(texts[0]).fetchall() == lake.execute(texts[1]).fetchall()


@pytest.mark.parametrize("kind", ["TIMESTAMP", "TIMESTAMP_NS"])
def test_of_a_time_all_digits_behind_the_sixth_are_cut_off_and_never_rounded(
    oracle: oracledb.Connection, lake: duckdb.DuckDBPyConnection, kind: str
) -> None:
    oracle.cursor().execute("CREATE TABLE T (ID NUMBER(9), CHANGED TIMESTAMP(9))")
    lake.execute(f"CREATE TABLE t (id INTEGER, changed_at {kind})")
    for number, moment in enumerate(FINE):
        oracle.cursor().execute(f"INSERT INTO T VALUES ({number}, TIMESTAMP '{moment}')")
        lake.execute(f"INSERT INTO t VALUES ({number}, '{moment}')")
    columns = (COLUMNS[0], COLUMNS[5])
    texts = []
    for dialect in (Dialect.ORACLE, Dialect.DUCKDB):
        texts.append(f"SELECT {expressions(columns, ('ID',), dialect).row} FROM T ORDER BY ID")
    here, there = oracle.cursor().execute(texts[0]).fetchall(), lake.execute(texts[1]).fetchall()
    assert here == there == [(f"{number}|{moment[:26]}",) for number, moment in enumerate(FINE)]


def test_a_time_that_a_driver_read_is_the_one_that_oracle_has(
    oracle: oracledb.Connection, lake: duckdb.DuckDBPyConnection
) -> None:
    oracle.cursor().execute("CREATE TABLE T (ID NUMBER(9), CHANGED TIMESTAMP(9))")
    for number, moment in enumerate(FINE):
        oracle.cursor().execute(f"INSERT INTO T VALUES ({number}, TIMESTAMP '{moment}')")
    lake.execute("CREATE TABLE t (id INTEGER, changed_at TIMESTAMP)")
    rows = oracle.cursor().execute("SELECT ID, CHANGED FROM T").fetchall()
    lake.executemany("INSERT INTO t VALUES (?, ?)", rows)
    sums = []
    for dialect in (Dialect.ORACLE, Dialect.DUCKDB):
        side = expressions((COLUMNS[0], COLUMNS[5]), ("ID",), dialect)
        sums.append(f"SELECT {side.checksum} FROM T")
    assert oracle.cursor().execute(sums[0]).fetchall() == lake.execute(sums[1]).fetchall()


def test_a_row_that_is_longer_than_oracle_joins_is_hashed_in_parts(
    oracle: oracledb.Connection, lake: duckdb.DuckDBPyConnection
) -> None:
    names = [f"C{number}" for number in range(3)]
    wide = [Column(name, Kind.TEXT, text_bytes=2000) for name in names]
    columns = (COLUMNS[0], *wide)
    assert [len(group) for group in groups(columns)] == [2, 1, 1]
    row = (1, *[name * 900 for name in names])
    oracle.cursor().execute(
        "CREATE TABLE T (ID NUMBER(9), C0 VARCHAR2(2000), C1 VARCHAR2(2000), C2 VARCHAR2(2000))"
    )
    oracle.cursor().execute("INSERT INTO T VALUES (:1, :2, :3, :4)", row)
    lake.execute("CREATE TABLE t (id INTEGER, c0 VARCHAR, c1 VARCHAR, c2 VARCHAR)")
    lake.execute("INSERT INTO t VALUES (?, ?, ?, ?)", row)
    texts = []
    for dialect in (Dialect.ORACLE, Dialect.DUCKDB):
        side = expressions(columns, ("ID",), dialect)
        texts.append(f"SELECT {side.row_hash}, {side.checksum} FROM T GROUP BY {side.row_hash}")
    assert oracle.cursor().execute(texts[0]).fetchall() == lake.execute(texts[1]).fetchall()


def test_a_database_that_is_not_utf8_converts_what_it_hashes() -> None:
    side = expressions(COLUMNS[:2], ("ID",), Dialect.ORACLE, charset="IW8MSWIN1255")
    assert side.key == "CONVERT(NVL(TO_CHAR(\"ID\", 'TM9'), '~'), 'AL32UTF8')"


@pytest.mark.parametrize(
    ("dialect", "row", "bucket"),
    [
        (
            Dialect.HIVE,
            "CONCAT(COALESCE(CAST(CAST(`id` AS DECIMAL(38, 0)) AS STRING), '~'), '|', "
            "COALESCE(NULLIF(`code`, ''), '~'))",
            "SUBSTR(MD5(COALESCE(CAST(CAST(`id` AS DECIMAL(38, 0)) AS STRING), '~')), 1, 3)",
        ),
        (
            Dialect.TRINO,
            "COALESCE(CAST(CAST(\"id\" AS DECIMAL(38, 0)) AS VARCHAR), '~') || '|' || "
            "COALESCE(NULLIF(\"code\", ''), '~')",
            "SUBSTR(LOWER(TO_HEX(MD5(TO_UTF8("
            "COALESCE(CAST(CAST(\"id\" AS DECIMAL(38, 0)) AS VARCHAR), '~'))))), 1, 3)",
        ),
    ],
)
def test_hive_and_trino_have_texts_of_their_own(dialect: Dialect, row: str, bucket: str) -> None:
    side = expressions(COLUMNS[:2], ("ID",), dialect)
    assert (side.row, side.bucket(3)) == (row, bucket)


def test_columns_without_a_common_text_are_said_to_be_left_out() -> None:
    assert both()[0].not_compared == ("DOCUMENT",)


@pytest.mark.parametrize("keys", [(), ("DOCUMENT",), ("GONE",)])
def test_a_table_without_a_key_that_has_a_text_is_not_compared(keys: tuple[str, ...]) -> None:
    with pytest.raises(NotComparable, match="key"):
        expressions(COLUMNS, keys, Dialect.TRINO)


def test_a_char_of_trino_is_joined_without_its_blanks() -> None:
    text = expressions((COLUMNS[0], COLUMNS[3]), ("ID",), Dialect.TRINO).row
    assert """COALESCE(NULLIF(TRIM(TRAILING ' ' FROM CAST("flag" AS VARCHAR)), ''), '~')""" in text


def test_a_time_of_hive_is_no_work_of_date_format_which_had_milliseconds_alone() -> None:
    text = expressions((COLUMNS[0], COLUMNS[5]), ("ID",), Dialect.HIVE).row
    assert "DATE_FORMAT" not in text
    time = "CAST(CAST(`changed_at` AS TIMESTAMP) AS STRING)"
    assert f"RPAD(CONCAT(SUBSTR({time}, 1, 19), '.', SUBSTR({time}, 21)), 26, '0')" in text
