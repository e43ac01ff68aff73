"""What `check` says of the newest TEXT_TIME beside the database's clock."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from oracle_cdc.commands.conversations.dry_cycle import clock_warnings
from oracle_cdc.conversations.rules.claims import Clocks

NOON = datetime(2026, 1, 15, 12)
CLOCKS = Clocks(NOON, NOON)


@pytest.mark.parametrize(
    ("lag", "said"),
    [
        (timedelta(hours=2), "the newest TEXT_TIME is 2 h behind the database's clock"),
        (timedelta(hours=-3), "the newest TEXT_TIME is 3 h ahead of the database's clock"),
    ],
)
def test_whole_hours_between_the_two_are_said_with_their_side(lag: timedelta, said: str) -> None:
    assert said in clock_warnings(NOON - lag, CLOCKS)[-1]


@pytest.mark.parametrize("minutes", [0, 30, 90, 15 * 60])
def test_what_no_time_zone_explains_is_no_warning(minutes: int) -> None:
    assert clock_warnings(NOON - timedelta(minutes=minutes), CLOCKS) == []


def test_an_empty_source_is_said() -> None:
    assert clock_warnings(None, CLOCKS) == ["the source table is empty"]
