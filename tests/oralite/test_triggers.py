"""Row triggers: what each change writes, in whose transaction, and what takes it back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import oracledb
import pytest

from tests.oralite.driver import code_of, query
from tests.oralite.triggerlogs import Logged, NewTable, logged, make_log

Connect = Callable[..., oracledb.Connection]


@pytest.fixture
def made(connection: oracledb.Connection, new_table: NewTable) -> Iterator[Logged]:
    """Make a table of three rows whose changes are written down from here on."""
    made = make_log(connection, new_table, "id NUMBER, v VARCHAR2(20)", ("id", "v"))
    cursor = connection.cursor()
    cursor.execute(f"ALTER TABLE {made.table} ADD PRIMARY KEY (id)")
    cursor.executemany(
        f"INSERT INTO {made.table} VALUES (:1, :2)", [(1, "one"), (2, "two"), (3, None)]
    )
    cursor.execute(f"DELETE FROM {made.log}")
    connection.commit()
    yield made
    cursor.execute(f"DROP SEQUENCE {made.sequence}")


@pytest.mark.parametrize(
    ("sql", "count", "expected"),
    [
        ("INSERT INTO {t} VALUES (4, 'four')", 1, [("I", 4, "four")]),
        ("INSERT INTO {t} (id) VALUES (4)", 1, [("I", 4, None)]),
        ("INSERT INTO {t} SELECT id + 10, v FROM {t} WHERE id < 3", 2,
         [("I", 11, "one"), ("I", 12, "two")]),
        ("UPDATE {t} SET v = 'x' WHERE id = 1", 1, [("B", 1, "one"), ("U", 1, "x")]),
        ("UPDATE {t} SET v = v", 3,
         [("B", 1, "one"), ("U", 1, "one"), ("B", 2, "two"), ("U", 2, "two"),
          ("B", 3, None), ("U", 3, None)]),
        ("UPDATE {t} SET v = (SELECT MAX(v) FROM {t})  WHERE id = 3", 1,
         [("B", 3, None), ("U", 3, "two")]),
        ("UPDATE {t} SET v = 'x' WHERE id = 99", 0, []),
        ("UPDATE {t} SET id = 9 WHERE id = 1", 1, [("B", 1, "one"), ("U", 9, "one")]),
        ("UPDATE {t} SET id = id + 1", 3,
         [("B", 1, "one"), ("U", 2, "one"), ("B", 2, "two"), ("U", 3, "two"),
          ("B", 3, None), ("U", 4, None)]),
        ("DELETE FROM {t} WHERE id > 1", 2, [("D", 2, "two"), ("D", 3, None)]),
        ("DELETE FROM {t}", 3, [("D", 1, "one"), ("D", 2, "two"), ("D", 3, None)]),
    ],
)  # fmt: skip
def test_each_changed_row_is_written_with_its_values(
    connection: oracledb.Connection, made: Logged, sql: str, count: int, expected: list[Any]
) -> None:
    cursor = connection.cursor()
    cursor.execute(sql.format(t=made.table))
    assert cursor.rowcount == count
    assert logged(connection, made) == expected


def test_a_merge_fires_what_it_does_to_each_row(
    connection: oracledb.Connection, made: Logged
) -> None:
    cursor = connection.cursor()
    cursor.execute(
        f"MERGE INTO {made.table} t"
        " USING (SELECT LEVEL + 1 AS id FROM dual CONNECT BY LEVEL <= 3) u ON (t.id = u.id)"
        " WHEN MATCHED THEN UPDATE SET t.v = 'new' DELETE WHERE t.id = 3"
        " WHEN NOT MATCHED THEN INSERT (id, v) VALUES (u.id, 'in')"
    )
    assert cursor.rowcount == 3
    assert sorted(map(str, logged(connection, made))) == sorted(
        map(
            str,
            [("B", 2, "two"), ("U", 2, "new"), ("B", 3, None), ("U", 3, "new"), ("D", 3, "new"),
             ("I", 4, "in")],
        )
    )  # fmt: skip


def test_the_images_of_an_update_have_one_number_and_rows_their_own(
    connection: oracledb.Connection, made: Logged
) -> None:
    connection.cursor().execute(f"UPDATE {made.table} SET v = 'x'")
    rows = query(connection, f"SELECT n, COUNT(*) FROM {made.log} GROUP BY n")
    assert [count for _, count in rows] == [2, 2, 2]


def test_an_array_fires_for_each_row_and_counts_the_rows_alone(
    connection: oracledb.Connection, made: Logged
) -> None:
    cursor = connection.cursor()
    cursor.executemany(f"INSERT INTO {made.table} VALUES (:1, 'new')", [(7,), (8,)])
    assert cursor.rowcount == 2
    cursor.executemany(
        f"UPDATE {made.table} SET v = 'x' WHERE id >= :1", [(8,), (7,)], arraydmlrowcounts=True
    )
    assert cursor.getarraydmlrowcounts() == [1, 2]
    assert logged(connection, made)[:4] == [
        ("I", 7, "new"),
        ("I", 8, "new"),
        ("B", 8, "new"),
        ("U", 8, "x"),
    ]


def test_a_row_of_an_array_that_fails_writes_nothing(
    connection: oracledb.Connection, made: Logged
) -> None:
    cursor = connection.cursor()
    cursor.executemany(
        f"INSERT INTO {made.table} VALUES (:1, 'new')", [(7,), (1,), (8,)], batcherrors=True
    )
    assert [error.offset for error in cursor.getbatcherrors()] == [1]
    assert logged(connection, made) == [("I", 7, "new"), ("I", 8, "new")]


def test_returning_and_the_rowid_are_of_the_row_itself(
    connection: oracledb.Connection, made: Logged
) -> None:
    cursor = connection.cursor()
    given = cursor.var(str)
    cursor.execute(f"UPDATE {made.table} SET v = 'x' WHERE id = 2 RETURNING v INTO :out", out=given)
    assert given.getvalue() == ["x"]
    (row,) = query(connection, f"SELECT ROWID FROM {made.table} WHERE id = 2")
    assert cursor.lastrowid == row[0]


def test_a_rollback_takes_what_triggers_wrote_with_it(
    connection: oracledb.Connection, made: Logged
) -> None:
    connection.cursor().execute(f"UPDATE {made.table} SET v = 'x'")
    connection.rollback()
    assert logged(connection, made) == []


def test_a_savepoint_parts_what_stays_from_what_goes(
    connection: oracledb.Connection, made: Logged
) -> None:
    cursor = connection.cursor()
    cursor.execute(f"UPDATE {made.table} SET v = 'kept' WHERE id = 1")
    cursor.execute("SAVEPOINT here")
    cursor.execute(f"UPDATE {made.table} SET v = 'gone'")
    cursor.execute("ROLLBACK TO here")
    cursor.execute(f"DELETE FROM {made.table} WHERE id = 3")
    connection.commit()
    assert logged(connection, made) == [("B", 1, "one"), ("U", 1, "kept"), ("D", 3, None)]


def test_a_statement_that_fails_in_its_last_row_writes_nothing(
    connection: oracledb.Connection, made: Logged
) -> None:
    with pytest.raises(oracledb.IntegrityError) as refused:
        connection.cursor().execute(f"INSERT INTO {made.table} SELECT 4 - id, v FROM {made.table}")
    assert code_of(refused) == "ORA-00001"
    assert logged(connection, made) == []


def test_what_the_log_refuses_fails_the_change(
    connection: oracledb.Connection, made: Logged
) -> None:
    cursor = connection.cursor()
    cursor.execute(f"ALTER TABLE {made.log} MODIFY v VARCHAR2(20) NOT NULL")
    with pytest.raises(oracledb.IntegrityError) as refused:
        cursor.execute(f"UPDATE {made.table} SET v = NULL WHERE id = 1")
    assert code_of(refused) == "ORA-01400"
    assert query(connection, f"SELECT v FROM {made.table} WHERE id = 1") == [("one",)]


def test_open_transactions_that_take_turns_write_each_change_once(
    connection: oracledb.Connection, connect: Connect, made: Logged
) -> None:
    one, other = connect(), connect()
    for number in range(3):
        one.cursor().execute(f"UPDATE {made.table} SET v = 'one{number}' WHERE id = 1")
        other.cursor().execute(f"UPDATE {made.table} SET v = 'other{number}' WHERE id = 2")
    assert logged(connection, made) == []
    other.commit()
    assert len(logged(connection, made)) == 6
    one.commit()
    rows = logged(connection, made)
    assert [row for row in rows if row[1] == 1 and row[0] == "U"] == [  # type: ignore[index]
        ("U", 1, "one0"),
        ("U", 1, "one1"),
        ("U", 1, "one2"),
    ]
    assert len(rows) == 12


def test_a_change_that_waits_for_a_row_sees_it_as_it_was_left(
    connection: oracledb.Connection, connect: Connect, made: Logged
) -> None:
    one, other = connect(), connect()
    one.cursor().execute(f"UPDATE {made.table} SET v = 'first' WHERE id = 1")
    with ThreadPoolExecutor() as threads:
        waiting = threads.submit(
            other.cursor().execute, f"UPDATE {made.table} SET v = v || '+' WHERE id = 1"
        )
        assert not wait([waiting], timeout=0.2).done
        one.commit()
        waiting.result()
    other.commit()
    assert logged(connection, made) == [
        ("B", 1, "one"),
        ("U", 1, "first"),
        ("B", 1, "first"),
        ("U", 1, "first+"),
    ]


def test_a_late_commit_has_lower_numbers_than_what_was_seen_before_it(
    connection: oracledb.Connection, connect: Connect, made: Logged
) -> None:
    one, other = connect(), connect()
    one.cursor().execute(f"UPDATE {made.table} SET v = 'late' WHERE id = 1")
    other.cursor().execute(f"UPDATE {made.table} SET v = 'early' WHERE id = 2")
    other.commit()
    (early,) = query(connection, f"SELECT MAX(n) FROM {made.log}")
    one.commit()
    assert query(
        connection, f"SELECT DISTINCT op FROM {made.log} WHERE n < :1 ORDER BY op", early[0]
    ) == [
        ("B",),
        ("U",),
    ]


def test_a_delete_that_cascades_fires_for_each_child(
    connection: oracledb.Connection, new_table: NewTable, made: Logged
) -> None:
    parent = new_table("id NUMBER PRIMARY KEY")
    cursor = connection.cursor()
    cursor.execute(f"INSERT INTO {parent} SELECT id FROM {made.table}")
    cursor.execute(
        f"ALTER TABLE {made.table} ADD CONSTRAINT F_{made.table} FOREIGN KEY (id)"
        f" REFERENCES {parent} (id) ON DELETE CASCADE"
    )
    cursor.execute(f"DELETE FROM {parent} WHERE id <= 2")
    assert logged(connection, made) == [("D", 1, "one"), ("D", 2, "two")]


def test_the_local_transaction_id_is_one_for_all_changes_of_a_transaction(
    connection: oracledb.Connection, made: Logged
) -> None:
    cursor = connection.cursor()
    asked = "SELECT DBMS_TRANSACTION.LOCAL_TRANSACTION_ID FROM dual"
    for _ in range(2):
        assert query(connection, asked) == [(None,)]
        cursor.execute(f"UPDATE {made.table} SET v = 'x' WHERE id = 1")
        cursor.execute(f"UPDATE {made.table} SET v = 'y' WHERE id = 2")
        (known,) = query(connection, asked)
        assert query(connection, f"SELECT COUNT(*) FROM {made.log} WHERE tx = :1", known[0]) == [
            (4,)
        ]
        connection.commit()
    assert query(connection, f"SELECT COUNT(DISTINCT tx) FROM {made.log}") == [(2,)]


def test_values_keep_every_digit_on_their_way_into_the_log(
    connection: oracledb.Connection, new_table: NewTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oracledb.defaults, "fetch_decimals", True)
    columns = {
        "n1": ("NUMBER", "12345678901234567890123456789012345678"),
        "d1": ("DATE", "DATE '0001-01-01'"),
        "t9": ("TIMESTAMP(9)", "TIMESTAMP '2026-01-02 03:04:05.123456789'"),
        "tz": ("TIMESTAMP(9) WITH TIME ZONE",
               "TIMESTAMP '2026-01-02 03:04:05.123456789 +05:30'"),
        "iv": ("INTERVAL DAY(9) TO SECOND(9)", "INTERVAL '1 02:03:04.123456789' DAY TO SECOND(9)"),
        "bd": ("BINARY_DOUBLE", "0.1d"),
        "r1": ("RAW(20)", "HEXTORAW('00FF10')"),
        "c1": ("CHAR(5)", "'a'"),
        "cl": ("CLOB", "TO_CLOB('long')"),
        "bl": ("BLOB", "TO_BLOB(HEXTORAW('0102'))"),
        "nv": ("NVARCHAR2(10)", "N'שלום'"),
    }  # fmt: skip
    declared = ", ".join(f"{name} {kind}" for name, (kind, _) in columns.items())
    made = make_log(connection, new_table, declared, list(columns))
    values = ", ".join(value for _, value in columns.values())
    cursor = connection.cursor()
    cursor.execute(f"INSERT INTO {made.table} VALUES ({values})")
    cursor.execute(f"UPDATE {made.table} SET n1 = n1, cl = cl || cl")
    shown = ", ".join(name for name in columns if name not in ("cl", "bl", "t9", "tz"))
    shown += ", TO_CHAR(t9), TO_CHAR(tz)"
    expected = query(connection, f"SELECT {shown} FROM {made.table}")
    assert "123456789 AM +05:30" in str(expected[0][-1])
    cursor.execute(f"DELETE FROM {made.table}")
    assert query(connection, f"SELECT {shown} FROM {made.log}") == expected * 4
    clobs = query(connection, f"SELECT TO_CHAR(cl) FROM {made.log} ORDER BY n, op")
    assert clobs == [("long",), ("long",), ("longlong",), ("longlong",)]
    cursor.execute(f"DROP SEQUENCE {made.sequence}")
