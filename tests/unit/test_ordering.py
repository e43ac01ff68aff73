"""Long tests begin first in each of the processes that share all tests."""

from __future__ import annotations

from itertools import chain

import pytest

from tests.documents import ROOT
from tests.ordering import LANES, deal, modules_of


def test_each_share_begins_with_a_lane_as_far_as_there_are_some() -> None:
    dealt = deal([["A1", "A2"], ["B"]], list("12345678"), 3)
    assert dealt == ["A1", "A2", "1", "B", "2", "3", "4", "5", "6", "7", "8"]


def test_lanes_that_are_more_than_the_shares_follow_each_other() -> None:
    assert deal([["A"], ["B"], ["C"]], list("12345"), 2) == ["A", "C", "1", "2", "B", "3", "4", "5"]


@pytest.mark.parametrize("shares", [1, 2, 3, 4, 20])
@pytest.mark.parametrize("count", [0, 1, 11, 40])
def test_no_test_is_lost_or_doubled(shares: int, count: int) -> None:
    others = list(map(str, range(count)))
    assert sorted(deal([["A", "B"], ["C"]], others, shares)) == sorted(["A", "B", "C", *others])


@pytest.mark.parametrize("file", [*chain(*LANES)])
def test_long_files_are_there(file: str) -> None:
    assert (ROOT / "tests" / file).is_file()


def test_what_is_ignored_is_not_imported() -> None:
    every, some = modules_of(ROOT), modules_of(ROOT, ["tests/unit"])
    assert set(every) - set(some) == {name for name in every if name.startswith("tests.unit.")}
