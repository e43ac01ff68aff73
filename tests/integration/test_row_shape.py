"""What is said of a table before its rows are read: a clear line for each thing."""

from __future__ import annotations

import pytest

from oracle_cdc.oracle.row_checks import check_rows
from oracle_cdc.oracle.row_shape import Findings, RowShape
from tests.integration.rowtables import EVENTS, READER, RowTable

GOOD = "ID NUMBER PRIMARY KEY, CREATED_AT TIMESTAMP NOT NULL, DATA CLOB"


def check(table: RowTable, time_zone: str | None = None) -> tuple[RowShape | None, Findings]:
    with table.database.session() as session:
        return check_rows(session, table.names, time_zone)


def mistakes(table: RowTable) -> list[str]:
    shape, findings = check(table)
    assert shape is None
    return [text.removeprefix(f"{table.name}: ") for text in findings.mistakes]


def warnings(table: RowTable, time_zone: str | None = None) -> list[str]:
    shape, findings = check(table, time_zone)
    assert shape is not None
    assert findings.mistakes == []
    return [text.removeprefix(f"{table.name}: ") for text in findings.warnings]


def test_a_table_as_it_should_be_is_nothing_to_be_said_of(table: RowTable) -> None:
    table.create(GOOD)
    assert warnings(table) == []
    assert table.shape.is_key_unique


def test_a_shape_has_the_columns_in_their_order_and_knows_the_numbers(table: RowTable) -> None:
    table.create(EVENTS)
    expected = ("ID", "CASE_ID", "EVENT_TYPE", "EVENT_DATA", "EVENT_TIMESTAMP", "CREATED_AT")
    assert table.shape.column_names == expected
    assert table.shape.number_names == {"ID"}


def test_named_columns_come_in_the_order_in_which_they_are_named(table: RowTable) -> None:
    table.create(EVENTS)
    table.columns = ("EVENT_TYPE", "ID")
    table.insert("7, 'C', 'OPENED', 'secret', NULL, SYSTIMESTAMP")
    assert table.shape.column_names == ("EVENT_TYPE", "ID")
    (row,) = table.rows()
    assert (row.key, row.values) == ("7", ("OPENED", "7"))


def test_a_table_that_is_not_there_or_not_granted_is_a_mistake(table: RowTable) -> None:
    expected = (
        "no such table or view, or no SELECT on it; its owner or a DBA: "
        f'GRANT SELECT ON "{table.schema}"."TXLOG_EVENTS" TO {READER}'
    )
    assert mistakes(table) == [expected]
    table.create(GOOD)
    table.run(f"REVOKE SELECT ON {table.name} FROM {READER}")
    assert mistakes(table) == [expected]


def test_each_column_that_is_missing_is_named_with_those_that_are_there(table: RowTable) -> None:
    table.create(GOOD)
    table.time, table.keys, table.columns = "SEEN_AT", ("NO",), ("DATA", "TEXT")
    there = "there are CREATED_AT, DATA, ID"
    assert mistakes(table) == [f"no column {name}; {there}" for name in ("SEEN_AT", "NO", "TEXT")]


@pytest.mark.parametrize("kind", ["DATE", "TIMESTAMP(0)", "TIMESTAMP", "TIMESTAMP(9)"])
def test_a_plain_time_may_be_the_time_column(table: RowTable, kind: str) -> None:
    table.create(f"ID NUMBER PRIMARY KEY, CREATED_AT {kind} NOT NULL")
    assert warnings(table) == []


def test_a_time_with_a_zone_is_refused_with_the_reason(table: RowTable) -> None:
    table.create("ID NUMBER PRIMARY KEY, CREATED_AT TIMESTAMP WITH TIME ZONE")
    (text,) = mistakes(table)
    assert text.startswith("time column CREATED_AT is TIMESTAMP WITH TIME ZONE: its index is one")


@pytest.mark.parametrize("kind", ["NUMBER", "VARCHAR2(20)", "CLOB"])
def test_what_is_no_time_is_no_time_column(table: RowTable, kind: str) -> None:
    table.create(f"ID NUMBER PRIMARY KEY, CREATED_AT {kind}", index="")
    (text,) = mistakes(table)
    assert (
        text == f"time column CREATED_AT is {kind[:8].split('(')[0]}: it must be DATE or TIMESTAMP"
    )


def test_a_key_that_has_no_order_is_refused(table: RowTable) -> None:
    table.create("ID CLOB, CREATED_AT TIMESTAMP", index="")
    (text,) = mistakes(table)
    assert text.startswith("key column ID is CLOB; a key is one of NUMBER, ")


@pytest.mark.parametrize(
    ("columns", "more", "is_unique"),
    [
        ("ID NUMBER PRIMARY KEY", "", True),
        ("ID NUMBER NOT NULL UNIQUE", "", True),
        ("ID NUMBER UNIQUE", "", False),
        ("ID NUMBER NOT NULL", "CREATE UNIQUE INDEX {schema}.U ON {name} (ID)", True),
        ("ID NUMBER NOT NULL", "CREATE INDEX {schema}.U ON {name} (ID)", False),
        ("ID NUMBER, B NUMBER, PRIMARY KEY (ID, B)", "", False),
        ("ID NUMBER NOT NULL", "", False),
    ],
)
def test_an_id_is_unique_where_a_constraint_or_an_index_says_it(
    table: RowTable, columns: str, more: str, is_unique: bool
) -> None:
    table.create(f"CREATED_AT TIMESTAMP NOT NULL, {columns}")
    if more:
        table.run(more.format(schema=table.schema, name=table.name))
    expected = [
        "no constraint or index says that ID is unique and never NULL, so that an event's id has "
        "the row's time and ROWID too, which changes when rows are moved (SHRINK, MOVE, import, "
        "partitions): those may be published again"
    ]
    assert table.shape.is_key_unique is is_unique
    assert warnings(table) == expected[is_unique:]


def test_part_of_a_key_that_is_unique_makes_the_key_unique(table: RowTable) -> None:
    table.keys = ("ID", "DATA")
    table.create("ID NUMBER PRIMARY KEY, DATA VARCHAR2(9), CREATED_AT TIMESTAMP NOT NULL")
    assert table.shape.is_key_unique


def test_no_id_at_all_is_warned_of(table: RowTable) -> None:
    table.keys = ()
    table.create(GOOD)
    (text,) = warnings(table)
    assert text.startswith("without an id column rows are known by their ROWID, which changes")


def test_a_view_needs_an_id_column(table: RowTable) -> None:
    table.keys = ()
    table.run(f"CREATE TABLE {table.schema}.BASE ({GOOD})")
    table.run(f"CREATE VIEW {table.name} AS SELECT * FROM {table.schema}.BASE")
    table.run(f"GRANT SELECT ON {table.name} TO {READER}")
    assert mistakes(table) == ["a view's rows may have no ROWID: name an id column"]
    table.keys = ("ID",)
    table.run(f"INSERT INTO {table.schema}.BASE VALUES (7, SYSTIMESTAMP, 'x')")
    (row,) = table.rows()
    assert row.key.startswith("7@")
    assert "#" not in row.key
    assert any(
        "it may be taken for one that was published, and is lost" in text
        for text in warnings(table)
    )


def test_rows_without_a_time_are_counted(table: RowTable) -> None:
    table.create("ID NUMBER PRIMARY KEY, CREATED_AT TIMESTAMP")
    assert warnings(table) == ["CREATED_AT may be NULL: such rows would never be published"]
    table.commit([("1", 1)])
    table.commit_without_time("2")
    table.commit_without_time("3")
    assert warnings(table) == ["CREATED_AT is NULL in 2 rows, which are never published"]
    table.run(
        f"INSERT INTO {table.name} SELECT LEVEL + 10, NULL FROM DUAL CONNECT BY LEVEL <= 1000"
    )
    assert warnings(table) == ["CREATED_AT is NULL in more than 1000 rows, never published"]


@pytest.mark.parametrize("kind", ["TIMESTAMP", "DATE"])
def test_times_far_ahead_of_the_clock_are_counted(table: RowTable, kind: str) -> None:
    table.create(f"ID NUMBER PRIMARY KEY, CREATED_AT {kind} NOT NULL")
    soon = "CAST(SYSTIMESTAMP AS TIMESTAMP) + INTERVAL '50' MINUTE"
    later = "CAST(SYSTIMESTAMP AS TIMESTAMP) + INTERVAL '70' MINUTE"
    table.insert(f"1, {soon}")
    assert warnings(table) == []
    table.insert(f"2, {later}")
    table.insert("3, TIMESTAMP '9999-12-31 23:59:58'")
    (text,) = warnings(table)
    assert text.startswith("2 rows have a CREATED_AT over an hour ahead of Oracle's clock, ")
    assert warnings(table, "Pacific/Kiritimati")[0].startswith("1 row has a CREATED_AT")


def test_a_time_column_without_an_index_is_warned_of(table: RowTable) -> None:
    table.create(GOOD, index="ID, CREATED_AT")
    (text,) = warnings(table)
    assert text.startswith("no index begins with CREATED_AT, so that each look reads the whole")
    assert text.endswith(f'ON "{table.schema}"."TXLOG_EVENTS" ("CREATED_AT", "ID")')


def test_a_type_that_is_not_read_is_left_out_or_refused_where_it_is_named(
    table: RowTable,
) -> None:
    table.create(f"{GOOD}, NOTES LONG")
    assert warnings(table) == ["column NOTES is LONG, it is left out of events"]
    assert table.shape.column_names == ("ID", "CREATED_AT", "DATA")
    table.columns = ("ID", "NOTES")
    assert mistakes(table) == ["column NOTES is LONG, not read"]


def test_what_can_not_be_looked_at_in_time_is_said_and_keeps_nothing_from_running(
    table: RowTable,
) -> None:
    table.create("ID NUMBER PRIMARY KEY, CREATED_AT TIMESTAMP")
    table.server.faults.set(f'error 1013 on execute when "IS NULL" for {READER}')
    (text,) = warnings(table)
    assert text.startswith("its times were not looked at: ORA-01013 at count rows without a time")


def test_odd_names_are_quoted(table: RowTable) -> None:
    table.time, table.keys = "When?", ("select",)
    table.create('"select" NUMBER PRIMARY KEY, "When?" TIMESTAMP NOT NULL', '"When?", "select"')
    table.insert("7, SYSTIMESTAMP")
    source = table.source
    assert warnings(table) == []
    (row,) = table.rows(source)
    assert row.key == "7"
    assert source.look(()).counts == ()
