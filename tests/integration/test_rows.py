"""Rows of a table: what a stretch holds to the last digit, shares, keys, late rows, failures."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from oracle_cdc.oracle.row_sql import Share, parse_share
from oracle_cdc.relay.values import Row, Slice
from tests.integration.rowtables import RowTable, keys, others
from tests.relay.doubles import NOON, at
from tests.relay.source_contract import keys_of

PLAIN = "ID NUMBER(19) PRIMARY KEY, CREATED_AT TIMESTAMP, DATA CLOB"
NINE = "ID NUMBER(19) PRIMARY KEY, CREATED_AT TIMESTAMP(9), DATA CLOB"
DAY = "ID NUMBER(19) PRIMARY KEY, CREATED_AT DATE, DATA CLOB"


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


def test_a_share_is_written_as_one_of_several() -> None:
    assert parse_share("2/4") == Share(2, 4)
    assert parse_share(" 1 / 1 ") == Share()


@pytest.mark.parametrize("text", ["", "2", "/", "2/", "/4", "5/4", "0/4", "a/b", "-1/4", "1/4/2"])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a share is 1/1, or such as 2/4"):
        parse_share(text)


@pytest.mark.parametrize("number", [0, 3, -1])
def test_a_share_that_is_none_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="a share is 1/1, or such as 2/4"):
        Share(number, 2)


def test_rows_of_a_stretch_and_a_share_are_counted_up_to_a_limit(table: RowTable) -> None:
    table.create(DAY)
    table.commit([(str(number), number) for number in range(40)])
    stretch = Slice(at(2.5), at(33))
    assert table.source.count_some(stretch, 100) == 30
    assert table.source.count_some(stretch, 7) == 7
    shares = [table.read_with(share=Share(number, 2)) for number in (1, 2)]
    assert sum(share.count_some(stretch, 100) for share in shares) == 30
