"""LOBs as text, as bytes and by locator, of any size, through the unmodified driver."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import oracledb
import pytest

from oralite.server import Server
from tests.oralite.driver import code_of, query

NewTable = Callable[[str], str]
pytestmark = pytest.mark.parametrize("profile", ["19c", "23ai"])

LONG_TEXT = "שלום 😀 " * 20_000
SIZES = [1, 252, 253, 4000, 4001, 32767, 32768, 65536, 300_001]


@pytest.fixture
def as_values() -> Iterator[None]:
    oracledb.defaults.fetch_lobs = False
    yield
    oracledb.defaults.fetch_lobs = True


@pytest.fixture
def table(new_table: NewTable) -> str:
    return new_table("id NUMBER(10), note CLOB, content BLOB")


@pytest.mark.usefixtures("as_values")
def test_texts_and_bytes_of_all_sizes_come_back(
    connection: oracledb.Connection, table: str
) -> None:
    with connection.cursor() as cursor:
        for size in SIZES:
            text = ("ש😀x" * size)[:size]
            cursor.execute(f"INSERT INTO {table} VALUES (:1, :2, :3)", [size, text, text.encode()])
        for _ in range(3):
            cursor.execute(f"SELECT id, note, content FROM {table} ORDER BY id")
            for size, text, content in cursor:
                assert text == ("ש😀x" * size)[:size]
                assert content == text.encode()


@pytest.mark.usefixtures("as_values")
def test_null_lobs_are_none(connection: oracledb.Connection, table: str) -> None:
    connection.cursor().execute(f"INSERT INTO {table} VALUES (1, NULL, NULL)")
    assert query(connection, f"SELECT note, content FROM {table}") == [(None, None)]


def test_locators_read_whole_and_in_pieces(connection: oracledb.Connection, table: str) -> None:
    connection.cursor().execute(
        f"INSERT INTO {table} VALUES (1, :1, :2)", [LONG_TEXT, LONG_TEXT.encode()]
    )
    [(note, content)] = query(connection, f"SELECT note, content FROM {table}")
    assert isinstance(note, oracledb.LOB)
    assert isinstance(content, oracledb.LOB)
    assert note.read() == LONG_TEXT
    assert content.read() == LONG_TEXT.encode()
    assert note.size() == len(LONG_TEXT.encode("utf-16-be")) // 2
    assert (note.read(1, 4), note.read(6, 2), note.read(8, 3)) == ("שלום", "😀", " של")
    assert content.read(2, 3) == LONG_TEXT.encode()[1:4]
    assert note.getchunksize() > 0


def test_many_rows_of_locators_arrive_in_portions(
    connection: oracledb.Connection, table: str
) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} (id, note) VALUES (:1, :2)",
            [(n, f"note {n}") for n in range(250)],
        )
        cursor.execute(f"SELECT note FROM {table} ORDER BY id")
        read = [note.read() for (note,) in cursor]
    assert read == [f"note {number}" for number in range(250)]


def test_a_temporary_lob_is_written_trimmed_and_bound(
    connection: oracledb.Connection, table: str
) -> None:
    lob = connection.createlob(oracledb.DB_TYPE_CLOB)
    lob.write("hello")
    lob.write("XY", 3)
    assert lob.read() == "heXYo"
    lob.trim(4)
    assert (lob.read(), lob.size()) == ("heXY", 4)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} (id, note) VALUES (1, :1)", [lob])
        cursor.execute(f"SELECT note FROM {table}")
        assert cursor.fetchone()[0].read() == "heXY"


def test_a_large_temporary_lob_is_bound_whole(connection: oracledb.Connection, table: str) -> None:
    text = connection.createlob(oracledb.DB_TYPE_CLOB, LONG_TEXT)
    content = connection.createlob(oracledb.DB_TYPE_BLOB, LONG_TEXT.encode())
    connection.cursor().execute(f"INSERT INTO {table} VALUES (1, :1, :2)", [text, content])
    [(note, blob)] = query(connection, f"SELECT note, content FROM {table}")
    assert isinstance(note, oracledb.LOB)
    assert isinstance(blob, oracledb.LOB)
    assert (note.read(), blob.read()) == (LONG_TEXT, LONG_TEXT.encode())


@pytest.mark.oralite_only
def test_writing_into_a_fetched_lob_is_refused(connection: oracledb.Connection, table: str) -> None:
    connection.cursor().execute(f"INSERT INTO {table} (id, note) VALUES (1, 'kept')")
    [(note,)] = query(connection, f"SELECT note FROM {table}")
    assert isinstance(note, oracledb.LOB)
    with pytest.raises(oracledb.DatabaseError) as error:
        note.write("changed")
    assert code_of(error) == "ORA-03001"


@pytest.mark.oralite_only
def test_lobs_that_the_client_forgot_are_freed(
    server: Server, connection: oracledb.Connection, table: str
) -> None:
    lob = connection.createlob(oracledb.DB_TYPE_CLOB, "x")
    before = server.statistics()["lob_operations"]
    del lob
    assert query(connection, "SELECT 1 FROM dual") == [(1,)]
    assert server.statistics()["lob_operations"] == before


def test_a_lob_can_be_opened_and_closed(connection: oracledb.Connection) -> None:
    lob = connection.createlob(oracledb.DB_TYPE_CLOB, "x")
    lob.open()
    assert lob.isopen()
    lob.close()
    assert not lob.isopen()


@pytest.mark.usefixtures("as_values")
def test_a_data_frame_has_all_rows_with_lobs_in_portions_of_the_asked_size(
    connection: oracledb.Connection, table: str
) -> None:
    pytest.importorskip("pyarrow")
    rows = [(n, f"note {n}", b"x" * n) for n in range(1, 26)]
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} VALUES (:1, :2, :3)", rows)
    for _ in range(2):
        sql = f"SELECT id, note, content FROM {table} ORDER BY id"
        assert connection.fetch_df_all(sql, arraysize=10).num_rows() == 25
        assert [frame.num_rows() for frame in connection.fetch_df_batches(sql, size=10)] == [
            10,
            10,
            5,
        ]
