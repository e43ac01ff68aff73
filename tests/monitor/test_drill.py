"""Rows are found by buckets, with what set arithmetic says of them and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import md5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync_monitor.measurements import Differences
from sync_monitor.model import Bound
from sync_monitor.rows.drill import (
    Caps,
    Drilled,
    Leaf,
    Tally,
    bucket_width,
    compare_rows,
    drill,
)

#: A row: its key and its contents.
Row = tuple[int, int]
ROWS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 2)), max_size=60)


class Held:
    """Rows in memory as a side of the comparison, which counts its statements."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = list(rows)
        self.statements = 0
        self.sent = 0

    def buckets(self, width: int) -> Mapping[str, Tally]:
        self.statements += 1
        found: dict[str, Tally] = {}
        for key, contents in self.rows:
            name = digest(str(key))[:width]
            rows, total = found.get(name, Tally(0, 0))
            found[name] = Tally(rows + 1, total + int(digest(f"{key}|{contents}")[17:], 16))
        return found

    def leaves(self, width: int, buckets: Sequence[str]) -> Iterable[Leaf]:
        self.statements += 1
        for key, contents in self.rows:
            if digest(str(key))[:width] in buckets:
                self.sent += 1
                yield Leaf(str(key), digest(f"{key}|{contents}"))


def digest(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def arithmetic(oracle: list[Row], lake: list[Row]) -> Differences:
    """Return the differences by arithmetic of multisets, key by key."""
    missing = extra = changed = doubled = compared = 0
    for key in {key for key, _ in [*oracle, *lake]}:
        here = Counter(contents for each, contents in oracle if each == key)
        there = Counter(contents for each, contents in lake if each == key)
        both = min(here.total(), there.total())
        missing += here.total() - both
        extra += there.total() - both
        changed += both - sum(min(here[each], there[each]) for each in here)
        doubled += max(0, there.total() - max(1, here.total()))
        compared += both
    return Differences(missing, extra, changed, doubled, compared)


@given(ROWS, ROWS, st.sampled_from([1, 40, 101, 2000, 10**9]))
@settings(max_examples=200)
def test_a_drill_finds_what_set_arithmetic_says(
    oracle: list[Row], lake: list[Row], rows: int
) -> None:
    here, there = Held(oracle), Held(lake)
    found = drill(here, there, rows).differences
    assert found == arithmetic(oracle, lake)
    assert found.compared is not None
    assert found.missing + found.compared == len(oracle)
    assert found.extra + found.compared == len(lake)
    assert max(here.statements, there.statements) <= 2


@given(ROWS, ROWS, st.integers(0, 20), st.integers(0, 20))
def test_what_a_cap_leaves_out_is_said_to_be_at_least(
    oracle: list[Row], lake: list[Row], leaf_rows: int, differing_rows: int
) -> None:
    here, there = Held(oracle), Held(lake)
    found = drill(here, there, 1000, Caps(leaf_rows, differing_rows)).differences
    whole = arithmetic(oracle, lake)
    assert here.sent + there.sent <= leaf_rows
    assert found.missing <= whole.missing
    assert found.extra <= whole.extra
    if found.bound is Bound.EXACT:
        assert found == whole
    else:
        assert found.has_other_sum


@pytest.mark.parametrize(
    ("rows", "width"),
    [(0, 0), (100, 0), (101, 1), (1600, 1), (1601, 2), (8000, 2), (6_200_000, 4), (10**9, 4)],
)
def test_buckets_have_about_a_hundred_rows(rows: int, width: int) -> None:
    assert bucket_width(rows) == width


def many(count: int) -> list[Row]:
    return [(number, 0) for number in range(count)]


def test_only_the_rows_of_differing_buckets_are_sent() -> None:
    oracle, lake = Held(many(8000)), Held(many(7990))
    differences, buckets = drill(oracle, lake, 8000)
    assert (differences.missing, differences.extra, differences.changed) == (10, 0, 0)
    assert buckets[0] <= 10
    assert buckets[1] == 256
    assert oracle.sent + lake.sent < 1000
    assert (oracle.statements, lake.statements) == (2, 2)


def test_sides_that_agree_send_no_row() -> None:
    oracle, lake = Held(many(8000)), Held(many(8000))
    assert drill(oracle, lake, 8000) == Drilled(
        Differences(0, 0, changed=0, doubled=0, compared=8000), (0, 256)
    )
    assert (oracle.sent, oracle.statements) == (0, 1)


def test_doubles_and_missing_rows_of_equal_counts_are_both_found() -> None:
    lake = many(8000)[16:] + many(8000)[100:116]
    found = drill(Held(many(8000)), Held(lake), 8000).differences
    assert (found.missing, found.extra, found.doubled, found.changed) == (16, 16, 16, 0)


def test_a_row_that_is_there_three_times_is_two_too_many() -> None:
    found = compare_rows([Leaf("1", "a")], [Leaf("1", "a"), Leaf("1", "b"), Leaf("1", "a")])
    assert (found.extra, found.doubled, found.changed) == (2, 2, 0)


def test_rows_without_a_key_are_counted() -> None:
    found = compare_rows([Leaf("1|~", "a")], [Leaf("~|~", "b"), Leaf("~|~", "c")])
    assert (found.missing, found.extra, found.without_key) == (1, 2, 2)
