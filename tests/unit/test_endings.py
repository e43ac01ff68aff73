"""How a call ends that was not sent: when it is set aside, and what is kept of it."""

from __future__ import annotations

from datetime import datetime

import pytest

from oracle_cdc.conversations.outbound.deciding import plan
from oracle_cdc.conversations.outbound.endings_and_retries import fail_sealed
from oracle_cdc.conversations.outbound.retry_limits import Limits
from oracle_cdc.conversations.rules.claims import Candidate, Clocks, Rules
from oracle_cdc.conversations.rules.decisions import Plan
from oracle_cdc.errors import MessageRefused
from oracle_cdc.running.retrying import Doubling
from tests.builders import a_conversation

NOW = datetime(2025, 1, 15, 14, 25)


def a_candidate(attempts: int = 0) -> Candidate:
    """Return a call that the ledger knows and nothing was sent of."""
    return Candidate("1001", False, NOW, 2, NOW, NOW, NOW, attempts=attempts)


def limits(*, keeps: bool = False) -> Limits:
    return Limits(1024, 3, 35.0, Doubling(1, 60), keep_failed_messages=keeps)


@pytest.mark.parametrize(("attempts", "is_last"), [(0, False), (1, False), (2, True), (5, True)])
def test_a_call_is_set_aside_with_the_last_failure_it_is_allowed(
    attempts: int, is_last: bool
) -> None:
    assert limits().is_last_attempt(a_candidate(attempts)) is is_last


@pytest.mark.parametrize("keeps", [True, False])
def test_a_body_is_kept_only_where_the_setting_says_so(keeps: bool) -> None:
    planned = plan(a_candidate(), a_conversation(), Clocks(NOW, NOW), Rules(0, 60, 1, ()))
    assert isinstance(planned, Plan)

    ending = fail_sealed(MessageRefused("too large"), planned, limits(keeps=keeps))

    assert ending.event and ending.event.set_aside
    assert (ending.event.set_aside.body is not None) is keeps
