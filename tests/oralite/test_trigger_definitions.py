"""Triggers as objects: made, switched, broken, shown in the dictionary, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import oracledb
import pytest

from oralite.server import Server
from tests.oralite.conftest import PASSWORD, SERVICE, USER
from tests.oralite.driver import query
from tests.oralite.onetrigger import BODY, TEXT, fails, log, make_trigger, status

pytestmark = pytest.mark.oralite_only

Connect = Callable[..., oracledb.Connection]


@pytest.fixture
def cursor(connection: oracledb.Connection) -> Iterator[oracledb.Cursor]:
    """Make a table with a trigger that writes into another."""
    with connection.cursor() as cursor:
        make_trigger(cursor)
        yield cursor


def test_a_trigger_is_shown_in_the_dictionary(cursor: oracledb.Cursor) -> None:
    assert query(
        cursor.connection,
        "SELECT owner, trigger_name, trigger_type, triggering_event, table_owner, table_name,"
        " base_object_type, status, trigger_body FROM all_triggers",
    ) == [
        ("APP", "TR", "AFTER EACH ROW", "INSERT", "APP", "T", "TABLE", "ENABLED",
         f"BEGIN {BODY} END;"),
    ]  # fmt: skip
    assert status(cursor) == [("VALID",)]
    assert cursor.warning is None


def test_a_disabled_trigger_does_nothing_until_it_is_enabled(cursor: oracledb.Cursor) -> None:
    cursor.execute("ALTER TRIGGER tr DISABLE")
    cursor.execute("INSERT INTO t (id) VALUES (1)")
    assert query(cursor.connection, "SELECT status FROM user_triggers") == [("DISABLED",)]
    cursor.execute("ALTER TRIGGER tr ENABLE")
    cursor.execute("INSERT INTO t (id) VALUES (2)")
    cursor.execute("ALTER TABLE t DISABLE ALL TRIGGERS")
    cursor.execute("INSERT INTO t (id) VALUES (3)")
    cursor.execute("ALTER TABLE t ENABLE ALL TRIGGERS")
    cursor.execute("INSERT INTO t (id) VALUES (4)")
    assert log(cursor) == [(2, None), (4, None)]


def test_a_trigger_may_be_made_disabled(cursor: oracledb.Cursor) -> None:
    cursor.execute(TEXT.format(body=BODY).replace("BEGIN", "DISABLE BEGIN"))
    cursor.execute("INSERT INTO t (id) VALUES (1)")
    assert log(cursor) == []


def test_a_dropped_trigger_is_gone(cursor: oracledb.Cursor) -> None:
    cursor.execute("DROP TRIGGER tr")
    cursor.execute("INSERT INTO t (id) VALUES (1)")
    assert log(cursor) == []
    assert fails(cursor, "DROP TRIGGER tr") == "ORA-04080"
    assert fails(cursor, "ALTER TRIGGER tr ENABLE") == "ORA-04080"


def test_a_trigger_goes_with_its_table(cursor: oracledb.Cursor) -> None:
    cursor.execute("DROP TABLE t")
    assert query(cursor.connection, "SELECT trigger_name FROM user_triggers") == []
    cursor.execute("CREATE TABLE t (id NUMBER)")
    cursor.execute("INSERT INTO t VALUES (1)")
    assert log(cursor) == []


def test_a_trigger_stays_with_a_table_that_is_renamed_or_built_anew(
    cursor: oracledb.Cursor,
) -> None:
    cursor.execute("ALTER TABLE t MODIFY v VARCHAR2(20)")
    cursor.execute("ALTER TABLE log MODIFY v VARCHAR2(20)")
    cursor.execute("ALTER TABLE t RENAME TO renamed")
    cursor.execute("INSERT INTO renamed (id, v) VALUES (1, 'one')")
    assert log(cursor) == [(1, "one")]
    assert query(cursor.connection, "SELECT table_name FROM user_triggers") == [("RENAMED",)]


def test_definitions_fire_no_trigger(cursor: oracledb.Cursor) -> None:
    cursor.execute(
        "CREATE TRIGGER tu AFTER UPDATE ON t FOR EACH ROW"
        " BEGIN INSERT INTO log (id) VALUES (:OLD.id); END;"
    )
    cursor.execute(
        "CREATE TRIGGER td AFTER DELETE ON t FOR EACH ROW"
        " BEGIN INSERT INTO log (id) VALUES (:OLD.id); END;"
    )
    cursor.execute("INSERT INTO t (id) VALUES (1)")
    cursor.execute("DELETE FROM log")
    cursor.execute("ALTER TABLE t ADD z NUMBER DEFAULT 5")
    cursor.execute("ALTER TABLE t MODIFY z NUMBER(10) NOT NULL")
    cursor.execute("TRUNCATE TABLE t")
    assert log(cursor) == []


@pytest.mark.parametrize(
    "breaking",
    [
        "ALTER TABLE t DROP COLUMN v",
        "ALTER TABLE t RENAME COLUMN v TO vv",
        "ALTER TABLE log DROP COLUMN v",
        "DROP TABLE log",
    ],
)
def test_an_invalid_trigger_stops_changes_until_it_is_put_right(
    cursor: oracledb.Cursor, breaking: str
) -> None:
    cursor.execute(breaking)
    assert status(cursor) == [("INVALID",)]
    assert fails(cursor, "INSERT INTO t (id) VALUES (1)") == "ORA-04098"
    assert query(cursor.connection, "SELECT COUNT(*) FROM t") == [(0,)]
    cursor.execute("ALTER TRIGGER tr DISABLE")
    cursor.execute("INSERT INTO t (id) VALUES (1)")
    cursor.execute("ALTER TRIGGER tr ENABLE")
    assert fails(cursor, "INSERT INTO t (id) VALUES (2)") == "ORA-04098"
    cursor.execute("CREATE TABLE log2 (id NUMBER)")
    cursor.execute(TEXT.format(body="INSERT INTO log2 (id) VALUES (:NEW.id);"))
    cursor.execute("INSERT INTO t (id) VALUES (2)")
    assert status(cursor) == [("VALID",)]
    assert query(cursor.connection, "SELECT id FROM log2") == [(2,)]


def test_keys_that_move_over_each_other_find_an_invalid_trigger_too(
    cursor: oracledb.Cursor,
) -> None:
    cursor.execute("DROP TRIGGER tr")
    cursor.execute("INSERT INTO t SELECT LEVEL, NULL, NULL FROM dual CONNECT BY LEVEL < 4")
    cursor.execute(
        "CREATE TRIGGER tu AFTER UPDATE ON t FOR EACH ROW"
        " BEGIN INSERT INTO log (nope) VALUES (:OLD.id); END;"
    )
    assert fails(cursor, "UPDATE t SET id = id + 1") == "ORA-04098"


def test_a_trigger_is_valid_again_with_what_it_lacked(cursor: oracledb.Cursor) -> None:
    cursor.execute("ALTER TABLE t DROP COLUMN v")
    cursor.execute("ALTER TABLE t ADD v VARCHAR2(10)")
    cursor.execute("INSERT INTO t (id, v) VALUES (1, 'one')")
    assert log(cursor) == [(1, "one")]


def test_a_column_that_no_trigger_names_may_come_and_go(cursor: oracledb.Cursor) -> None:
    cursor.execute("ALTER TABLE t ADD x NUMBER")
    cursor.execute("ALTER TABLE t DROP COLUMN w")
    cursor.execute("INSERT INTO t (id) VALUES (1)")
    assert (status(cursor), log(cursor)) == ([("VALID",)], [(1, None)])


def test_a_row_that_an_event_does_not_have_is_all_null(cursor: oracledb.Cursor) -> None:
    cursor.execute(TEXT.format(body="INSERT INTO log (id, v) VALUES (:OLD.id, :NEW.v);"))
    assert cursor.warning is None
    cursor.execute("INSERT INTO t (id, v) VALUES (1, 'one')")
    assert log(cursor) == [(None, "one")]


def test_names_in_quotes_and_rows_in_texts_are_what_they_are(cursor: oracledb.Cursor) -> None:
    cursor.execute('CREATE TABLE "odd t" ("id: x" NUMBER, "New" VARCHAR2(10))')
    cursor.execute(
        'CREATE TRIGGER "odd tr" AFTER INSERT ON "odd t" FOR EACH ROW BEGIN'
        """ INSERT INTO log (id, v) VALUES ( : new . "id: x", :"NEW"."New" || ':OLD;');"""
        ' END "odd tr";'
    )
    assert cursor.warning is None
    cursor.execute("""INSERT INTO "odd t" VALUES (1, 'a')""")
    assert log(cursor) == [(1, "a:OLD;")]


def test_a_user_that_is_dropped_takes_his_triggers_with_him(
    cursor: oracledb.Cursor,
) -> None:
    cursor.execute("CREATE USER core IDENTIFIED BY Secret1")
    cursor.execute(
        "CREATE TRIGGER core.x AFTER INSERT ON t FOR EACH ROW BEGIN"
        " INSERT INTO app.log (id) VALUES (:NEW.id); END;"
    )
    assert fails(cursor, "INSERT INTO t (id) VALUES (1)") == "ORA-04098"
    cursor.execute("DROP USER core CASCADE")
    cursor.execute("INSERT INTO t (id) VALUES (1)")
    assert log(cursor) == [(1, None)]


def test_changes_made_before_a_trigger_are_not_written_by_it(
    cursor: oracledb.Cursor, connect: Connect
) -> None:
    cursor.execute("DROP TRIGGER tr")
    other = connect()
    other.cursor().execute("INSERT INTO t (id) VALUES (1)")
    cursor.execute(TEXT.format(body=BODY))
    other.cursor().execute("INSERT INTO t (id) VALUES (2)")
    other.commit()
    assert log(cursor) == [(2, None)]


def test_sequences_show_how_they_were_declared(cursor: oracledb.Cursor) -> None:
    cursor.execute("CREATE SEQUENCE s1 CACHE 1000 ORDER")
    cursor.execute("CREATE SEQUENCE s2 NOCACHE")
    assert query(
        cursor.connection,
        "SELECT sequence_name, order_flag, cache_size FROM user_sequences ORDER BY 1",
    ) == [("S1", "Y", 1000), ("S2", "N", 0)]


def test_a_trigger_outlives_the_server(tmp_path: Path) -> None:
    first = ("CREATE TABLE t (id NUMBER, v NUMBER)", "CREATE TABLE log (id NUMBER, v NUMBER)")
    assert inserted(tmp_path, *first, TEXT.format(body=BODY)) == [(1,)]
    assert inserted(tmp_path) == [(2,)]


def inserted(folder: Path, *definitions: str) -> list[tuple[object, ...]]:
    """Start a server, insert a row and return how many the log has then."""
    with Server(str(folder / "database"), USER, PASSWORD, SERVICE) as server:
        connection = oracledb.connect(user=USER, password=PASSWORD, dsn=server.dsn)
        for sql in (*definitions, "INSERT INTO t (id) VALUES (1)", "COMMIT"):
            connection.cursor().execute(sql)
        found = query(connection, "SELECT COUNT(*) FROM log")
        connection.close()
    return found


def test_a_sequence_that_is_dropped_and_a_name_that_means_another_table_are_noticed(
    cursor: oracledb.Cursor,
) -> None:
    cursor.execute("CREATE SEQUENCE numbers")
    cursor.execute("CREATE PUBLIC SYNONYM journal FOR log")
    cursor.execute(TEXT.format(body="INSERT INTO journal (id) VALUES (numbers.NEXTVAL);"))
    assert status(cursor) == [("VALID",)]
    cursor.execute("CREATE TABLE journal (id NUMBER)")
    cursor.execute("INSERT INTO t (id) VALUES (7)")
    assert (log(cursor), query(cursor.connection, "SELECT id FROM journal")) == ([], [(1,)])
    cursor.execute("DROP SEQUENCE numbers")
    assert status(cursor) == [("INVALID",)]
