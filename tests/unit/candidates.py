"""Candidates, and what the ledger says of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from oracle_cdc.conversations.rules.claims import (
    Candidate,
    Clocks,
    Rules,
)
from tests.builders import CALL_TIME, a_conversation, content_hash

NOW = CALL_TIME + timedelta(hours=1)
UTC = NOW - timedelta(hours=2)


MOMENT = Clocks(NOW, UTC)
RULES = Rules(
    settle_seconds=60, max_wait_seconds=7200, min_segments=2, required_channels=("A", "C")
)


def a_candidate(**changes: object) -> Candidate:
    first, last = CALL_TIME + timedelta(seconds=3.25), CALL_TIME + timedelta(seconds=7)
    usual = Candidate(
        call_id="1001",
        is_due=False,
        oldest_time=first,
        rows_found=2,
        newest_time=last,
        first_time=first,
        last_time=last,
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def accepted(**changes: object) -> Candidate:
    """Return a candidate whose usual conversation was accepted as revision 1."""
    digest = content_hash(a_conversation(), time_zone=None)
    usual = a_candidate(
        state="SENT",
        revision=1,
        sent_revision=1,
        rows_read=2,
        newest_read=CALL_TIME + timedelta(seconds=7),
        content_hash=digest,
        assembled_at=UTC - timedelta(hours=1),
        sent_at=UTC - timedelta(hours=1),
        version=3,
    )
    return replace(usual, **changes)  # type: ignore[arg-type]
