"""The database as a file: what is committed stays, one process at a time."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from oralite.model import BindType, Outcome, SqlType
from oralite.scan import scan
from oralite.sql.database import Database
from oralite.sql.sqlsession import SqlSession
from oralite.values import decode_number, encode_number


def open_database(path: Path) -> tuple[Database, SqlSession]:
    database = Database(str(path), user="APP", password="x")
    return database, database.open_session("APP", interrupted=lambda: False)


def run(session: SqlSession, sql: str) -> Outcome:
    return session.execute(sql, [], [()])


def test_all_is_there_after_a_restart(tmp_path: Path) -> None:
    database, session = open_database(tmp_path / "db")
    run(session, "CREATE USER guest IDENTIFIED BY y")
    run(
        session,
        "CREATE TABLE t (id NUMBER GENERATED ALWAYS AS IDENTITY, v VARCHAR2(5) CHECK (v <> 'bad'))",
    )
    run(session, "GRANT SELECT ON t TO guest")
    run(session, "INSERT INTO t (v) VALUES ('a')")
    session.commit()
    run(session, "INSERT INTO t (v) VALUES ('lost')")
    database.close()
    database, session = open_database(tmp_path / "db")
    run(session, "INSERT INTO t (v) VALUES ('b')")
    rows = run(session, "SELECT id, v FROM t ORDER BY id").rows
    granted = database.catalog.object_privileges("GUEST", "APP", "T")
    database.close()
    assert [(decode_number(row[0]), row[1]) for row in rows if isinstance(row[0], bytes)] == [
        (1, "a"),
        (3, "b"),
    ]
    assert granted == {"SELECT"}


def test_a_number_of_a_committed_row_is_never_given_again_after_a_crash(tmp_path: Path) -> None:
    database, session = open_database(tmp_path / "db")
    run(session, "CREATE SEQUENCE numbers")
    run(session, "CREATE TABLE t (id NUMBER)")
    run(session, "INSERT INTO t VALUES (numbers.NEXTVAL)")
    session.commit()
    # What lies on the disk while it runs is what a crash leaves.
    for ending in ("", "-wal"):
        shutil.copy(tmp_path / f"db{ending}", tmp_path / f"left{ending}")
    database.close()
    database, session = open_database(tmp_path / "left")
    run(session, "INSERT INTO t VALUES (numbers.NEXTVAL)")
    rows = run(session, "SELECT id FROM t ORDER BY id").rows
    database.close()
    assert rows == [(encode_number(1),), (encode_number(2),)]


def test_a_second_process_is_turned_away(tmp_path: Path) -> None:
    database, _ = open_database(tmp_path / "db")
    program = (
        "import sys; from oralite.sql.database "
        "import Database; Database(sys.argv[1], user='APP', password='x')"
    )
    second = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "db")], capture_output=True, text=True
    )
    database.close()
    assert "is in use by another process" in second.stderr


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "db").write_text(
        "this is a text, and one that is long enough to be looked at by SQLite\n" * 20
    )
    with pytest.raises(OSError, match="is no database"):
        Database(str(tmp_path / "db"), user="APP", password="x")


@pytest.mark.parametrize(
    ("sql", "uses"),
    [
        ("SELECT id FROM t WHERE at >= :time", "T_AT (AT>?)"),
        (
            "SELECT id FROM t WHERE at >= CAST(SYSTIMESTAMP AS TIMESTAMP) - NUMTODSINTERVAL(5, "
            "'MINUTE')",
            "T_AT (AT>?)",
        ),
        ("SELECT id FROM t WHERE id = TO_NUMBER('5')", "(ID=?)"),
        ("SELECT id FROM t WHERE id IN (SELECT TO_NUMBER(v) FROM u)", "(ID=?)"),
        ("SELECT id FROM t WHERE at > (SELECT MAX(at) FROM t)", "T_AT (AT>?)"),
        ("UPDATE t SET v = 'x' WHERE id = :id", "(ID=?)"),
        (
            "MERGE INTO t USING (SELECT :id id FROM dual) s ON (t.id = s.id) "
            "WHEN MATCHED THEN UPDATE SET v = 'x'",
            "(ID=?)",
        ),
        ("SELECT u.v FROM u JOIN t ON t.id = TO_NUMBER(u.v)", "(ID=?)"),
    ],
)
def test_indexes_of_numbers_and_times_are_used(tmp_path: Path, sql: str, uses: str) -> None:
    database, session = open_database(tmp_path / "db")
    run(session, "CREATE TABLE t (id NUMBER PRIMARY KEY, at TIMESTAMP, v VARCHAR2(5))")
    run(session, "CREATE INDEX t_at ON t (at)")
    run(session, "CREATE TABLE u (v VARCHAR2(5))")
    kinds = [
        BindType(SqlType.TIMESTAMP if name == "TIME" else SqlType.NUMBER)
        for name in scan(sql).binds
    ]
    steps = session.explain(sql, kinds)
    database.close()
    assert any(uses in step for step in steps), steps


def test_values_rest_in_the_form_in_which_they_travel(tmp_path: Path) -> None:
    database, session = open_database(tmp_path / "db")
    run(session, "CREATE TABLE t (id NUMBER)")
    number = encode_number(12345678901234567890)
    session.execute("INSERT INTO t VALUES (:1)", [BindType(SqlType.NUMBER)], [(number,)])
    rows = run(session, "SELECT id FROM t").rows
    database.close()
    assert rows == [(number,)]
