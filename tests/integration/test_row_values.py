"""Every type of a column, from the table into the body of an event, to the last digit."""

from __future__ import annotations

import json

import pytest

from oracle_cdc.errors import EventRefused
from oracle_cdc.events.rules.encoding import Encoder
from oracle_cdc.events.rules.subjects import Subjects
from tests.integration.rowtables import RowTable

AT = "TIMESTAMP '2026-11-26 12:00:01'"
TIME = '"2026-11-26T12:00:01.000000"'


def encoder(table: RowTable, subject: str = "events") -> Encoder:
    shape = table.shape
    return Encoder(
        "P",
        "TXLOG",
        columns=shape.column_names,
        numbers=shape.number_names,
        subjects=Subjects(subject, shape.column_names),
        has_trace_id=False,
    )


def body(table: RowTable, value: str, kind: str) -> str:
    """Return what an event's body has for a value of SQL in a column of this type."""
    table.create(f"ID NUMBER PRIMARY KEY, CREATED_AT TIMESTAMP, V {kind}")
    table.run(f"INSERT INTO {table.name} SELECT 1, {AT}, {value} FROM DUAL")
    (row,) = table.rows()
    text = encoder(table)(row).body.decode()
    json.loads(text)
    begin = f'{{"data_type":"TXLOG","ID":1,"CREATED_AT":{TIME},"V":'
    assert text.startswith(begin)
    return text.removeprefix(begin).removesuffix("}")


@pytest.mark.parametrize(
    ("kind", "value", "written"),
    [
        (
            "NUMBER",
            "12345678901234567890123456789012345678",
            "12345678901234567890123456789012345678",
        ),
        ("NUMBER", "-0.1", "-0.1"),
        ("NUMBER(10,4)", "1.5", "1.5"),
        ("NUMBER", "1E20", "1" + "0" * 20),
        ("NUMBER", "1E-130", "0." + "0" * 129 + "1"),
        ("FLOAT", "3.25", "3.25"),
        ("BINARY_DOUBLE", "0.1", "0.1"),
        ("VARCHAR2(40)", "'שלום \"x\"' || CHR(10)", '"שלום \\"x\\"\\n"'),
        ("VARCHAR2(40)", "UNISTR('\\2028')", '"\u2028"'),
        ("VARCHAR2(40)", "'a' || CHR(0)", '"a\\u0000"'),
        ("CHAR(3)", "'a'", '"a  "'),
        ("NVARCHAR2(9)", "N'é'", '"é"'),
        ("CLOB", "TO_CLOB('long')", '"long"'),
        ("CLOB", "EMPTY_CLOB()", "null"),
        ("BLOB", "TO_BLOB(HEXTORAW('00FF'))", '"00FF"'),
        ("RAW(16)", "HEXTORAW('0AFF')", '"0AFF"'),
        ("DATE", "DATE '2026-11-26'", '"2026-11-26T00:00:00.000000"'),
        ("TIMESTAMP(3)", "TIMESTAMP '2026-11-26 12:00:01.125'", '"2026-11-26T12:00:01.125000"'),
        (
            "TIMESTAMP(9)",
            "TIMESTAMP '2026-11-26 12:00:01.123456789'",
            '"2026-11-26T12:00:01.123456"',
        ),
        (
            "TIMESTAMP(9) WITH TIME ZONE",
            "TIMESTAMP '0026-11-26 12:00:01.123456789 -03:30'",
            '"0026-11-26T12:00:01.123456-03:30"',
        ),
        ("INTERVAL DAY TO SECOND", "INTERVAL '-1 2:3:4.5' DAY TO SECOND", '"-01 02:03:04.500000"'),
        *[(kind, "NULL", "null") for kind in ("NUMBER", "CLOB", "DATE", "RAW(9)", "VARCHAR2(9)")],
    ],
)
def test_a_value_is_in_the_body_as_oracle_has_it(
    table: RowTable, kind: str, value: str, written: str
) -> None:
    assert body(table, value, kind) == written


def test_a_large_text_comes_whole(table: RowTable) -> None:
    table.create("ID NUMBER PRIMARY KEY, CREATED_AT TIMESTAMP, V CLOB")
    text = "שלום" * 300_000
    table.run(f"INSERT INTO {table.name} VALUES (1, {AT}, :1)", text)
    before = table.server.statistics()["round_trips"]
    (row,) = table.rows()
    assert row.values[2] == text
    # The log-in and the dictionary too, and none for the text by itself.
    assert table.server.statistics()["round_trips"] - before < 12


def test_bytes_that_are_no_text_are_refused_by_themselves_and_the_rest_flows(
    table: RowTable,
) -> None:
    table.create("ID NUMBER PRIMARY KEY, CREATED_AT TIMESTAMP, V VARCHAR2(40)")
    odd = "UTL_RAW.CAST_TO_VARCHAR2(HEXTORAW('41FF'))"
    for id, value in enumerate(("'fine'", odd, "'fine too'"), 1):
        table.run(f"INSERT INTO {table.name} SELECT {id}, {AT}, {value} FROM DUAL")
    encode = encoder(table)
    first, second, third = table.rows()
    assert b'"V":"fine"' in encode(first).body
    with pytest.raises(EventRefused, match="the column V holds text that is no UTF-8"):
        encode(second)
    assert b'"V":"fine too"' in encode(third).body


def test_a_subject_takes_a_value_of_the_row(table: RowTable) -> None:
    table.create("ID NUMBER PRIMARY KEY, CREATED_AT TIMESTAMP, V VARCHAR2(40)")
    table.insert(f"1, {AT}, 'a.b *>'")
    (row,) = table.rows()
    assert encoder(table, "txlog.{V}.{ID}")(row).route == "txlog.a_b___.1"
