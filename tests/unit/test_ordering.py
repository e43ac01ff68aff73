"""Long tests begin first in each of the processes that share all tests."""

from __future__ import annotations

import pytest

from tests.documents import ROOT
from tests.ordering import LONG, deal, modules_of


def test_shares_begin_with_long_tests_but_two_and_groups_stay_together() -> None:
    dealt = deal([["A"], ["B1", "B2"], ["C"]], list("12345678"), 4)
    assert dealt == ["A", "C", "1", "B1", "B2", "2", "3", "4", "5", "6", "7", "8"]


@pytest.mark.parametrize("shares", [1, 2, 3, 4, 20])
@pytest.mark.parametrize("count", [0, 1, 11, 40])
def test_no_test_is_lost_or_doubled(shares: int, count: int) -> None:
    others = list(map(str, range(count)))
    assert sorted(deal([["A", "B"], ["C"]], others, shares)) == sorted(["A", "B", "C", *others])


@pytest.mark.parametrize("file", LONG)
def test_long_files_are_there(file: str) -> None:
    assert (ROOT / "tests" / file).is_file()


def test_what_is_ignored_is_not_imported() -> None:
    every, some = modules_of(ROOT), modules_of(ROOT, ["tests/unit"])
    assert set(every) - set(some) == {name for name in every if name.startswith("tests.unit.")}
