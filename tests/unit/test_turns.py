"""How far a search has come once its calls were claimed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import pytest

from oracle_cdc.conversations.outbound.lanes import split_apart
from oracle_cdc.conversations.outbound.turn import Turn
from oracle_cdc.conversations.rules.claims import Candidate, Claim, Clocks
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
    claims = [Claim(candidate, 0.0, 0) for candidate in found]
    return Turn(work, claims, frozenset(accounted), len(accounted), len(accounted), limit)


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


def a_claim(call_id: str, attempts: int) -> Claim:
    return Claim(Candidate(call_id, False, NOW, 2, NOW, NOW, NOW, attempts=attempts), 0.0, 0)


@pytest.mark.parametrize("is_probe", [True, False])
def test_what_has_failed_by_itself_is_put_off_beside_the_probe_of_a_queue(is_probe: bool) -> None:
    batches = split_apart([a_claim("1", 0), a_claim("2", 3)], None, is_probe=is_probe)

    leased = [claim.candidate.call_id for claim in batches[0] if claim.is_leased]
    assert len(batches) == 1
    assert leased == (["1"] if is_probe else ["1", "2"])


def test_what_has_failed_by_itself_is_probed_with_where_there_is_nothing_else() -> None:
    ((claim,),) = split_apart([a_claim("2", 3)], None, is_probe=True)
    assert claim.is_leased
