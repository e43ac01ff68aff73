"""Cycles of many searches, while the watermark is moved by others, or connections are lost."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from oracle_cdc.conversations.rules.windows import Window
from oracle_cdc.conversations.tables.modes import NORMAL_MODE
from oracle_cdc.conversations.tables.search import Query, Work, find_work
from oracle_cdc.errors import CdcError
from oracle_cdc.oracle.session import Session
from tests.integration.cycles import fall_behind
from tests.integration.test_clocks import started
from tests.world import USER, World

#: Calls back with the number of each slice that is searched, and returns all of them.
Searched = Callable[[Callable[[int], object]], list[Window]]
#: A cycle that begins anew with each search never ends.
ENDLESS = 100
OVERLAP = timedelta(minutes=10)


def move(world: World, hours: float) -> None:
    """Move the watermark, as another copy's cycle or a person does."""
    world.change(
        f"UPDATE {USER}.CDC_PROCESSING_STATUS "
        f"SET LAST_PROCESSED_TIMESTAMP = LAST_PROCESSED_TIMESTAMP + "
        f"NUMTODSINTERVAL({hours * 3600}, 'SECOND') "
        f"WHERE TABLE_NAME = '{NORMAL_MODE}'"
    )


def lose(world: World) -> None:
    """Have the connection of the next search lost."""
    world.server.faults.set(f'drop before execute times 1 when "m.IS_ENABLED" for {USER}')


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> Searched:
    """Return what notes the slices that are searched."""

    def note(happens: Callable[[int], object]) -> list[Window]:
        slices: list[Window] = []

        def search(session: Session, query: Query) -> Work:
            if not query.window.is_newest:
                slices.append(query.window)
                happens(len(slices))
                assert len(slices) < ENDLESS
            return find_work(session, query)

        monkeypatch.setattr("oracle_cdc.conversations.outbound.searching.find_work", search)
        return slices

    return note


def test_a_cycle_ends_though_another_copy_moves_the_watermark_on_with_each_search(
    world: World, searched: Searched
) -> None:
    # A copy with short slices began anew whenever the other one ended a cycle. It was never ready,
    # and searched the same slices for as long as the other one lived.
    capture, _ = started(world)
    fall_behind(world, hours=20)
    slices = searched(lambda number: move(world, 1 / 3600))

    capture.position = None
    capture.run_cycle()

    assert len(slices) > 5
    for before, after in pairwise(slices):
        assert after.start == before.end


def test_a_watermark_that_is_moved_far_ahead_leaves_out_what_lies_before(
    world: World, searched: Searched
) -> None:
    capture, _ = started(world)
    fall_behind(world, hours=20)
    slices = searched(lambda number: move(world, 15 if number == 2 else 0))

    capture.position = None
    capture.run_cycle()

    assert slices[2].start == slices[0].start + timedelta(hours=15)


def test_a_watermark_that_is_moved_back_has_all_since_then_searched_again(
    world: World, searched: Searched
) -> None:
    capture, _ = started(world)
    fall_behind(world, hours=20)
    slices = searched(lambda number: move(world, -0.5 if number == 3 else 0))

    capture.position = None
    capture.run_cycle()

    assert slices[3].start == slices[0].start - timedelta(hours=0.5)
    assert slices[-1].end > slices[2].end


def test_a_search_whose_connection_is_lost_at_once_is_tried_with_the_same_slice(
    world: World, searched: Searched
) -> None:
    # Twenty losses on a bad network left slices of a second, which no cycle came to the end of.
    capture, _ = started(world)
    fall_behind(world, hours=20)
    slices = searched(lambda number: None)
    world.server.faults.set(f'drop before execute times 6 when "m.IS_ENABLED" for {USER}')
    capture.position = None

    for _ in range(6):
        with suppress(CdcError):
            capture.run_cycle()
    capture.run_cycle()

    lengths = {each.end - each.start for each in slices}
    assert lengths == {timedelta(minutes=60) + OVERLAP}


def test_a_cycle_goes_on_where_one_failed_but_for_what_may_come_late(
    world: World, searched: Searched
) -> None:
    # Each cycle began at the same slice: with one search in five lost none came to the end.
    capture, _ = started(world)
    fall_behind(world, hours=20)
    slices = searched(lambda number: lose(world) if number % 5 == 0 else None)
    capture.position = None
    failed = 0

    while capture.position is None:
        before = len(slices)
        with suppress(CdcError):
            capture.run_cycle()
        if failed:
            assert slices[before].start == slices[before - 1].start - OVERLAP
        failed += 1

    assert failed > 3


def test_a_watermark_that_is_put_back_between_two_cycles_is_followed_after_a_failure(
    world: World, searched: Searched
) -> None:
    capture, _ = started(world)
    fall_behind(world, hours=20)
    slices = searched(lambda number: lose(world) if number == 3 else None)
    capture.position = None
    with suppress(CdcError):
        capture.run_cycle()
    move(world, -0.5)

    capture.run_cycle()

    assert slices[3].start == slices[0].start - timedelta(hours=0.5)


def test_slices_that_had_become_short_grow_again_while_searches_are_quick(
    world: World, searched: Searched
) -> None:
    # After an hour of an overloaded Oracle a day was searched second by second.
    capture, _ = started(world)
    fall_behind(world, hours=20)
    slices = searched(lambda number: None)
    capture.turns.finder.long_failures = 12
    capture.position = None

    capture.run_cycle()

    assert slices[0].end - slices[0].start < timedelta(seconds=2)
    assert slices[-2].end - slices[-2].start == timedelta(minutes=60) + OVERLAP


def test_how_far_a_cycle_came_by_a_clock_that_was_ahead_counts_for_nothing(
    world: World, searched: Searched
) -> None:
    capture, _ = started(world)
    fall_behind(world, hours=5)
    slices = searched(lambda number: None)
    position = capture.begin()
    capture.position = None
    capture.reached = position.watermark, position.clocks.now + timedelta(hours=1)

    capture.run_cycle()

    assert slices[0].start == position.watermark - OVERLAP


def test_a_stretch_stays_where_it_is_while_the_watermark_is_ahead_of_the_clock(
    world: World,
) -> None:
    # The time that nobody had searched yet was passed by as the clock went on.
    capture, _ = started(world)
    before = capture.begin()
    before = replace(before, watermark=before.clocks.now + timedelta(hours=1))
    later = replace(before.clocks, now=before.clocks.now + timedelta(minutes=2))
    stretch = capture.begin_stretch(before)

    after = capture.go_on(stretch, before, replace(before, clocks=later))

    assert after.position == stretch.position
