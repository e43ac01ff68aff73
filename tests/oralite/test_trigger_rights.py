"""What it takes to make, change and see triggers of one's own and of others."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import oracledb
import pytest

from tests.oralite.driver import query
from tests.oralite.onetrigger import fails, log, make_trigger

pytestmark = pytest.mark.oralite_only

Connect = Callable[..., oracledb.Connection]


@pytest.fixture
def cursor(connection: oracledb.Connection) -> Iterator[oracledb.Cursor]:
    """Make a table with a trigger that writes into another."""
    with connection.cursor() as cursor:
        make_trigger(cursor)
        yield cursor


def test_a_body_works_with_the_rights_of_its_owner(
    cursor: oracledb.Cursor, connect: Connect
) -> None:
    cursor.execute("CREATE USER core IDENTIFIED BY Secret1")
    cursor.execute("GRANT CREATE SESSION, CREATE TABLE TO core")
    core = connect(user="core", password="Secret1").cursor()
    core.execute("CREATE TABLE t (id NUMBER)")
    text = (
        "CREATE OR REPLACE TRIGGER tr AFTER INSERT ON t FOR EACH ROW BEGIN"
        " INSERT INTO app.log (id) VALUES (:NEW.id); END;"
    )
    assert fails(core, text) == "ORA-01031"
    cursor.execute("GRANT CREATE TRIGGER TO core")
    core.execute(text)
    assert core.warning is not None
    assert fails(core, "INSERT INTO t VALUES (1)") == "ORA-04098"
    cursor.execute("GRANT INSERT ON log TO core")
    core.execute("INSERT INTO t VALUES (1)")
    core.connection.commit()
    assert log(cursor) == [(1, None)]
    cursor.execute("REVOKE INSERT ON log FROM core")
    assert fails(core, "INSERT INTO t VALUES (2)") == "ORA-04098"
    assert fails(core, "DROP TRIGGER app.tr") == "ORA-01031"
    assert fails(core, text.replace("ON t", "ON app.t")) == "ORA-00942"


def test_any_right_on_a_table_shows_its_triggers_and_debug_whether_they_compile(
    cursor: oracledb.Cursor, connect: Connect
) -> None:
    cursor.execute("CREATE USER other IDENTIFIED BY Secret1")
    cursor.execute("GRANT CREATE SESSION TO other")
    other = connect(user="other", password="Secret1")
    triggers = "SELECT trigger_name, status FROM all_triggers"
    objects = "SELECT object_name, status FROM all_objects WHERE object_type = 'TRIGGER'"
    errors = "SELECT COUNT(*) FROM all_errors"
    cursor.execute("ALTER TABLE log DROP COLUMN v")
    assert [query(other, sql) for sql in (triggers, objects)] == [[], []]
    cursor.execute("GRANT SELECT ON t TO other")
    assert [query(other, sql) for sql in (triggers, objects)] == [[("TR", "ENABLED")], []]
    assert query(other, errors) == [(0,)]
    cursor.execute("REVOKE SELECT ON t FROM other")
    cursor.execute("GRANT DEBUG ON t TO other")
    assert query(other, triggers) == [("TR", "ENABLED")]
    assert query(other, objects) == [("TR", "INVALID")]
    assert query(other, errors) > [(0,)]
    assert fails(other.cursor(), "SELECT * FROM app.t") == "ORA-01031"
    assert query(cursor.connection, objects) == [("TR", "INVALID")]


def test_the_owner_of_a_table_sees_that_others_have_triggers_on_it(
    cursor: oracledb.Cursor, connect: Connect
) -> None:
    cursor.execute("CREATE USER core IDENTIFIED BY Secret1")
    cursor.execute("GRANT CREATE SESSION, CREATE TABLE TO core")
    core = connect(user="core", password="Secret1")
    core.cursor().execute("CREATE TABLE t (id NUMBER)")
    cursor.execute(
        "CREATE TRIGGER app.x AFTER INSERT ON core.t FOR EACH ROW BEGIN"
        " INSERT INTO log (id) VALUES (:NEW.id); END;"
    )
    assert query(core, "SELECT owner, trigger_name FROM all_triggers") == [("APP", "X")]
    asked = "SELECT object_name FROM all_objects WHERE object_type = 'TRIGGER'"
    assert query(core, asked) == []


def test_rights_on_triggers_of_any_schema_are_apart(
    cursor: oracledb.Cursor, connect: Connect
) -> None:
    cursor.execute("CREATE USER other IDENTIFIED BY Secret1")
    cursor.execute("GRANT CREATE SESSION, CREATE ANY TRIGGER TO other")
    other = connect(user="other", password="Secret1")
    text = (
        "CREATE OR REPLACE TRIGGER app.tr AFTER INSERT ON app.t FOR EACH ROW BEGIN"
        " INSERT INTO log (id) VALUES (:NEW.id); END;"
    )
    made = other.cursor()
    made.execute(text)
    assert made.warning is None
    cursor.execute("INSERT INTO t (id, v) VALUES (1, 'v')")
    assert log(cursor) == [(1, None)]
    asked = "SELECT object_name, status FROM all_objects WHERE object_type = 'TRIGGER'"
    assert query(other, asked) == [("TR", "VALID")]
    assert query(other, "SELECT trigger_name FROM all_triggers") == [("TR",)]
    assert fails(other.cursor(), "ALTER TRIGGER app.tr DISABLE") == "ORA-01031"
    assert fails(other.cursor(), "DROP TRIGGER app.tr") == "ORA-01031"
    cursor.execute("GRANT ALTER ANY TRIGGER TO other")
    other.cursor().execute("ALTER TRIGGER app.tr DISABLE")
    cursor.execute("GRANT DROP ANY TRIGGER TO other")
    other.cursor().execute("DROP TRIGGER app.tr")
    assert query(cursor.connection, asked) == []
