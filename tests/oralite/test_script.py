"""Scripts as SQL*Plus reads them, and how they fail."""

from __future__ import annotations

from pathlib import Path

import oracledb
import pytest

from oralite.script import ScriptError, read_script, run_script
from oralite.server import Server
from tests.oralite.driver import query

pytestmark = pytest.mark.oralite_only


def read(text: str) -> list[tuple[int, str]]:
    return [(statement.line, statement.sql) for statement in read_script(text)]


def test_a_semicolon_at_the_end_of_a_line_ends_a_statement_and_a_slash_ends_a_block() -> None:
    text = "-- two\n\nSELECT ';'\nFROM DUAL;\nBEGIN a;\n  b;\nEND;\n/\nSELECT 2\nFROM DUAL\n/\n"
    assert read(text) == [
        (3, "SELECT ';'\nFROM DUAL"),
        (5, "BEGIN a;\n  b;\nEND;"),
        (9, "SELECT 2\nFROM DUAL"),
    ]


def test_a_slash_ends_a_trigger_too() -> None:
    text = "CREATE OR REPLACE TRIGGER t AFTER ...\nBEGIN\n  a;\nEND;\n/\nSELECT 1 FROM DUAL;\n"
    assert read(text) == [
        (1, "CREATE OR REPLACE TRIGGER t AFTER ...\nBEGIN\n  a;\nEND;"),
        (6, "SELECT 1 FROM DUAL"),
    ]


def test_a_lone_slash_gives_the_statement_before_it_again() -> None:
    assert read("COMMIT;\n/\n") == [(1, "COMMIT"), (1, "COMMIT")]


def test_names_are_filled_in_with_or_without_a_dot_until_that_is_turned_off() -> None:
    text = (
        "DEFINE who = guest\nDEF word='a b'\nGRANT &who..t '&word' &&who;\nSET DEFINE OFF\n"
        "SELECT '&who';\n"
    )
    assert read(text) == [(3, "GRANT guest.t 'a b' guest"), (5, "SELECT '&who'")]


def test_settings_of_what_is_shown_are_passed_over_and_others_are_not() -> None:
    assert read("SET ECHO ON\nPROMPT hello;\nREM nothing;\nSET ROLE x;\n") == [(4, "SET ROLE x")]


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ("SELECT &who FROM DUAL;", "line 1: &who"),
        ("REM of &whom\n-- for &who\nCOMMIT;", "line 2: &who"),
        ("COMMIT;\nSELECT 1", "line 2: a statement that"),
    ],
)
def test_what_cannot_be_read_names_its_line(text: str, reported: str) -> None:
    with pytest.raises(ScriptError, match=reported):
        read(text)


def test_what_a_script_did_is_committed_and_a_failure_names_file_and_line(
    server: Server, tmp_path: Path
) -> None:
    path = tmp_path / "rows.sql"
    path.write_text("CREATE TABLE t (a NUMBER);\nINSERT INTO t VALUES (1);\n", encoding="utf-8")
    run_script(server.database, "APP", path)
    with oracledb.connect(user="app", password="Tiger-42", dsn=server.dsn) as connection:
        assert query(connection, "SELECT a FROM t") == [(1,)]

    with pytest.raises(ScriptError, match=r"rows\.sql, line 1: ORA-00955"):
        run_script(server.database, "APP", path)


def test_a_script_runs_as_its_user(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "table.sql"
    path.write_text(
        "CREATE USER guest IDENTIFIED BY x;\nGRANT CREATE SESSION TO guest;\n", encoding="utf-8"
    )
    run_script(server.database, "APP", path)
    path.write_text("CREATE TABLE t (a NUMBER);\n", encoding="utf-8")
    with pytest.raises(ScriptError, match="ORA-01031"):
        run_script(server.database, "GUEST", path)
