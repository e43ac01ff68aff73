"""Rows of a table: what a stretch holds to the last digit, shares, keys, late rows, failures."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import pytest

from oracle_cdc.errors import OracleConfigurationError, OracleUnavailable
from oracle_cdc.oracle.row_keys import key_text
from oracle_cdc.oracle.row_sql import Share
from oracle_cdc.oracle.rows import TableSource
from oracle_cdc.relay.values import Row, Slice
from tests.integration.rowtables import ALWAYS, READER, RowTable
from tests.relay.doubles import NOON, at
from tests.relay.source_contract import keys_of, numbered

PLAIN = "ID NUMBER(19) PRIMARY KEY, CREATED_AT TIMESTAMP, DATA CLOB"
NINE = "ID NUMBER(19) PRIMARY KEY, CREATED_AT TIMESTAMP(9), DATA CLOB"
DAY = "ID NUMBER(19) PRIMARY KEY, CREATED_AT DATE, DATA CLOB"


def keys(table: RowTable, stretch: Slice, source: TableSource | None = None) -> list[str]:
    return keys_of(table.rows(source, stretch))


def others(source: TableSource, stretch: Slice, known: Iterable[str]) -> list[str]:
    found: list[str] = []
    with source.read_others(stretch, frozenset(known)) as batches:
        for rows in batches:
            found += keys_of(rows)
    return found


# Times to their last digit


def test_digits_below_the_microsecond_are_in_one_stretch_only(table: RowTable) -> None:
    table.create(NINE)
    for id, nanoseconds in enumerate(("000", "001", "999"), 1):
        table.insert(f"{id}, TIMESTAMP '2026-11-26 12:00:00.500000{nanoseconds}', NULL")
    table.insert("4, TIMESTAMP '2026-11-26 12:00:00.500001000', NULL")
    half, next_one = at(0.5), at(0.500001)
    assert keys(table, Slice(at(0), half)) == []
    assert keys(table, Slice(half, next_one)) == ["1", "2", "3"]
    assert keys(table, Slice(next_one, at(1))) == ["4"]
    assert table.source.look([Slice(half, next_one), Slice(next_one, at(1))]).counts == (3, 1)
    assert others(table.source, Slice(at(0), at(1)), {"1", "3", "4"}) == ["2"]


def test_a_date_is_in_a_stretch_as_its_whole_second_is(table: RowTable) -> None:
    table.create(DAY)
    table.commit([("1", 7), ("2", 8), ("3", 9)])
    assert keys(table, Slice(at(7), at(8.5))) == ["1", "2"]
    assert keys(table, Slice(at(8.5), at(10))) == ["3"]
    assert keys(table, Slice(at(8), at(8.000001))) == ["2"]
    assert table.source.look([Slice(at(7.5), at(8)), Slice(at(8.5), at(8.9))]).counts == (0, 0)


def test_the_clock_of_a_date_has_no_fraction(table: RowTable) -> None:
    table.create(DAY)
    assert table.source.look(()).now.microsecond == 0


def test_midnight_and_the_hour_that_comes_twice_are_times_as_any(table: RowTable) -> None:
    # The column has no zone: 01:30 of the first and of the second time are one.
    table.create(PLAIN)
    midnight = datetime(2026, 10, 25)
    for id, minutes in enumerate((-1, 0, 90, 90, 150), 1):
        offset = (midnight - NOON + timedelta(minutes=minutes)).total_seconds()
        table.commit([(str(id), offset)])
    hour = timedelta(hours=1)
    assert keys(table, Slice(midnight - hour, midnight)) == ["1"]
    assert keys(table, Slice(midnight, midnight + hour)) == ["2"]
    assert keys(table, Slice(midnight + hour, midnight + 2 * hour)) == ["3", "4"]


def test_the_clock_is_that_of_the_zone_in_which_the_source_writes(table: RowTable) -> None:
    table.create(PLAIN)
    utc = table.read_with(time_zone="UTC").look(()).now
    there = table.read_with(time_zone="Asia/Kolkata").look(()).now
    ahead = there - utc
    assert timedelta(hours=5, minutes=29) < ahead < timedelta(hours=5, minutes=31)


# Cost


def test_a_look_is_one_round_trip(table: RowTable) -> None:
    table.create(PLAIN)
    source = table.source
    slices = [Slice(at(number), at(number + 1)) for number in range(61)]
    source.look(slices)
    before = table.server.statistics()["round_trips"]
    source.look(slices)
    assert table.server.statistics()["round_trips"] - before == 1


@pytest.mark.parametrize("count", [101, 401])
def test_more_slices_than_a_statement_takes_are_counted_too(table: RowTable, count: int) -> None:
    table.create(PLAIN)
    table.commit([("1", 0), ("2", 99), ("3", 100), ("4", 400)])
    slices = [Slice(at(number), at(number + 1)) for number in range(count)]
    counts = table.source.look(slices).counts
    expected = {0: 1, 99: 1, 100: 1, 400: 1}
    assert counts == tuple(expected.get(number, 0) for number in range(count))


def test_a_late_row_costs_no_reading_of_the_others(table: RowTable) -> None:
    table.create(PLAIN)
    table.commit([(str(number), number / 100) for number in range(1, 1001)])
    source = table.source
    known = set(map(str, range(1, 1001))) - {"500"}
    found: list[Row] = []
    with source.read_others(Slice(at(0), at(60)), known) as batches:
        before = table.server.statistics()["rows_sent"]
        for rows in batches:
            found += rows
        sent = table.server.statistics()["rows_sent"] - before
    assert keys_of(found) == ["500"]
    # The keys of all, and one row.
    assert sent == 1001


def test_more_late_rows_than_are_picked_are_read_with_their_stretch(table: RowTable) -> None:
    table.create(PLAIN)
    table.commit([(str(number), number / 100) for number in range(1, 501)])
    late = list(map(str, range(1, 301)))
    known = set(map(str, range(301, 501)))
    assert others(table.source, Slice(at(0), at(60)), known) == late


# Shares


def test_shares_have_each_row_once_however_it_is_asked_for(table: RowTable) -> None:
    table.create(PLAIN)
    table.commit([(str(number), number % 10) for number in range(1, 201)])
    stretch = Slice(at(0), at(10))
    found: list[str] = []
    for number in range(1, 5):
        source = table.read_with(share=Share(number, 4))
        mine = keys(table, stretch, source)
        assert source.look([stretch]).counts == (len(mine),)
        assert sorted(others(source, stretch, ())) == sorted(mine)
        assert 20 < len(mine) < 80
        found += mine
    assert sorted(found, key=int) == list(map(str, range(1, 201)))


@pytest.mark.parametrize("number", [0, 3, -1])
def test_a_share_that_is_none_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="a share is 1/1, or such as 2/4"):
        Share(number, 2)


# Keys


def test_an_id_that_repeats_makes_an_event_of_each_row(
    table: RowTable, caplog: pytest.LogCaptureFixture
) -> None:
    table.create("ID VARCHAR2(40), CREATED_AT TIMESTAMP, DATA VARCHAR2(10)")
    for seconds in (1, 1, 2):
        table.commit([("case", seconds)])
    assert keys(table, ALWAYS) == [
        "case@2026-11-26T12:00:01.000000",
        "case@2026-11-26T12:00:01.000000#2",
        "case@2026-11-26T12:00:02.000000",
    ]
    (said,) = caplog.messages
    assert "several rows of 2026-11-26 12:00:01 have the same key" in said
    assert "case" not in said


def test_rows_without_an_id_are_kept_apart_by_their_time(table: RowTable) -> None:
    table.create("ID NUMBER UNIQUE, CREATED_AT TIMESTAMP")
    table.insert("NULL, TIMESTAMP '2026-11-26 12:00:01'")
    table.insert("NULL, TIMESTAMP '2026-11-26 12:00:01'")
    found = keys(table, ALWAYS)
    assert found == ["@2026-11-26T12:00:01.000000", "@2026-11-26T12:00:01.000000#2"]


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
    with table.dba.cursor() as cursor:
        cursor.execute(f"SELECT ROWID FROM {table.name} ORDER BY CREATED_AT")
        rowids = [row[0] for row in cursor]
    source = table.source
    assert keys(table, ALWAYS, source) == rowids
    assert others(source, ALWAYS, rowids[:1]) == rowids[1:]
    assert source.look([ALWAYS]).counts == (2,)


# Failures


def fault(table: RowTable, text: str) -> None:
    table.server.faults.set(f"{text} for {READER}")


def read_broken(table: RowTable, source: TableSource) -> list[str]:
    found: list[str] = []
    with source.read(ALWAYS) as batches, pytest.raises(OracleUnavailable):
        for rows in batches:
            found += keys_of(rows)
    return found


@pytest.mark.parametrize("what", ["error 1555", "error 31011", "drop"])
def test_a_read_that_breaks_in_the_middle_raises_and_can_be_repeated(
    table: RowTable, what: str
) -> None:
    table.create(PLAIN)
    table.commit(numbered(100))
    source = table.source
    source.look(())
    fault(table, f"{what} on fetch 2")
    found = read_broken(table, source)
    assert found == list(map(str, range(1, len(found) + 1)))
    assert 20 <= len(found) < 100
    assert len(keys(table, ALWAYS, source)) == 100


@pytest.mark.parametrize("ask", ["look", "read", "others"])
def test_what_is_refused_for_any_reason_is_tried_again(table: RowTable, ask: str) -> None:
    table.create(PLAIN)
    table.commit([("1", 1)])
    source = table.source
    asked: dict[str, Callable[[], object]] = {
        "look": lambda: source.look([ALWAYS]),
        "read": lambda: table.rows(source),
        "others": lambda: others(source, ALWAYS, ()),
    }
    for code in (1722, 31011, 54):
        fault(table, f'error {code} on execute when "{table.schema}"')
        with pytest.raises(OracleUnavailable, match=f"ORA-0*{code} at"):
            asked[ask]()
    asked[ask]()


def test_a_right_that_is_taken_away_is_for_a_person(table: RowTable) -> None:
    table.create(PLAIN)
    source = table.source
    table.run(f"REVOKE SELECT ON {table.name} FROM {READER}")
    with pytest.raises(OracleConfigurationError):
        source.look([ALWAYS])
    with pytest.raises(OracleConfigurationError):
        table.rows(source)


def test_an_error_of_who_reads_passes_as_it_is(table: RowTable) -> None:
    table.create(PLAIN)
    table.commit([("1", 1)])
    with pytest.raises(ZeroDivisionError), table.source.read(ALWAYS) as batches:
        next(batches)
        raise ZeroDivisionError


def test_a_time_before_year_1_has_times_read_as_texts_from_then_on(
    table: RowTable,
) -> None:
    table.create("ID NUMBER PRIMARY KEY, CREATED_AT TIMESTAMP, D DATE, T TIMESTAMP(9)")
    times = "DATE '2026-11-26', TIMESTAMP '0999-01-01 00:00:00.123456789'"
    table.insert(f"1, TIMESTAMP '2026-11-26 12:00:01', {times}")
    old = "DBMS_STATS.CONVERT_RAW_TO_DATE(HEXTORAW('2F860101010101'))"
    table.run(f"INSERT INTO {table.name} SELECT 2, SYSTIMESTAMP, {old}, NULL FROM DUAL")
    source = table.source
    (plain,) = table.rows(source, Slice(at(0), at(10)))
    with pytest.raises(OracleUnavailable, match="such times are read as texts from now on"):
        table.rows(source)
    (careful,) = table.rows(source, Slice(at(0), at(10)))
    assert (careful.time, careful.key) == (plain.time, plain.key)
    assert careful.values == (
        "1",
        datetime(2026, 11, 26, 12, 0, 1),
        "2026-11-26T00:00:00.000000",
        "0999-01-01T00:00:00.123456",
    )
    assert list(map(key_text, plain.values[2:])) == list(careful.values[2:])
