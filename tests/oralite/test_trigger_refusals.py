"""Triggers that are refused: with ORA-03001 where Oracle has them, else with its error. Some are
made all the same, with errors in them."""

from __future__ import annotations

from collections.abc import Iterator

import oracledb
import pytest

from tests.oralite.driver import query
from tests.oralite.onetrigger import BODY, TEXT, fails, log, make_trigger, status

pytestmark = pytest.mark.oralite_only


@pytest.fixture
def cursor(connection: oracledb.Connection) -> Iterator[oracledb.Cursor]:
    """Make a table with a trigger that writes into another."""
    with connection.cursor() as cursor:
        make_trigger(cursor)
        yield cursor


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW BEGIN {b} END;",
        "CREATE TRIGGER x INSTEAD OF INSERT ON t FOR EACH ROW BEGIN {b} END;",
        "CREATE TRIGGER x AFTER INSERT ON t BEGIN {b} END;",
        "CREATE TRIGGER x AFTER INSERT OR UPDATE ON t FOR EACH ROW BEGIN {b} END;",
        "CREATE TRIGGER x AFTER UPDATE OF v ON t FOR EACH ROW BEGIN {b} END;",
        "CREATE TRIGGER x AFTER LOGON ON DATABASE BEGIN {b} END;",
        "CREATE TRIGGER x FOR INSERT ON t COMPOUND TRIGGER AFTER EACH ROW IS BEGIN {b} END;",
        "CREATE TRIGGER x AFTER INSERT ON t REFERENCING NEW AS n FOR EACH ROW BEGIN {b} END;",
        "CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW WHEN (NEW.id > 1) BEGIN {b} END;",
        "CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW FOLLOWS tr BEGIN {b} END;",
        "CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW CALL p(:NEW.id)",
        "CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW DECLARE n NUMBER; BEGIN {b} END;",
        "CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW BEGIN NULL; END;",
        "CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW BEGIN END;",
        "CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW BEGIN {b}",
        "CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW BEGIN {b} END",
        "CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW BEGIN {b} END; {b}",
        "CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW BEGIN {b} EXCEPTION WHEN OTHERS THEN NULL;"
        " END;",
        "CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW BEGIN IF INSERTING THEN {b} END IF; END;",
        "CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW BEGIN UPDATE log SET id = 1; END;",
        "CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW BEGIN DELETE FROM log; END;",
        "CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW BEGIN p(:NEW.id); END;",
        "CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW BEGIN"
        " INSERT INTO log (id) SELECT 1 FROM dual; END;",
        "CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW BEGIN"
        " INSERT INTO log (id) VALUES ((SELECT 1 FROM dual)); END;",
        "CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW BEGIN"
        " INSERT INTO log (id) VALUES (1) RETURNING id INTO :NEW.id; END;",
        "CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW BEGIN INSERT INTO t (id) VALUES (1); END;",
        "CREATE TRIGGER x AFTER INSERT ON log FOR EACH ROW BEGIN"
        " INSERT INTO other (id) VALUES (1); END;",
        "CREATE TRIGGER x AFTER UPDATE ON other FOR EACH ROW BEGIN"
        " INSERT INTO t (id) VALUES (:NEW.id); END;",
        "ALTER TRIGGER tr RENAME TO other",
    ],
)  # fmt: skip
def test_any_other_trigger_is_refused_and_nothing_is_made(
    cursor: oracledb.Cursor, sql: str
) -> None:
    cursor.execute("CREATE TABLE other (id NUMBER)")
    assert fails(cursor, sql.format(b=BODY)) == "ORA-03001"
    assert query(cursor.connection, "SELECT trigger_name FROM user_triggers") == [("TR",)]
    cursor.execute("INSERT INTO t (id) VALUES (1)")
    assert log(cursor) == [(1, None)]


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("CREATE TRIGGER tr AFTER INSERT ON t FOR EACH ROW BEGIN {b} END;", "ORA-04081"),
        ("CREATE OR REPLACE TRIGGER tr AFTER INSERT ON l FOR EACH ROW BEGIN {b} END;", "ORA-04095"),
        ("CREATE TRIGGER x AFTER INSERT ON nope FOR EACH ROW BEGIN {b} END;", "ORA-00942"),
        ("CREATE TRIGGER x AFTER INSERT ON w FOR EACH ROW BEGIN {b} END;", "ORA-25001"),
        ("CREATE TRIGGER x AFTER INSERT ON l FOR EACH ROW BEGIN"
         " INSERT INTO log (v) VALUES (:NEW.text); END;", "ORA-04093"),
    ],
)  # fmt: skip
def test_a_trigger_that_oracle_refuses_is_refused_with_its_error(
    cursor: oracledb.Cursor, sql: str, code: str
) -> None:
    cursor.execute("CREATE TABLE l (id NUMBER, text LONG)")
    cursor.execute("CREATE VIEW w AS SELECT id FROM t")
    assert fails(cursor, sql.format(b=BODY)) == code


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("INSERT INTO log (id) VALUES (:NEW.nope);",
         [(1, 36, "PLS-00049: bad bind variable 'NEW.NOPE'")]),
        ("INSERT INTO log (id) VALUES (:FOO);", [(1, 36, "PLS-00049: bad bind variable 'FOO'")]),
        ("INSERT INTO log (id) VALUES (:NEW);", [(1, 36, "PLS-00049: bad bind variable 'NEW'")]),
        ("INSERT INTO log (nope) VALUES (:NEW.id);",
         [(1, 7, 'PL/SQL: ORA-00904: "NOPE": invalid identifier'),
          (1, 7, "PL/SQL: SQL Statement ignored")]),
        ("INSERT INTO log (id)\n VALUES (new.id);",
         [(2, 10, 'PL/SQL: ORA-00904: "NEW"."ID": invalid identifier'),
          (1, 7, "PL/SQL: SQL Statement ignored")]),
        ("INSERT INTO nope (id) VALUES (:NEW.id);",
         [(1, 7, "PL/SQL: ORA-00942: table or view does not exist"),
          (1, 7, "PL/SQL: SQL Statement ignored")]),
        ("INSERT INTO log (id) VALUES (nope.NEXTVAL);",
         [(1, 7, "PL/SQL: ORA-02289: sequence does not exist"),
          (1, 7, "PL/SQL: SQL Statement ignored")]),
    ],
)  # fmt: skip
def test_a_body_that_does_not_compile_is_kept_with_its_errors(
    cursor: oracledb.Cursor, body: str, expected: list[tuple[int, int, str]]
) -> None:
    cursor.execute(TEXT.format(body=body))
    assert cursor.warning is not None and cursor.warning.full_code == "DPY-7000"
    assert (
        query(
            cursor.connection,
            "SELECT line, position, text FROM user_errors WHERE name = 'TR' AND type = 'TRIGGER'"
            " ORDER BY sequence",
        )
        == expected
    )
    assert status(cursor) == [("INVALID",)]
    cursor.execute("ALTER TRIGGER tr COMPILE")
    assert cursor.warning is not None
    cursor.execute("DROP TRIGGER tr")
    assert query(cursor.connection, "SELECT * FROM all_errors") == []
