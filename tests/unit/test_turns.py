"""How far a search has come once its calls were claimed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import pytest

from oracle_cdc.conversations.outbound.turns import Turn
from oracle_cdc.conversations.rules.claims import Candidate, Clocks
from oracle_cdc.conversations.rules.windows import FAR_FUTURE, Stretch, Window
from oracle_cdc.conversations.tables.search import Work

NOW = datetime(2025, 1, 15, 14, 25)
START = NOW - timedelta(hours=1)
HOUR = timedelta(hours=1)


def a_turn(accounted: Collection[str], *, limit: int = 10, is_whole: bool = True) -> Turn:
    """Return a turn that found two calls."""
    found = []
    for call_id, minutes in (("1", 10), ("2", 20)):
        time = START + timedelta(minutes=minutes)
        found.append(Candidate(call_id, False, time, 2, time, time, time))
    clocks = Clocks(NOW, NOW)
    work = Work(True, START, START, clocks, found, is_whole)
    return Turn(work, [], frozenset(accounted), len(accounted), len(accounted), limit)


@pytest.mark.parametrize(
    ("turn", "reached"),
    [
        (a_turn({"1", "2"}), NOW),
        (a_turn({"1"}), START),
        (a_turn(()), START),
        (a_turn({"1", "2"}, is_whole=False), START),
        (a_turn({"1", "2"}, limit=2), START + timedelta(minutes=20)),
    ],
)
def test_the_watermark_passes_a_call_only_once_the_ledger_has_it(
    turn: Turn, reached: datetime
) -> None:
    stretch = Stretch(START, HOUR, HOUR)
    assert turn.advance(stretch, Window(START, FAR_FUTURE)).position == reached
