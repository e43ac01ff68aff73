"""`from oracle_cdc import OracleDatabase`: what other programs of a team use."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from oracle_cdc import OracleDatabase
from oracle_cdc.errors import (
    OracleConfigurationError,
    OracleCredentialsError,
    SettingsError,
)
from tests.integration.extractions import OWNER, PASSWORD, Schema, serve_schema


@pytest.fixture
def schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Schema]:
    """Serve a schema with a table, in a working directory without settings."""
    monkeypatch.chdir(tmp_path)
    with serve_schema(tmp_path) as schema:
        schema.run("CREATE TABLE app.COLORS_TABLE (ID NUMBER PRIMARY KEY, NAME VARCHAR2(20 CHAR))")
        schema.run("INSERT INTO app.COLORS_TABLE VALUES (12345678901234567890, 'כחול')")
        schema.run("INSERT INTO app.COLORS_TABLE VALUES (0.1, NULL)")
        yield schema


@pytest.fixture
def database(schema: Schema) -> Iterator[OracleDatabase]:
    with OracleDatabase(user=OWNER, password=PASSWORD, dsn=schema.server.dsn) as database:
        yield database


def test_it_says_what_the_database_is(database: OracleDatabase) -> None:
    info = database.info()
    assert info["version"].startswith("19.")
    assert (info["characterSet"], info["user"], info["service"]) == ("AL32UTF8", OWNER, "xe")
    assert abs(info["clockAheadSeconds"]) < 60


def test_it_lists_tables_and_describes_one(database: OracleDatabase) -> None:
    assert [table["name"] for table in database.list_tables()] == ["COLORS_TABLE"]
    described = database.get_table_schema("colors_table")
    assert [column["name"] for column in described["columns"]] == ["ID", "NAME"]
    assert described["columns"][1]["length"] == 20
    assert described["columns"][1]["lengthUnit"] == "characters"
    assert described["primaryKey"]["columns"] == ["ID"]


def test_a_table_that_is_not_there_is_an_error_with_its_name(database: OracleDatabase) -> None:
    with pytest.raises(OracleConfigurationError, match="NOTHING"):
        database.get_table_schema("nothing")


def test_a_query_yields_exact_rows_by_the_names_of_their_columns(database: OracleDatabase) -> None:
    sql = "SELECT * FROM colors_table WHERE id > :least ORDER BY id"
    rows = list(database.execute_query(sql, {"least": 0}))
    assert rows == [
        {"ID": Decimal("0.1"), "NAME": None},
        {"ID": 12345678901234567890, "NAME": "כחול"},
    ]


def test_of_two_columns_with_one_name_none_is_lost(database: OracleDatabase) -> None:
    sql = "SELECT * FROM colors_table a JOIN colors_table b ON a.id = b.id"
    with pytest.raises(SettingsError, match="two columns are called ID"):
        list(database.execute_query(sql))
    (row,) = database.execute_query("SELECT 1 AS a, 2 AS b FROM dual")
    assert row == {"A": 1, "B": 2}


def test_a_query_is_read_as_it_comes(schema: Schema, database: OracleDatabase) -> None:
    schema.run("CREATE TABLE app.MANY (ID NUMBER)")
    schema.run("INSERT INTO app.MANY SELECT LEVEL FROM DUAL CONNECT BY LEVEL <= 20000")
    rows = iter(database.execute_query("SELECT id FROM many"))
    next(rows)
    assert schema.server.statistics()["rows_sent"] < 10_000


@pytest.mark.parametrize(
    "sql",
    ["DELETE FROM colors_table", " update x", "BEGIN NULL; END;", "", "-- SELECT\nDROP TABLE t"],
)
def test_only_queries_are_run(schema: Schema, database: OracleDatabase, sql: str) -> None:
    with pytest.raises(SettingsError, match="only queries"):
        list(database.execute_query(sql))
    assert schema.run("SELECT COUNT(*) FROM app.COLORS_TABLE") == [(2,)]


@pytest.mark.parametrize(
    "sql",
    [
        "(SELECT 1 FROM dual)",
        "/* x */ WITH a AS (SELECT 1 x FROM dual) SELECT x FROM a",
        "-- x\nselect 1 from dual",
    ],
)
def test_a_query_may_begin_with_comments_and_parentheses(
    database: OracleDatabase, sql: str
) -> None:
    assert len(list(database.execute_query(sql))) == 1


def test_a_row_that_was_locked_is_free_after_the_block(schema: Schema) -> None:
    with OracleDatabase(user=OWNER, password=PASSWORD, dsn=schema.server.dsn) as database:
        list(database.execute_query("SELECT id FROM colors_table FOR UPDATE"))
    assert len(schema.run("SELECT id FROM app.colors_table FOR UPDATE NOWAIT")) == 2


def test_settings_come_from_the_same_places_as_the_services(
    schema: Schema, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = (
        f"ORACLE_USER={OWNER}\nORACLE_PASSWORD={PASSWORD}\nORACLE_DSN=nowhere/x\n"
        "CDC_MAX_BATCH_SIZE=7\nSQS_QUEUE_URL=https://sqs.example/q\nAWS_PROFILE=ours\n"
    )
    env_file = tmp_path / ".env"
    env_file.write_text(lines, encoding="utf-8")
    env_file.chmod(0o600)
    monkeypatch.setenv("ORACLE_DSN", schema.server.dsn)
    with OracleDatabase() as database:
        assert database.info()["user"] == OWNER


def test_a_yaml_file_of_the_service_serves_too(schema: Schema, tmp_path: Path) -> None:
    file = tmp_path / "config" / "config.yaml"
    file.parent.mkdir()
    lines = f"cdc:\n  max_batch_size: 7\noracle:\n  username: {OWNER}\n  dsn: {schema.server.dsn}\n"
    file.write_text(lines, encoding="utf-8")
    with OracleDatabase(password=PASSWORD) as database:
        assert database.info()["user"] == OWNER


def test_every_mistake_in_the_settings_is_listed(schema: Schema) -> None:
    with pytest.raises(SettingsError) as raised:
        OracleDatabase(user=OWNER, port="x", hots="y")
    text = str(raised.value)
    assert "ORACLE_PORT in the arguments of OracleDatabase: given 'x'" in text
    assert "ORACLE_HOTS in the arguments of OracleDatabase: not known; nearest: ORACLE_HOST" in text
    assert "ORACLE_PASSWORD: missing" in text


def test_a_refused_password_is_an_error_of_credentials(schema: Schema) -> None:
    refused = OracleDatabase(user=OWNER, password="wrong", dsn=schema.server.dsn)
    with pytest.raises(OracleCredentialsError, match="ORA-01017"), refused:
        pass


def test_outside_its_block_it_has_no_session(schema: Schema) -> None:
    closed = OracleDatabase(user=OWNER, password=PASSWORD, dsn=schema.server.dsn)
    with pytest.raises(SettingsError, match="with OracleDatabase"):
        closed.info()


def test_importing_the_package_imports_nothing_else() -> None:
    code = "import sys, oracle_cdc; sys.exit(any(n.startswith('oracle_cdc.') for n in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
