"""What a replay asks of the service."""

from __future__ import annotations

from datetime import datetime

from oracle_cdc.conversations.replay import claim_anew
from oracle_cdc.conversations.rules.claims import Candidate

NOW = datetime(2025, 1, 15, 14, 25)


def test_a_replay_starts_counting_attempts_and_takeovers_anew() -> None:
    failed = Candidate("1", True, NOW, 2, NOW, NOW, NOW, attempts=9, takeovers=5)

    claim = claim_anew(failed)

    assert (claim.candidate.attempts, claim.candidate.takeovers, claim.takeovers) == (0, 0, 0)
    assert claim.is_leased
