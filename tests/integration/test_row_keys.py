"""The key of a row: one text, that no other row has."""

from __future__ import annotations

import pytest

from oracle_cdc.oracle.row_sql import Share
from tests.integration.rowtables import ALWAYS, READER, RowTable, keys, others
from tests.relay.doubles import at

PLAIN = "ID NUMBER(19) PRIMARY KEY, CREATED_AT TIMESTAMP, DATA CLOB"


def rowids(table: RowTable) -> list[tuple[str]]:
    with table.dba.cursor() as cursor:
        cursor.execute(f"SELECT ROWID FROM {table.name} ORDER BY CREATED_AT, ROWID")
        return list(cursor)


def test_an_id_that_repeats_makes_an_event_of_each_row(table: RowTable) -> None:
    table.create("ID VARCHAR2(40), CREATED_AT TIMESTAMP, DATA VARCHAR2(10)")
    for seconds in (1, 1, 2):
        table.commit([("case", seconds)])
    found = keys(table, ALWAYS)
    expected = []
    for (rowid,), second in zip(rowids(table), (1, 1, 2), strict=True):
        expected.append(f"case:{rowid}@2026-11-26T12:00:0{second}.000000")
    assert found == expected


def test_a_late_row_of_a_key_and_time_that_are_known_is_found(table: RowTable) -> None:
    table.create("ID VARCHAR2(40), CREATED_AT TIMESTAMP, DATA VARCHAR2(10)")
    late = table.begin([("case", 1)])
    table.commit([("case", 1)])
    source = table.source
    (known,) = keys(table, ALWAYS, source)
    # Its place lies before that of the other one, and so it is read first.
    late()
    (first, second) = keys(table, ALWAYS, source)
    assert second == known
    assert others(source, ALWAYS, [known]) == [first]


def test_rows_of_a_view_are_numbered_where_key_and_time_are_the_same(
    table: RowTable, caplog: pytest.LogCaptureFixture
) -> None:
    table.run(f"CREATE TABLE {table.schema}.BASE (ID VARCHAR2(40), CREATED_AT TIMESTAMP)")
    table.run(f"CREATE VIEW {table.name} AS SELECT * FROM {table.schema}.BASE")
    table.run(f"GRANT SELECT ON {table.name} TO {READER}")
    for seconds in (1, 1, 2):
        table.run(f"INSERT INTO {table.schema}.BASE VALUES ('case', :1)", at(seconds))
    assert keys(table, ALWAYS) == [
        "case@2026-11-26T12:00:01.000000",
        "case@2026-11-26T12:00:01.000000#2",
        "case@2026-11-26T12:00:02.000000",
    ]
    (said,) = caplog.messages
    assert "several rows of 2026-11-26 12:00:01 have the same key" in said
    assert "case" not in said


def test_rows_without_an_id_are_kept_apart_by_their_place(table: RowTable) -> None:
    table.create("ID NUMBER UNIQUE, CREATED_AT TIMESTAMP")
    table.insert("NULL, TIMESTAMP '2026-11-26 12:00:01'")
    table.insert("NULL, TIMESTAMP '2026-11-26 12:00:01'")
    found = keys(table, ALWAYS)
    assert found == [f":{rowid}@2026-11-26T12:00:01.000000" for (rowid,) in rowids(table)]


def test_a_key_of_several_columns_is_one_text_that_no_other_key_has(table: RowTable) -> None:
    table.keys = ("A", "B", "R", "D")
    table.create(
        "A VARCHAR2(9), B VARCHAR2(9), R RAW(2), D DATE, CREATED_AT TIMESTAMP, "
        "PRIMARY KEY (A, B, R, D)",
        index="",
    )
    for a, b in (("x:y", "z"), ("x", "y:z"), ("%", "3A")):
        table.insert(f"'{a}', '{b}', HEXTORAW('0AFF'), DATE '2026-11-26', SYSTIMESTAMP")
    rest = "0AFF:2026-11-26T00%3A00%3A00.000000"
    expected = [f"x%3Ay:z:{rest}", f"x:y%3Az:{rest}", f"%25:3A:{rest}"]
    assert sorted(keys(table, ALWAYS)) == sorted(expected)
    half = table.read_with(share=Share(1, 2))
    assert half.look([ALWAYS]).counts == (len(table.rows(half)),)


def test_without_an_id_the_rowid_is_the_key(table: RowTable) -> None:
    table.keys = ()
    table.create(PLAIN, index="CREATED_AT")
    table.commit([("1", 1), ("2", 2)])
    known = [rowid for (rowid,) in rowids(table)]
    source = table.source
    assert keys(table, ALWAYS, source) == known
    assert others(source, ALWAYS, known[:1]) == known[1:]
    assert source.look([ALWAYS]).counts == (2,)
    shares = [table.read_with(share=Share(number, 2)) for number in (1, 2)]
    first, second = keys(table, ALWAYS, shares[0]), keys(table, ALWAYS, shares[1])
    assert sorted(first + second) == sorted(known)


def test_a_key_is_text_that_any_store_takes(table: RowTable) -> None:
    table.create("ID VARCHAR2(40) PRIMARY KEY, CREATED_AT TIMESTAMP, DATA CLOB")
    odd = "UTL_RAW.CAST_TO_VARCHAR2(HEXTORAW('41FF'))"
    table.run(f"INSERT INTO {table.name} SELECT {odd}, SYSTIMESTAMP, 'x' FROM DUAL")
    table.run(f"INSERT INTO {table.name} SELECT 'שלום', SYSTIMESTAMP, 'x' FROM DUAL")
    assert sorted(keys(table, ALWAYS)) == ["A\\udcff", "שלום"]
