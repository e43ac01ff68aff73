"""Values to the database and back, and rows in portions, through the unmodified driver."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import oracledb
import pytest

from tests.oralite.driver import code_of, query

Connect = Callable[..., oracledb.Connection]
NewTable = Callable[[str], str]
pytestmark = pytest.mark.parametrize("profile", ["19c", "23ai"])
MOMENT = datetime(2024, 2, 29, 23, 59, 58, 123456)


@pytest.mark.parametrize(
    "value",
    [
        0, 1, -1, 100, -100, 10**20, -(10**20), 2**63, 12345678901234567890123456789012345678,
        Decimal("0.001"), Decimal("-123.456"), Decimal("0.1"), Decimal("1E-30"),
        Decimal("99999999999999999999.99"), 2.5, 1e100,
    ],
    ids=str,
)  # fmt: skip
def test_a_number_comes_back_exactly(
    connection: oracledb.Connection, value: int | float | Decimal
) -> None:
    with connection.cursor() as cursor:
        cursor.outputtypehandler = lambda cursor, metadata: cursor.var(
            Decimal, arraysize=cursor.arraysize
        )
        cursor.execute("SELECT :value FROM dual", value=value)
        assert cursor.fetchone() == (Decimal(str(value)),)


@pytest.mark.parametrize(
    "text", ["a", "שלום 😀", "x'\"", "é" * 1000, "x" * 252, "x" * 253, "x" * 4000, "\n\t "]
)
def test_text_comes_back_character_for_character(
    connection: oracledb.Connection, text: str
) -> None:
    assert query(connection, "SELECT :value FROM dual", value=text) == [(text,)]


def test_the_empty_text_is_null(connection: oracledb.Connection) -> None:
    assert query(connection, "SELECT :value FROM dual", value="") == [(None,)]
    assert query(connection, "SELECT NVL('', 'null') FROM dual WHERE '' IS NULL") == [("null",)]


def test_other_types_come_back(connection: oracledb.Connection) -> None:
    binds = [
        None,
        b"\x00\xff",
        MOMENT.replace(microsecond=0),
        timedelta(days=-3, seconds=5, microseconds=7),
    ]
    assert query(connection, "SELECT :1, :2, :3, :4 FROM dual", *binds) == [tuple(binds)]


def test_a_timestamp_keeps_its_fraction_when_it_is_sent_as_one(
    connection: oracledb.Connection,
) -> None:
    with connection.cursor() as cursor:
        cursor.setinputsizes(moment=oracledb.DB_TYPE_TIMESTAMP)
        cursor.execute("SELECT :moment FROM dual", moment=MOMENT)
        assert cursor.fetchone() == (MOMENT,)


def test_a_binary_double_comes_back(connection: oracledb.Connection) -> None:
    with connection.cursor() as cursor:
        cursor.setinputsizes(value=oracledb.DB_TYPE_BINARY_DOUBLE)
        cursor.execute("SELECT :value FROM dual", value=-0.1)
        assert cursor.fetchone() == (-0.1,)


def test_one_name_twice_is_one_value(connection: oracledb.Connection) -> None:
    assert query(connection, "SELECT :x || :y || :x FROM dual", x="a", y="b") == [("aba",)]


def test_long_binds_travel_last_and_arrive_in_their_places(
    connection: oracledb.Connection, new_table: NewTable
) -> None:
    table = new_table("a CLOB, b NUMBER, c CLOB, d VARCHAR2(10)")
    oracledb.defaults.fetch_lobs = False
    try:
        for size in (1, 8000, 32767, 32768, 100_000):
            connection.cursor().execute(
                f"INSERT INTO {table} VALUES (:1, :2, :3, :4)", ["x" * size, size, "y" * 9000, "d"]
            )
            rows = query(connection, f"SELECT a, b, c, d FROM {table} WHERE b = :1", size)
            assert rows == [("x" * size, size, "y" * 9000, "d")]
    finally:
        oracledb.defaults.fetch_lobs = True


@pytest.mark.parametrize("count", [0, 1, 2, 3, 99, 100, 101, 1000])
def test_every_row_arrives_once_however_they_are_portioned(
    connection: oracledb.Connection, new_table: NewTable, count: int
) -> None:
    table = new_table("id NUMBER(10)")
    with connection.cursor() as cursor:
        if count:
            cursor.executemany(
                f"INSERT INTO {table} VALUES (:1)", [(number,) for number in range(count)]
            )
    for prefetch in (0, 1, 2, 1000):
        with connection.cursor() as cursor:
            cursor.prefetchrows, cursor.arraysize = prefetch, 100
            for _ in range(2):
                cursor.execute(f"SELECT id FROM {table} ORDER BY id")
                assert [number for (number,) in cursor] == list(range(count)), prefetch
            assert cursor.rowcount == count


def test_cursors_side_by_side_keep_their_places(
    connection: oracledb.Connection, new_table: NewTable
) -> None:
    table = new_table("id NUMBER(10)")
    connection.cursor().executemany(
        f"INSERT INTO {table} VALUES (:1)", [(number,) for number in range(20)]
    )
    cursors = [connection.cursor(), connection.cursor()]
    for cursor in cursors:
        cursor.arraysize, cursor.prefetchrows = 3, 0
        cursor.execute(f"SELECT id FROM {table} ORDER BY id")
    assert list(zip(*cursors, strict=True)) == [((number,), (number,)) for number in range(20)]


def test_a_statement_that_failed_leaves_the_connection_in_step(
    connection: oracledb.Connection,
) -> None:
    with connection.cursor() as cursor:
        for _ in range(3):
            with pytest.raises(oracledb.DatabaseError) as error:
                cursor.executemany(
                    "INSERT INTO no_such_table VALUES (:1, :2)",
                    [(number, "x" * 5000) for number in range(100)],
                )
            assert code_of(error) == "ORA-00942"
            returned = cursor.var(int)
            with pytest.raises(oracledb.DatabaseError):
                cursor.execute(
                    "INSERT INTO no_such_table VALUES (:1) RETURNING id INTO :2",
                    ["y" * 50_000, returned],
                )
            assert query(connection, "SELECT 1 FROM dual") == [(1,)]


def test_the_position_of_an_error_is_reported(connection: oracledb.Connection) -> None:
    with pytest.raises(oracledb.DatabaseError) as error:
        query(connection, "SELECT no_such_column FROM dual")
    assert code_of(error) == "ORA-00904"


def test_a_statement_prepared_before_its_table_changed_sees_the_new_columns(
    connection: oracledb.Connection, new_table: NewTable
) -> None:
    table = new_table("id NUMBER(10), name VARCHAR2(20)")
    connection.cursor().execute(f"INSERT INTO {table} VALUES (1, 'a')")
    assert query(connection, f"SELECT * FROM {table}") == [(1, "a")]
    assert query(connection, f"SELECT * FROM {table}") == [(1, "a")]
    connection.cursor().execute(f"ALTER TABLE {table} ADD (note CLOB)")
    connection.cursor().execute(f"UPDATE {table} SET note = 'n'")
    [(number, name, note)] = query(connection, f"SELECT * FROM {table}")
    assert (number, name) == (1, "a")
    assert isinstance(note, oracledb.LOB)
    assert note.read() == "n"


def test_a_text_that_became_a_lob_goes_on_as_a_text(
    connection: oracledb.Connection, new_table: NewTable
) -> None:
    table = new_table("id NUMBER(10), name VARCHAR2(20), code RAW(9)")
    sql = f"SELECT id, name, code FROM {table}"
    cursor = connection.cursor()
    cursor.execute(f"INSERT INTO {table} VALUES (1, 'a', HEXTORAW('AB'))")
    for _ in range(2):
        assert query(connection, sql) == [(1, "a", b"\xab")]
    cursor.execute(f"ALTER TABLE {table} ADD (note CLOB, content BLOB)")
    cursor.execute(f"UPDATE {table} SET note = name || 'b', content = code")
    for column, other in (("name", "note"), ("code", "content")):
        cursor.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        cursor.execute(f"ALTER TABLE {table} RENAME COLUMN {other} TO {column}")
    for _ in range(2):
        assert query(connection, sql) == [(1, "ab", b"\xab")]


def test_hundreds_of_statements_close_their_cursors(connection: oracledb.Connection) -> None:
    for number in range(400):
        assert query(connection, f"SELECT {number} FROM dual") == [(number,)]


def test_parsing_alone_describes_the_columns(
    connection: oracledb.Connection, new_table: NewTable
) -> None:
    table = new_table(
        "id NUMBER(10) NOT NULL, name VARCHAR2(20), at TIMESTAMP, note CLOB, guid RAW(16), "
        "flag CHAR(1)"
    )
    with connection.cursor() as cursor:
        cursor.parse(f"SELECT * FROM {table}")
        reported = [
            (column.name, column.type_code.name, column.display_size, column.null_ok)
            for column in cursor.description
        ]
    assert [name for name, *_ in reported] == ["ID", "NAME", "AT", "NOTE", "GUID", "FLAG"]
    assert reported[0][1:] == ("DB_TYPE_NUMBER", 11, False)
    assert reported[1][1:] == ("DB_TYPE_VARCHAR", 20, True)
    assert [kind for _, kind, *_ in reported[2:]] == [
        "DB_TYPE_TIMESTAMP",
        "DB_TYPE_CLOB",
        "DB_TYPE_RAW",
        "DB_TYPE_CHAR",
    ]


def test_parsing_alone_finds_what_is_wrong_with_a_change_and_does_not_carry_it_out(
    connection: oracledb.Connection, new_table: NewTable
) -> None:
    table = new_table("id NUMBER(10)")
    cursor = connection.cursor()
    cursor.parse(f"INSERT INTO {table} VALUES (:1)")
    cursor.parse(f"DELETE FROM {table} WHERE id = :1 RETURNING id INTO :2")
    for sql in (
        f"INSERT INTO {table} (no) VALUES (:1)",
        f"UPDATE {table} SET id = no",
        "DELETE FROM nowhere",
    ):
        with pytest.raises(oracledb.DatabaseError):
            cursor.parse(sql)
    assert query(connection, f"SELECT COUNT(*) FROM {table}") == [(0,)]


def test_a_table_can_be_read_into_a_data_frame(
    connection: oracledb.Connection, new_table: NewTable
) -> None:
    table = new_table("id NUMBER(10), name VARCHAR2(20)")
    connection.cursor().executemany(f"INSERT INTO {table} VALUES (:1, :2)", [(1, "a"), (2, None)])
    frame = connection.fetch_df_all(f"SELECT id, name FROM {table} ORDER BY id")
    assert (frame.num_rows(), frame.column_names()) == (2, ["ID", "NAME"])
