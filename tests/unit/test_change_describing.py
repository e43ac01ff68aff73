"""What a model says of a column, by the dictionary's words for it, and read back from a model."""

from __future__ import annotations

from typing import Any

import pytest

from oracle_cdc.changes.capture.describing import (
    as_source,
    describe,
    field_name,
    keep_confirmed,
    parse_column,
)
from oracle_cdc.changes.capture.model import Column, as_column
from oracle_cdc.changes.capture.sensitivity import guess_sensitivity
from oracle_cdc.changes.rules.model_page import format_page
from oracle_cdc.changes.rules.table_models import (
    JsonType,
    ModelColumn,
    Sensitivity,
    TableModel,
)

COLUMN: dict[str, Any] = {
    "column_name": "C",
    "data_type": "NUMBER",
    "data_type_owner": None,
    "data_length": 22,
    "char_length": 0,
    "char_used": None,
    "data_precision": None,
    "data_scale": None,
    "nullable": "Y",
    "comments": None,
}


def described(**differences: Any) -> ModelColumn:
    record = {**COLUMN, **differences}
    return describe(record, as_column(record))


def sized(data_type: str, length: int, unit: str = "B", characters: int = 0) -> dict[str, Any]:
    return {
        "data_type": data_type,
        "data_length": length,
        "char_length": characters or length,
        "char_used": unit,
    }


@pytest.mark.parametrize(
    ("differences", "oracle_type", "json_type", "column"),
    [
        ({}, "NUMBER", JsonType.NUMBER_AS_TEXT, Column("C", "NUMBER")),
        ({"data_scale": 0}, "NUMBER(38)", JsonType.NUMBER_AS_TEXT, Column("C", "NUMBER")),
        (
            {"data_precision": 15, "data_scale": 0},
            "NUMBER(15)",
            JsonType.INTEGER,
            Column("C", "NUMBER"),
        ),
        (
            {"data_precision": 16, "data_scale": 0},
            "NUMBER(16)",
            JsonType.NUMBER_AS_TEXT,
            Column("C", "NUMBER"),
        ),
        (
            {"data_precision": 7, "data_scale": 2},
            "NUMBER(7,2)",
            JsonType.NUMBER_AS_TEXT,
            Column("C", "NUMBER"),
        ),
        (
            {"data_type": "FLOAT", "data_precision": 63},
            "FLOAT(63)",
            JsonType.NUMBER_AS_TEXT,
            Column("C", "FLOAT"),
        ),
        (sized("VARCHAR2", 40), "VARCHAR2(40)", JsonType.STRING, Column("C", "VARCHAR2", 40)),
        (
            sized("VARCHAR2", 40, "C", 10),
            "VARCHAR2(10 CHAR)",
            JsonType.STRING,
            Column("C", "VARCHAR2", 40),
        ),
        (
            sized("NVARCHAR2", 20, "C", 10),
            "NVARCHAR2(10)",
            JsonType.STRING,
            Column("C", "NVARCHAR2", 10),
        ),
        (sized("RAW", 16), "RAW(16)", JsonType.BASE64, Column("C", "RAW", 16)),
        ({"data_type": "CLOB"}, "CLOB", JsonType.STRING, Column("C", "CLOB")),
        ({"data_type": "DATE"}, "DATE", JsonType.TIME_AS_TEXT, Column("C", "DATE")),
        (
            {"data_type": "TIMESTAMP(6) WITH TIME ZONE"},
            "TIMESTAMP(6) WITH TIME ZONE",
            JsonType.TIME_AS_TEXT,
            Column("C", "TIMESTAMP(6) WITH TIME ZONE"),
        ),
        (
            {"data_type": "INTERVAL DAY(2) TO SECOND(3)"},
            "INTERVAL DAY(2) TO SECOND(3)",
            JsonType.INTERVAL_AS_TEXT,
            Column("C", "INTERVAL DAY(2) TO SECOND(3)"),
        ),
    ],
)
def test_a_type_is_described_by_itself_and_read_back(
    differences: dict[str, Any], oracle_type: str, json_type: JsonType, column: Column
) -> None:
    found = described(**differences)
    assert (found.oracle_type, found.json_type) == (oracle_type, json_type)
    assert parse_column(found) == column


def test_a_name_is_in_small_letters_unless_it_stands_in_quotes() -> None:
    names = ("USER_ID", "userId", "odd name", "1ST", "A$#1")
    assert [field_name(name) for name in names] == ["user_id", *names[1:4], "a$#1"]


@pytest.mark.parametrize(
    ("name", "sensitivity"),
    [
        ("email", Sensitivity.PERSONAL),
        ("caller_phone", Sensitivity.PERSONAL),
        ("last_name", Sensitivity.PERSONAL),
        ("PASSWORD_HASH", Sensitivity.SECRET),
        ("access_token", Sensitivity.SECRET),
        ("metric_name", Sensitivity.NONE),
        ("shipping", Sensitivity.NONE),
        ("tokenizer", Sensitivity.NONE),
    ],
)
def test_what_is_somebodys_business_is_supposed_by_the_words_of_a_name(
    name: str, sensitivity: Sensitivity
) -> None:
    assert guess_sensitivity(name) is sensitivity


def model(*columns: ModelColumn, table: str = "t") -> TableModel:
    return TableModel(table, "O.T", ("c",), {column.name: column for column in columns})


def test_what_was_confirmed_of_another_type_does_not_stay() -> None:
    former = model(ModelColumn("c", "C", "NUMBER(1)", JsonType.BOOLEAN, True), table="named")
    same = keep_confirmed(model(described(data_precision=1, data_scale=0)), former)
    assert (same.table, same.columns["c"].json_type) == ("named", JsonType.BOOLEAN)
    other = keep_confirmed(model(described(data_precision=2, data_scale=0)), former)
    assert other.columns["c"].json_type is JsonType.INTEGER


def test_a_model_is_the_table_that_it_describes() -> None:
    source = as_source(model(described(**sized("VARCHAR2", 40))))
    assert (source.place.shown, source.keys) == ("O.T", ["C"])
    assert source.columns == [Column("C", "VARCHAR2", 40)]


def test_a_comment_ends_no_cell_of_the_page() -> None:
    page = format_page({"t": model(described(comments="a | b\nc"))})
    assert "| a \\| b c |" in page
    assert "1 tables with 1 columns" in page
