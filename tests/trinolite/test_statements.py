"""The stand-in's SQL, through the real client: types, parameters, partitions, and its refusals."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from hashlib import md5
from pathlib import Path

import pytest
from trino.exceptions import TrinoQueryError

from tests.trinolite.conftest import Ask, connected
from trinolite.server import Trino

ORDERS = "hive.sales.orders"
MICRO = "2027-01-01 00:00:00.123999"
FILL = f"""INSERT INTO {ORDERS} (id, name, amount, born, changed, dt)
SELECT s.id AS id, s.name AS name, CAST('1.50' AS DECIMAL(12, 2)) AS amount,
  DATE '2001-02-03' AS born, s.changed AS changed, '2026-11-23' AS dt
FROM oracle.sales.orders s WHERE s.id < 3"""


def test_values_have_their_types(ask: Ask) -> None:
    assert ask(FILL) == [[3]]
    row = ask(f"SELECT id, name, amount, born, changed, dt FROM {ORDERS} WHERE id = 2")
    assert row == [
        [
            Decimal(2),
            "n2",
            Decimal("1.50"),
            date(2001, 2, 3),
            datetime(2026, 11, 23, 0, 2),
            "2026-11-23",
        ]
    ]
    assert ask("SELECT NULL, TRUE, 1, 'a''b'") == [[None, True, 1, "a'b"]]


def test_times_of_files_have_milliseconds_unless_the_session_says_more(
    ask: Ask, coordinator: Trino
) -> None:
    ask(FILL)
    files = f"SELECT CAST(MAX(changed) AS VARCHAR) FROM {ORDERS}"
    shown = "SELECT data_type FROM hive.information_schema.columns WHERE column_name = 'changed'"
    ask(f"INSERT INTO {ORDERS} (id, changed, dt) SELECT 9, TIMESTAMP '{MICRO}', 'x'")
    assert ask(shown) == [["timestamp(6)"]]
    with connected(coordinator) as connection:
        assert connection.cursor().execute(shown).fetchall() == [["timestamp(3)"]]
        assert connection.cursor().execute(files).fetchall() == [["2027-01-01 00:00:00.124"]]
        connection.cursor().execute("SET SESSION hive.timestamp_precision = 'MICROSECONDS'")
        assert connection.cursor().execute(files).fetchall() == [[MICRO]]
        connection.cursor().execute("SET SESSION hive.timestamp_precision = 'NANOSECONDS'")
        assert connection.cursor().execute(shown).fetchall() == [["timestamp(9)"]]


def test_a_time_with_more_digits_than_its_column_is_not_inserted(coordinator: Trino) -> None:
    with connected(coordinator) as connection, pytest.raises(TrinoQueryError) as error:
        connection.cursor().execute(FILL).fetchall()
    assert error.value.error_name == "TYPE_MISMATCH"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("oracle.timestamp_precision", "MICROSECONDS"),
        ("hive.other", "MICROSECONDS"),
        ("hive.timestamp_precision", "FURLONGS"),
    ],
)
def test_a_property_that_there_is_not_is_refused(coordinator: Trino, name: str, value: str) -> None:
    properties = {name: value}
    with (
        connected(coordinator, session_properties=properties) as connection,
        pytest.raises(TrinoQueryError) as error,
    ):
        connection.cursor().execute("SELECT 1").fetchall()
    assert error.value.error_name == "INVALID_SESSION_PROPERTY"


def test_rows_come_in_pages_and_all_of_them(ask: Ask) -> None:
    rows = ask("SELECT id FROM oracle.sales.orders ORDER BY id")
    assert [number for (number,) in rows] == list(range(250))
    assert ask("SELECT id FROM oracle.sales.orders WHERE id < 0") == []


def test_parameters_stand_where_the_marks_are(ask: Ask) -> None:
    found = ask(
        "SELECT COUNT(*), ? FROM oracle.sales.orders WHERE id >= ? AND name <> ?",
        ("it's", 100, "n200"),
    )
    assert found == [[149, "it's"]]


def test_a_time_becomes_a_text_of_all_its_digits(ask: Ask) -> None:
    texts = []
    for digits in (0, 3, 6, 9):
        moment = f"CAST(CAST('2026-11-23 04:05:06.070000' AS TIMESTAMP(6)) AS TIMESTAMP({digits}))"
        texts.append(ask(f"SELECT CAST({moment} AS VARCHAR)")[0][0])
    assert texts == [
        "2026-11-23 04:05:06",
        "2026-11-23 04:05:06.070",
        "2026-11-23 04:05:06.070000",
        "2026-11-23 04:05:06.070000000",
    ]


def test_md5_is_of_bytes_and_gives_bytes(ask: Ask) -> None:
    digits = md5(b"a|b", usedforsecurity=False).hexdigest()
    (row,) = ask(
        "SELECT LOWER(TO_HEX(MD5(TO_UTF8('a|b')))), "
        "CAST(FROM_BASE(SUBSTR(LOWER(TO_HEX(MD5(TO_UTF8('a|b')))), 18), 16) AS DECIMAL(38, 0))"
    )
    assert row == [digits, int(digits[17:], 16)]


def test_a_partition_is_there_once_it_is_registered(ask: Ask, coordinator: Trino) -> None:
    ask(FILL)
    table = coordinator.warehouse.tables["hive", "sales", "orders"]
    table.registered.clear()
    assert ask(f"SELECT COUNT(*) FROM {ORDERS}") == [[0]]
    assert ask('SELECT dt FROM hive.sales."orders$partitions"') == []
    ask("CALL hive.system.sync_partition_metadata('sales', 'orders', 'ADD')")
    assert ask('SELECT dt FROM hive.sales."orders$partitions"') == [["2026-11-23"]]
    assert ask(f"SELECT COUNT(*) FROM {ORDERS} WHERE dt = '2026-11-23'") == [[3]]


def test_columns_have_their_types(ask: Ask) -> None:
    found = ask(
        "SELECT column_name, data_type FROM hive.information_schema.columns "
        "WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position",
        ("sales", "orders"),
    )
    assert found[0] == ["id", "decimal(38,0)"]
    assert found[-1] == ["dt", "varchar"]


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("SELECT (1", "SYNTAX_ERROR"),
        ("SELECT 1;", "SYNTAX_ERROR"),
        ("SELECT `a` FROM hive.sales.orders", "SYNTAX_ERROR"),
        ("SELECT 1 FROM nowhere.sales.orders", "CATALOG_NOT_FOUND"),
        ("SELECT 1 FROM hive.nowhere.orders", "SCHEMA_NOT_FOUND"),
        ("SELECT 1 FROM hive.sales.nothing", "TABLE_NOT_FOUND"),
        ('SELECT 1 FROM oracle.sales."orders$partitions"', "TABLE_NOT_FOUND"),
        ("SELECT nothing FROM hive.sales.orders", "COLUMN_NOT_FOUND"),
        ("SELECT 1 FROM hive.sales.orders WHERE dt = DATE '2026-11-23'", "TYPE_MISMATCH"),
        ("SELECT 1 FROM hive.sales.orders WHERE born IN ('2001-02-03')", "TYPE_MISMATCH"),
        ("SELECT 1 FROM hive.sales.orders WHERE id BETWEEN '1' AND '2'", "TYPE_MISMATCH"),
        ("SELECT MD5('a')", "FUNCTION_NOT_FOUND"),
        ("SELECT REGEXP_LIKE('a', 'a')", "FUNCTION_NOT_FOUND"),
        ("SELECT CAST('a' AS BIGINT)", "INVALID_CAST_ARGUMENT"),
        ("SELECT FROM_BASE('12', 10)", "NOT_SUPPORTED"),
        ("DELETE FROM hive.sales.orders", "NOT_SUPPORTED"),
        ("SHOW CATALOGS", "NOT_SUPPORTED"),
        ("CALL hive.system.drop_all('a', 'b', 'c')", "NOT_SUPPORTED"),
        ("SELECT CAST(1 AS JSON)", "NOT_SUPPORTED"),
        ("SELECT 1 FROM orders", "GENERIC_USER_ERROR"),
    ],
)
def test_what_is_not_known_or_not_there_is_refused_by_its_name(
    ask: Ask, sql: str, name: str
) -> None:
    with pytest.raises(TrinoQueryError) as error:
        ask(sql)
    assert error.value.error_name == name


def test_a_table_without_a_right_is_denied(ask: Ask, coordinator: Trino) -> None:
    coordinator.warehouse.tables["hive", "sales", "orders"].is_denied = True
    with pytest.raises(TrinoQueryError) as error:
        ask(f"SELECT COUNT(*) FROM {ORDERS}")
    assert error.value.error_name == "PERMISSION_DENIED"


def test_a_file_that_is_no_parquet_is_bad_data(
    ask: Ask, coordinator: Trino, tmp_path: Path
) -> None:
    place = tmp_path / "orders" / "dt=2026-11-24"
    place.mkdir(parents=True)
    (place / "half.parquet").write_bytes(b"PAR1 and no more")
    coordinator.warehouse.tables["hive", "sales", "orders"].register()
    with pytest.raises(TrinoQueryError) as error:
        ask(f"SELECT COUNT(*) FROM {ORDERS}")
    assert error.value.error_name in ("HIVE_BAD_DATA", "HIVE_CANNOT_OPEN_SPLIT")


def test_a_column_that_no_file_has_is_null(ask: Ask, coordinator: Trino) -> None:
    ask(FILL)
    table = coordinator.warehouse.tables["hive", "sales", "orders"]
    table.columns = {"id": "decimal(38,0)", "later": "varchar", "dt": "varchar"}
    assert ask(f"SELECT id, later FROM {ORDERS} WHERE id = 1") == [[Decimal(1), None]]


@pytest.mark.parametrize("depth", [60, 2000])
def test_sql_that_is_too_deep_is_refused(ask: Ask, depth: int) -> None:
    with pytest.raises(TrinoQueryError) as error:
        ask("SELECT " + "(" * depth + "1" + ")" * depth)
    assert error.value.error_name == "NOT_SUPPORTED"


@pytest.mark.parametrize("sql", ["SELECT", "SELECT FROM oracle.sales.orders"])
def test_a_select_of_nothing_is_no_syntax(ask: Ask, sql: str) -> None:
    with pytest.raises(TrinoQueryError) as error:
        ask(sql)
    assert error.value.error_name == "SYNTAX_ERROR"
