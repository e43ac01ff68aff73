"""What a program set aside: listed, counted, kept and removed without its lock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import pytest

from oracle_cdc.mariadb import set_aside
from oracle_cdc.mariadb.names import name_failure
from oracle_cdc.mariadb.program_standing import count_aside, count_discarded
from oracle_cdc.mariadb.set_aside import AsideRow, SetAsideTable
from oracle_cdc.mariadb.tracking import MariaDbTracking
from oracle_cdc.relay.slices import Grid
from oracle_cdc.relay.values import SetAside, Slice
from tests.mariadb.schema import Schema
from tests.relay.tracking_contract import EXACT, REACHED, tally, until_free

LONG = "k" * 300


def count(schema: Schema, counting: Callable[..., Mapping[datetime, int]]) -> int:
    """Return how many rows are counted of the minute around the exact time."""
    grid, minute = Grid(timedelta(seconds=10)), timedelta(minutes=1)
    stretch = Slice(EXACT - minute, EXACT + minute)
    return sum(counting(schema.database(), schema.program, grid, stretch).values())


@pytest.fixture
def aside(schema: Schema) -> SetAsideTable:
    return SetAsideTable(schema.database(), schema.program)


def test_what_is_added_is_listed_with_an_id_of_its_own_and_the_exact_time(
    schema: Schema, aside: SetAsideTable
) -> None:
    aside.add([SetAside("1", EXACT, "too large", 3), SetAside("a:%3Ab", EXACT, "x", 0)])
    first, second = aside.list()
    assert (first.key, first.time, first.reason, first.attempts) == ("1", EXACT, "too large", 3)
    assert first.failure_id == name_failure(schema.program, "1")
    assert second.failure_id != first.failure_id
    assert isinstance(first.set_aside_at, datetime)
    assert aside.count() == 2


def test_another_program_and_another_share_see_none_of_it(
    schema: Schema, aside: SetAsideTable
) -> None:
    aside.add([SetAside("1", EXACT, "too large", 3)])
    other = SetAsideTable(schema.database(), f"{schema.program}#2/4")
    assert other.list() == []
    assert (other.count(), other.remove(["1"]), aside.count()) == (0, 0, 1)


def test_only_what_was_set_aside_longer_ago_is_listed_by_age(
    schema: Schema, aside: SetAsideTable
) -> None:
    aside.add([SetAside("old", EXACT, "x", 1), SetAside("new", EXACT, "x", 1)])
    schema.administer(
        "UPDATE ETL_SET_ASIDE SET SET_ASIDE_AT = SET_ASIDE_AT - INTERVAL 8 DAY "
        "WHERE ROW_KEY = 'old'"
    )
    assert [row.key for row in aside.list(timedelta(days=7.5))] == ["old"]
    assert [row.key for row in aside.list(timedelta(0))] == ["old", "new"]
    assert [row.key for row in aside.list()] == ["old", "new"]


def test_a_row_that_is_refused_again_is_kept_with_the_newest_reason_and_all_attempts(
    aside: SetAsideTable,
) -> None:
    aside.add([SetAside("1", EXACT, "too large", 3)])
    before = aside.list()[0].set_aside_at
    aside.keep("1", "still " * 100, 2)
    (row,) = aside.list()
    assert (len(row.reason), row.attempts, row.set_aside_at) == (500, 5, before)


def test_a_row_that_somebody_deleted_meanwhile_stays_deleted(aside: SetAsideTable) -> None:
    aside.keep("1", "refused again", 1)
    assert aside.list() == []


def test_thousands_are_removed_by_their_keys_and_the_others_stay(
    aside: SetAsideTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(set_aside, "DELETE_ROWS", 7)
    keys = [str(number) for number in range(20)]
    aside.add([SetAside(key, EXACT, "x", 1) for key in [*keys, LONG, "a", "A"]])
    assert aside.remove(keys) == 20
    assert aside.remove(["A"]) == 1
    assert {row.key[:3] for row in aside.list()} == {"kkk", "a"}


def test_what_a_person_gives_up_is_listed_no_more_and_counted_by_its_slice(
    schema: Schema, aside: SetAsideTable
) -> None:
    aside.add([SetAside(key, EXACT, "x", 1) for key in ("1", "2", LONG)])
    keys = [row.key for row in aside.list() if row.key != "2"]
    assert aside.discard(keys) == 2
    assert aside.discard(keys) == 0
    assert [row.key for row in aside.list()] == ["2"]
    assert (aside.count(), count(schema, count_aside), count(schema, count_discarded)) == (1, 1, 2)


def test_a_row_that_was_given_up_and_is_refused_once_more_is_set_aside_alone(
    schema: Schema, aside: SetAsideTable
) -> None:
    for _ in range(2):
        aside.add([SetAside("1", EXACT, "x", 1)])
        assert (count(schema, count_aside), count(schema, count_discarded)) == (1, 0)
        assert aside.discard(["1"]) == 1
        assert (count(schema, count_aside), count(schema, count_discarded)) == (0, 1)


def test_what_a_person_gave_up_goes_with_the_slices_of_its_time(
    schema: Schema, aside: SetAsideTable
) -> None:
    tracking = schema.tracking()
    tracking.begin(schema.program)
    aside.add([SetAside("1", EXACT, "x", 1), SetAside("2", EXACT, "x", 1)])
    aside.discard(["1"])
    tracking.save(REACHED, [tally(0, 1)], forget=EXACT + timedelta(seconds=1))
    assert (count(schema, count_aside), count(schema, count_discarded)) == (1, 0)


def test_what_a_person_gave_up_and_somebody_has_locked_goes_later_and_keeps_no_progress(
    schema: Schema, aside: SetAsideTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oracle_cdc.mariadb.database.LOCK_WAIT_SECONDS", 0)
    clock = iter(range(0, 1000, 100))
    tracking = MariaDbTracking(schema.database(), clock=lambda: float(next(clock)))
    tracking.begin(schema.program)
    aside.add([SetAside("1", EXACT, "x", 1)])
    aside.discard(["1"])
    later = EXACT + timedelta(seconds=1)
    with schema.server.administer(schema.name) as person, person.cursor() as cursor:
        person.begin()
        cursor.execute("SELECT * FROM ETL_SET_ASIDE FOR UPDATE")
        assert tracking.save(REACHED, [tally(0, 1)], forget=later)
        assert count(schema, count_discarded) == 1
    until_free(tracking, schema.program)
    assert tracking.save(REACHED, [tally(0, 1)], forget=later)
    assert count(schema, count_discarded) == 0


def test_keys_that_differ_in_the_blanks_at_their_ends_are_rows_of_their_own(
    aside: SetAsideTable,
) -> None:
    aside.add([SetAside(key, EXACT, "too large", 1) for key in ("x", "x ", "x  ")])
    assert aside.count() == 3
    assert len({row.failure_id for row in aside.list()}) == 3
    assert aside.remove(["x"]) == 1


def test_a_row_that_a_person_wrote_without_a_time_is_listed_all_the_same(
    schema: Schema, aside: SetAsideTable
) -> None:
    schema.administer(
        "INSERT INTO ETL_SET_ASIDE (PROGRAM_NAME, ROW_KEY, SET_ASIDE_AT) VALUES (%s, '1', NULL)",
        schema.program,
    )
    failure_id = name_failure(schema.program, "1")
    assert aside.list() == [AsideRow(failure_id, "1", None, "", 0, None)]
