"""LOCK TABLE in the one form that is known: it says whether somebody is changing a table."""

from __future__ import annotations

from collections.abc import Callable

import oracledb
import pytest

from tests.oralite.driver import code_of
from tests.oralite.onetrigger import fails

pytestmark = pytest.mark.oralite_only

Connect = Callable[..., oracledb.Connection]
LOCK = "LOCK TABLE t IN SHARE MODE NOWAIT"


@pytest.fixture
def cursor(connection: oracledb.Connection) -> oracledb.Cursor:
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE t (id NUMBER)")
    cursor.execute("INSERT INTO t VALUES (1)")
    connection.commit()
    return cursor


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO t VALUES (2)",
        "UPDATE t SET id = 3",
        "DELETE FROM t",
        "SELECT id FROM t FOR UPDATE",
    ],
)
def test_a_table_that_another_transaction_has_changed_is_refused(
    cursor: oracledb.Cursor, connect: Connect, statement: str
) -> None:
    cursor.execute(LOCK)
    other = connect()
    other.cursor().execute(statement)
    assert fails(cursor, LOCK) == "ORA-00054"
    other.rollback()
    cursor.execute(LOCK)


def test_ones_own_changes_are_no_hindrance(cursor: oracledb.Cursor) -> None:
    cursor.execute("INSERT INTO t VALUES (2)")
    cursor.execute(LOCK)


def test_any_right_on_a_table_suffices_and_none_does_not(
    cursor: oracledb.Cursor, connect: Connect
) -> None:
    cursor.execute("CREATE USER other IDENTIFIED BY Secret1")
    cursor.execute("GRANT CREATE SESSION TO other")
    other = connect(user="other", password="Secret1").cursor()
    lock = LOCK.replace(" t ", " app.t ")
    assert fails(other, lock) == "ORA-00942"
    cursor.execute("GRANT SELECT ON t TO other")
    other.execute(lock)


@pytest.mark.parametrize("mode", ["EXCLUSIVE MODE NOWAIT", "SHARE MODE", "SHARE MODE WAIT 5"])
def test_any_other_form_is_refused(cursor: oracledb.Cursor, mode: str) -> None:
    with pytest.raises(oracledb.DatabaseError) as refused:
        cursor.execute(f"LOCK TABLE t IN {mode}")
    assert code_of(refused) == "ORA-03001"
