"""Windows and watermark: what is searched, in which order, and when it counts as done."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle_cdc.conversations.rules.windows import (
    FAR_FUTURE,
    Stretch,
    begin_stretch,
    needed_from,
    next_watermark,
    sweep_start,
)

NOW = datetime(2026, 3, 27, 12, 0)
OVERLAP = timedelta(minutes=10)
SLICE = timedelta(minutes=60)
LONG_AGO = datetime(2020, 1, 1)


def a_stretch(
    watermark: datetime, *, coverage_start: datetime = LONG_AGO, now: datetime = NOW
) -> Stretch:
    return begin_stretch(watermark, coverage_start, now, overlap=OVERLAP, slice_length=SLICE)


def test_a_service_that_keeps_up_searches_one_open_ended_window() -> None:
    window = a_stretch(NOW - timedelta(seconds=10)).window(NOW)

    assert (window.start, window.end) == (NOW - timedelta(seconds=10) - OVERLAP, FAR_FUTURE)


def test_nothing_before_the_start_of_coverage_is_searched() -> None:
    assert a_stretch(NOW, coverage_start=NOW - timedelta(minutes=3)).position == NOW - timedelta(
        minutes=3
    )


def test_a_watermark_ahead_of_the_clock_counts_as_the_clock() -> None:
    assert a_stretch(NOW + timedelta(days=1)).position == NOW - OVERLAP


def test_three_days_of_downtime_are_searched_in_slices_without_a_gap() -> None:
    stretch, windows = a_stretch(NOW - timedelta(days=3)), []
    while not stretch.is_finished:
        windows.append(stretch.window(NOW))
        stretch = stretch.advanced(windows[-1], NOW)

    assert windows[0].start == NOW - timedelta(days=3) - OVERLAP
    assert all(before.end == after.start for before, after in pairwise(windows))
    assert windows[-1].is_newest
    assert max(w.end - w.start for w in windows[:-1]) == OVERLAP + SLICE


def test_a_search_that_the_limit_cut_goes_on_where_it_was_cut() -> None:
    stretch = a_stretch(NOW - timedelta(days=3))
    reached = stretch.position + timedelta(seconds=30)

    shortened = stretch.shortened(reached)

    assert shortened.window(NOW).start == reached
    assert shortened.window(NOW).end == reached + timedelta(seconds=60)


def test_many_calls_at_one_moment_do_not_stop_the_stretch() -> None:
    stretch = a_stretch(NOW - timedelta(days=3))

    assert stretch.shortened(stretch.position).window(NOW).end > stretch.position


def test_the_watermark_stays_when_the_window_was_not_finished() -> None:
    watermark = NOW - timedelta(hours=5)

    assert next_watermark(watermark, a_stretch(watermark), NOW) == watermark


def test_the_watermark_becomes_the_clock_of_the_search_that_finished_the_window() -> None:
    stretch = a_stretch(NOW - timedelta(seconds=10))

    assert (
        next_watermark(NOW - timedelta(seconds=10), stretch.advanced(stretch.window(NOW), NOW), NOW)
        == NOW
    )


def test_the_watermark_moves_back_with_the_databases_clock() -> None:
    stretch = a_stretch(NOW + timedelta(hours=1))

    assert (
        next_watermark(NOW + timedelta(hours=1), stretch.advanced(stretch.window(NOW), NOW), NOW)
        == NOW
    )


@pytest.mark.parametrize("hours_behind", [0, 1, 100])
def test_the_newest_window_is_what_live_calls_fall_into(hours_behind: int) -> None:
    window = a_stretch(NOW - timedelta(hours=hours_behind)).newest_window(NOW)

    assert (window.start, window.end) == (NOW - OVERLAP, FAR_FUTURE)


@given(
    watermark=st.datetimes(LONG_AGO, NOW + timedelta(days=2)),
    cuts=st.lists(st.floats(0, 1), max_size=30),
    now=st.datetimes(LONG_AGO, NOW),
)
def test_the_watermark_never_passes_the_clock_nor_what_was_searched(
    watermark: datetime, cuts: list[float], now: datetime
) -> None:
    stretch = a_stretch(watermark, now=now)
    for cut in cuts:
        window = stretch.window(now)
        end = min(window.end, now + timedelta(days=1))
        if cut < 0.5:
            stretch = stretch.advanced(window, now)
        else:
            stretch = stretch.shortened(
                window.start + max(end - window.start, timedelta()) * (cut - 0.5)
            )
        if stretch.is_finished:
            break

    assert next_watermark(watermark, stretch, now) <= now
    assert stretch.is_finished or next_watermark(watermark, stretch, now) <= max(
        min(watermark, now), stretch.position
    )


def a_range() -> Stretch:
    """Return a range from noon to noon, in slices of an hour."""
    return Stretch(NOW, SLICE, SLICE, end=NOW + timedelta(days=1))


def test_a_range_with_an_end_is_searched_to_its_end_and_no_further() -> None:
    stretch, windows = a_range(), []
    while not stretch.is_finished:
        windows.append(stretch.window(NOW))
        stretch = stretch.advanced(windows[-1], NOW)

    assert (windows[0].start, windows[-1].end) == (NOW, NOW + timedelta(days=1))
    assert not any(window.is_newest for window in windows)
    assert stretch.position == NOW + timedelta(days=1)


def test_an_empty_time_is_skipped() -> None:
    later = NOW + timedelta(hours=20)

    assert a_range().skipped_to(later).position == later


def test_nothing_more_in_the_source_finishes_a_range() -> None:
    assert a_range().skipped_to(None).is_finished
    assert a_range().skipped_to(NOW + timedelta(days=3)).is_finished


def test_a_skip_never_goes_back() -> None:
    assert a_range().skipped_to(NOW - timedelta(days=1)).position == NOW


@pytest.mark.parametrize(
    ("watermark_hours", "last_end_hours", "start_hours"),
    [(0, None, 24), (0, 1, 25), (50, 1, 74), (0, 80, 104)],
)
def test_a_sweep_reaches_behind_the_last_one_and_behind_a_downtime(
    watermark_hours: int, last_end_hours: int | None, start_hours: int
) -> None:
    last_end = None if last_end_hours is None else NOW - timedelta(hours=last_end_hours)

    start = sweep_start(
        NOW - timedelta(hours=watermark_hours),
        LONG_AGO,
        NOW,
        last_end=last_end,
        length=timedelta(hours=24),
    )

    assert start == NOW - timedelta(hours=start_hours)


def test_a_sweep_never_begins_before_the_coverage() -> None:
    coverage = NOW - timedelta(hours=3)

    assert sweep_start(NOW, coverage, NOW, last_end=None, length=timedelta(hours=24)) == coverage


def test_what_window_sweep_or_job_may_reach_is_needed() -> None:
    day = timedelta(days=1)

    assert needed_from(NOW, NOW, overlap=OVERLAP, sweep=None, job_cursor=None) == NOW - OVERLAP
    assert needed_from(NOW, NOW, overlap=OVERLAP, sweep=NOW - day, job_cursor=None) == NOW - day
    assert (
        needed_from(NOW, NOW, overlap=OVERLAP, sweep=NOW - day, job_cursor=NOW - 9 * day)
        == NOW - 9 * day
    )
    assert (
        needed_from(NOW - 30 * day, NOW, overlap=OVERLAP, sweep=None, job_cursor=None)
        == NOW - 30 * day - OVERLAP
    )


def test_a_sweep_counts_from_a_clock_that_was_put_back() -> None:
    length = timedelta(hours=24)
    ahead = NOW + timedelta(hours=3)
    start = sweep_start(ahead, datetime(2000, 1, 1), NOW, last_end=ahead, length=length)
    assert start == NOW - length


def test_a_slice_that_ends_at_the_clock_is_open_ended() -> None:
    hour = timedelta(hours=1)
    assert Stretch(NOW - hour, hour, hour).window(NOW).is_newest


def test_a_slice_doubles_up_to_the_longest() -> None:
    minute = timedelta(minutes=1)
    stretch = Stretch(NOW - timedelta(days=1), minute, 3 * minute)
    second = stretch.advanced(stretch.window(NOW), NOW)
    third = second.advanced(second.window(NOW), NOW)
    assert (second.slice_length, third.slice_length) == (2 * minute, 3 * minute)


@pytest.mark.parametrize(("failed", "part"), [(0, 1), (1, 2), (3, 8), (16, 65_536), (17, 65_536)])
def test_slices_halve_with_each_search_that_did_not_end(failed: int, part: int) -> None:
    whole = timedelta(days=30)
    stretch = begin_stretch(
        NOW, LONG_AGO, NOW, overlap=whole / 2, slice_length=whole / 2, failed_searches=failed
    )
    assert stretch.slice_length == max(whole / part, timedelta(seconds=1))


def test_an_unfinished_stretch_takes_a_watermark_ahead_of_the_clock_back_to_what_it_searched() -> (
    None
):
    searched = NOW - timedelta(minutes=5)
    stretch = Stretch(searched, SLICE, SLICE)
    assert next_watermark(NOW + timedelta(hours=1), stretch, NOW) == searched
    assert next_watermark(NOW - timedelta(hours=1), stretch, NOW) == searched
    assert next_watermark(NOW - timedelta(minutes=1), stretch, NOW) == NOW - timedelta(minutes=1)
    assert next_watermark(NOW, stretch, NOW) == NOW


def test_a_stretch_goes_on_past_what_others_have_searched_and_never_back() -> None:
    stretch = Stretch(NOW, SLICE, SLICE, OVERLAP)
    later = NOW + SLICE
    assert stretch.moved_on(later) == Stretch(later, SLICE, SLICE, OVERLAP)
    assert stretch.moved_on(NOW - SLICE) == stretch


def test_slices_are_no_longer_than_the_longest_of_another_stretch() -> None:
    short, long = Stretch(NOW, OVERLAP, OVERLAP), Stretch(LONG_AGO, SLICE, SLICE, OVERLAP)
    assert long.sliced_as(short) == Stretch(LONG_AGO, OVERLAP, OVERLAP, OVERLAP)
    assert short.sliced_as(long) == Stretch(NOW, OVERLAP, SLICE)
