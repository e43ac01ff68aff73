"""Synonyms: other names for tables, views and sequences, private and public, and the rights through
them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import oracledb
import pytest

from oralite.server import Server
from tests.oralite.driver import code_of

pytestmark = pytest.mark.oralite_only

Connect = Callable[..., oracledb.Connection]


@pytest.fixture
def owner(cursor: oracledb.Cursor) -> oracledb.Cursor:
    """Return a DBA's cursor. APP has a table, a view and a sequence."""
    cursor.execute("CREATE TABLE calls (id NUMBER PRIMARY KEY, text VARCHAR2(20))")
    cursor.execute("CREATE VIEW long_calls AS SELECT id FROM calls WHERE id > 1")
    cursor.execute("CREATE SEQUENCE numbers START WITH 7")
    cursor.executemany("INSERT INTO calls VALUES (:1, :2)", [(1, "one"), (2, "two")])
    cursor.connection.commit()
    return cursor


@pytest.fixture
def guest(owner: oracledb.Cursor, connect: Connect) -> oracledb.Cursor:
    """Return a user who may log in and may do nothing with the tables yet."""
    owner.execute("CREATE USER guest IDENTIFIED BY Secret1")
    owner.execute("GRANT CREATE SESSION TO guest")
    return connect(user="guest", password="Secret1").cursor()


def refusal(cursor: oracledb.Cursor, sql: str) -> str:
    with pytest.raises(oracledb.DatabaseError) as raised:
        cursor.execute(sql)
    return code_of(raised)


def test_rows_are_read_and_changed_through_a_synonym(
    owner: oracledb.Cursor, guest: oracledb.Cursor
) -> None:
    owner.execute("CREATE SYNONYM guest.c FOR calls")
    owner.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON calls TO guest")
    guest.execute("INSERT INTO c (id, text) VALUES (3, 'three')")
    guest.execute("UPDATE c SET c.text = 'THREE' WHERE c.id = 3 AND ROWNUM <= 1")
    guest.execute("MERGE INTO c USING DUAL ON (c.id = 2) WHEN MATCHED THEN UPDATE SET text = 'TWO'")
    guest.execute("DELETE FROM c WHERE id = 1")
    guest.connection.commit()
    assert guest.execute(
        "SELECT guest.c.text FROM guest.c ORDER BY c.id FOR UPDATE"
    ).fetchall() == [
        ("TWO",),
        ("THREE",),
    ]


def test_a_view_and_a_sequence_have_synonyms_too(
    owner: oracledb.Cursor, guest: oracledb.Cursor
) -> None:
    owner.execute("CREATE SYNONYM guest.l FOR app.long_calls")
    owner.execute("CREATE SYNONYM guest.n FOR app.numbers")
    owner.execute("GRANT SELECT ON long_calls TO guest")
    owner.execute("GRANT SELECT ON numbers TO guest")
    assert guest.execute("SELECT l.id, guest.l.id FROM guest.l").fetchall() == [(2, 2)]
    assert guest.execute("SELECT n.NEXTVAL, guest.n.CURRVAL FROM DUAL").fetchone() == (7, 7)


def test_the_rights_are_those_on_what_the_synonym_stands_for(
    owner: oracledb.Cursor, guest: oracledb.Cursor
) -> None:
    owner.execute("CREATE PUBLIC SYNONYM calls FOR calls")
    assert refusal(guest, "SELECT * FROM calls") == "ORA-00942"
    owner.execute("GRANT SELECT ON calls TO guest")
    assert len(guest.execute("SELECT * FROM calls").fetchall()) == 2
    assert refusal(guest, "DELETE FROM calls") == "ORA-01031"
    owner.execute("REVOKE SELECT ON calls FROM guest")
    assert refusal(guest, "SELECT * FROM calls") == "ORA-00942"


def test_a_grant_on_a_synonym_is_one_on_the_table(
    owner: oracledb.Cursor, guest: oracledb.Cursor
) -> None:
    owner.execute("CREATE SYNONYM other_name FOR calls")
    owner.execute("GRANT SELECT ON other_name TO guest")
    owner.execute("COMMENT ON TABLE other_name IS 'who called'")
    assert len(guest.execute("SELECT * FROM app.calls").fetchall()) == 2
    assert owner.execute(
        "SELECT comments FROM user_tab_comments WHERE table_name = 'CALLS'"
    ).fetchone() == ("who called",)


def test_an_own_object_goes_before_a_private_synonym_and_that_before_a_public_one(
    owner: oracledb.Cursor,
) -> None:
    owner.execute("CREATE TABLE one (a NUMBER)")
    owner.execute("CREATE TABLE two (b NUMBER)")
    owner.execute("CREATE PUBLIC SYNONYM thing FOR one")
    assert owner.execute("SELECT * FROM thing").description[0][0] == "A"
    owner.execute("CREATE SYNONYM thing FOR two")
    assert owner.execute("SELECT * FROM thing").description[0][0] == "B"
    owner.execute("DROP SYNONYM thing")
    owner.execute("CREATE TABLE thing (c NUMBER)")
    assert owner.execute("SELECT * FROM thing").description[0][0] == "C"
    assert refusal(owner, "CREATE SYNONYM thing FOR two") == "ORA-00955"
    assert refusal(owner, "CREATE OR REPLACE SYNONYM thing FOR two") == "ORA-00955"


def test_a_schemas_name_before_it_leaves_public_synonyms_out(
    owner: oracledb.Cursor, guest: oracledb.Cursor
) -> None:
    owner.execute("CREATE PUBLIC SYNONYM thing FOR calls")
    owner.execute("GRANT SELECT ON calls TO guest")
    assert refusal(guest, "SELECT * FROM guest.thing") == "ORA-00942"
    assert len(guest.execute("SELECT * FROM thing").fetchall()) == 2


def test_a_synonym_of_nothing_says_so_until_it_is_there(owner: oracledb.Cursor) -> None:
    owner.execute("CREATE SYNONYM early FOR late")
    for sql in ("SELECT * FROM early", "DELETE FROM early", "SELECT early.NEXTVAL FROM DUAL"):
        assert refusal(owner, sql) == "ORA-00980"
    owner.execute("CREATE TABLE late (a NUMBER)")
    assert owner.execute("SELECT * FROM early").fetchall() == []
    owner.execute("DROP TABLE late")
    assert refusal(owner, "SELECT * FROM early") == "ORA-00980"


def test_synonyms_of_synonyms_are_followed_and_loops_are_reported(owner: oracledb.Cursor) -> None:
    owner.execute("CREATE SYNONYM first_name FOR calls")
    owner.execute("CREATE SYNONYM second_name FOR first_name")
    assert len(owner.execute("SELECT * FROM second_name").fetchall()) == 2
    owner.execute("CREATE OR REPLACE SYNONYM first_name FOR second_name")
    assert refusal(owner, "SELECT * FROM second_name") == "ORA-01775"
    assert refusal(owner, "CREATE SYNONYM own FOR own") == "ORA-01471"


def test_a_synonym_may_stand_for_a_view_of_the_dictionary(owner: oracledb.Cursor) -> None:
    owner.execute("CREATE SYNONYM mine FOR sys.user_tables")
    assert owner.execute("SELECT table_name FROM mine").fetchall() == [("CALLS",)]


def test_a_synonym_is_dropped_by_its_kind_and_its_table_stays(owner: oracledb.Cursor) -> None:
    owner.execute("CREATE SYNONYM private_name FOR calls")
    owner.execute("CREATE PUBLIC SYNONYM public_name FOR calls")
    assert refusal(owner, "DROP SYNONYM public_name") == "ORA-01434"
    assert refusal(owner, "DROP PUBLIC SYNONYM private_name") == "ORA-01432"
    assert refusal(owner, "DROP TABLE private_name") == "ORA-00942"
    assert refusal(owner, "ALTER TABLE private_name ADD (a NUMBER)") == "ORA-00942"
    owner.execute("DROP SYNONYM private_name")
    owner.execute("DROP PUBLIC SYNONYM public_name FORCE")
    assert refusal(owner, "SELECT * FROM private_name") == "ORA-00942"
    assert len(owner.execute("SELECT * FROM calls").fetchall()) == 2


def test_making_synonyms_takes_a_right(owner: oracledb.Cursor, guest: oracledb.Cursor) -> None:
    assert refusal(guest, "CREATE SYNONYM mine FOR app.calls") == "ORA-01031"
    owner.execute("GRANT CREATE SYNONYM TO guest")
    guest.execute("CREATE SYNONYM mine FOR app.calls")
    for sql in (
        "CREATE SYNONYM app.theirs FOR app.calls",
        "CREATE PUBLIC SYNONYM mine FOR app.calls",
        "DROP PUBLIC SYNONYM mine",
    ):
        assert refusal(guest, sql) == "ORA-01031"


def test_the_dictionary_shows_synonyms_to_those_who_may_see_them(
    owner: oracledb.Cursor, guest: oracledb.Cursor
) -> None:
    columns = "synonym_name, table_owner, table_name, db_link"
    owner.execute("CREATE SYNONYM hidden FOR calls")
    owner.execute("CREATE SYNONYM guest.c FOR calls")
    owner.execute("CREATE PUBLIC SYNONYM seen_by_all FOR calls")
    assert guest.execute(f"SELECT {columns} FROM user_synonyms").fetchall() == [
        ("C", "APP", "CALLS", None)
    ]
    seen = "SELECT owner, synonym_name FROM all_synonyms ORDER BY synonym_name"
    assert guest.execute(seen).fetchall() == [("GUEST", "C"), ("PUBLIC", "SEEN_BY_ALL")]
    owner.execute("GRANT SELECT ON calls TO guest")
    assert ("APP", "HIDDEN") in guest.execute(seen).fetchall()
    kinds = "SELECT object_type FROM user_objects WHERE object_name = 'C'"
    assert guest.execute(kinds).fetchall() == [("SYNONYM",)]


def test_a_dropped_user_takes_his_synonyms_along(owner: oracledb.Cursor) -> None:
    owner.execute("CREATE USER brief IDENTIFIED BY Secret1")
    owner.execute("CREATE SYNONYM brief.c FOR calls")
    owner.execute("DROP USER brief CASCADE")
    assert owner.execute("SELECT COUNT(*) FROM dba_synonyms").fetchone() == (0,)


def test_synonyms_are_there_when_the_database_is_opened_again(tmp_path: Path) -> None:
    path = str(tmp_path / "oralite.db")
    for statements in (
        ("CREATE TABLE t (a NUMBER)", "CREATE SYNONYM s FOR t"),
        ("INSERT INTO s VALUES (1)",),
    ):
        with (
            Server(path, "app", "secret", "XE") as server,
            oracledb.connect(user="app", password="secret", dsn=server.dsn) as connection,
        ):
            for statement in statements:
                connection.cursor().execute(statement)
