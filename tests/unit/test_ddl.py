"""The tables of a DDL statement, however it is laid out."""

from __future__ import annotations

import pytest

from oracle_cdc.oracle.ddl import (
    CHANGES,
    CONVERSATIONS,
    WAIT_FOR_WRITERS,
    read_schema,
    read_tables,
)
from oracle_cdc.sql.ddl import parse_tables


def test_the_file_makes_the_six_tables() -> None:
    tables = read_tables()
    assert len(tables) == 6
    assert tables["CDC_PROCESSED_CALLS"]["CALL_ID"] == "VARCHAR2"


def test_no_table_is_of_two_parts() -> None:
    tables = read_tables(CHANGES)
    assert len(tables) == 4
    assert tables["CDC_CHANGE_TABLES"]["KEYS"] == "VARCHAR2"
    assert not tables.keys() & read_tables().keys()


@pytest.mark.parametrize("part", [CONVERSATIONS, CHANGES])
def test_a_part_waits_for_who_uses_its_tables_before_it_alters_any(part: str) -> None:
    assert read_schema(part)[0] == WAIT_FOR_WRITERS


def test_a_part_ends_with_its_commit() -> None:
    assert [read_schema()[-1], read_schema(CHANGES)[-1]] == ["COMMIT", "COMMIT"]
    with pytest.raises(ValueError, match="has no part 'nope'; it has conversations, changes"):
        read_schema("nope")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE T (A NUMBER(3,1) DEFAULT 0, B VARCHAR2(10 CHAR), C TIMESTAMP(6))",
        "begin execute immediate q'[create table t(\n\n  a number,\n  b varchar2(1)\n, "
        "c timestamp)]'; end;",
        "CREATE  TABLE\nT\n(\n\tA NUMBER,\n\tB VARCHAR2(9) DEFAULT 'x,)' NOT NULL, -- one, "
        "two (three)\n\tC TIMESTAMP\n)",
        "CREATE TABLE IF NOT EXISTS T (A NUMBER, B VARCHAR2(9), C TIMESTAMP)",
        "CREATE TABLE T (A NUMBER, B VARCHAR2(9), C TIMESTAMP, CONSTRAINT K PRIMARY KEY (A, B), "
        "CHECK (A > 0))",
    ],
)
def test_columns_are_found_whatever_the_line_breaks(statement: str) -> None:
    assert parse_tables(statement) == {"T": {"A": "NUMBER", "B": "VARCHAR2", "C": "TIMESTAMP"}}


def test_a_list_of_columns_without_an_end_is_an_error() -> None:
    with pytest.raises(ValueError, match="does not end"):
        parse_tables("CREATE TABLE T (A NUMBER, B NUMBER(3,1)")


def test_other_statements_make_no_table() -> None:
    assert parse_tables("ALTER TABLE T ADD (A NUMBER)") == {}
