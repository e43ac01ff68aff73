"""Claimed calls, decided: the values that the ledger and the queue get with each decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from oracle_cdc.conversations.outbound.deciding import counted_times, decide, plan
from oracle_cdc.conversations.rules.assembly import Verdict, group_calls, judge
from oracle_cdc.conversations.rules.claims import (
    FUTURE_HORIZON,
    PUT_OFF_SECONDS,
    Candidate,
    Claim,
    Clocks,
    Rules,
    choose_claims,
    put_off,
    seconds_to_wait,
)
from oracle_cdc.conversations.rules.decisions import Deferral, Plan, Rejection, Unchanged
from oracle_cdc.conversations.rules.messages import write_content
from tests.builders import CALL_TIME, a_conversation, a_segment
from tests.unit.marking import MARKER

NEWEST = CALL_TIME + timedelta(seconds=7)
NOW = CALL_TIME + timedelta(hours=1)
CLOCKS = Clocks(NOW, NOW - timedelta(hours=2))
RULES = Rules(60, 7200, 2, ("A", "C"))


def a_candidate(**changes: object) -> Candidate:
    """Return a call that the ledger does not know."""
    usual = Candidate("1001", False, CALL_TIME, 2, NEWEST, CALL_TIME, NEWEST)
    return replace(usual, **changes)  # type: ignore[arg-type]


def test_a_plan_holds_all_that_its_message_is_made_of() -> None:
    conversation = a_conversation()
    rules = replace(RULES, time_zone="Asia/Jerusalem")
    content = write_content(conversation, time_zone="Asia/Jerusalem")

    first = plan(a_candidate(revision=4), conversation, CLOCKS, rules)

    call = conversation.without_utterances()
    assert first == Plan(a_candidate(revision=4), call, 5, content, content.hash, CLOCKS.utc)


def test_a_plan_and_its_repeat_have_marks_for_what_is_personal_and_count_them() -> None:
    rules = replace(RULES, marker=MARKER)
    conversation = a_conversation(a_segment("my address is dana@example.com"))
    marked = a_conversation(a_segment("my address is [EMAIL]"))

    first = plan(a_candidate(), conversation, CLOCKS, rules)

    assert isinstance(first, Plan)
    assert first.content == write_content(marked, time_zone=None)
    assert first.marks == {"email": 1}
    sealed = a_candidate(revision=1, content_hash=first.content_hash, assembled_at=CLOCKS.utc)
    assert plan(sealed, conversation, CLOCKS, rules) == replace(first, candidate=sealed)


def test_a_repeat_holds_the_same_and_the_time_of_before() -> None:
    conversation = a_conversation()
    content = write_content(conversation, time_zone=None)
    sealed = a_candidate(
        revision=4, content_hash=content.hash, assembled_at=CLOCKS.utc - timedelta(minutes=9)
    )

    again = plan(sealed, conversation, CLOCKS, RULES)

    call = conversation.without_utterances()
    assert again == Plan(sealed, call, 4, content, content.hash, sealed.assembled_at)


def test_a_call_whose_rows_were_purged_before_it_was_sent_keeps_what_was_read() -> None:
    known = a_candidate(newest_read=NEWEST)
    assert decide(known, None, CLOCKS, RULES) == Rejection(Verdict.TOO_SHORT, 0, NEWEST)


def test_one_row_purged_of_one_is_a_shrunk_call() -> None:
    sent = a_candidate(revision=1, sent_revision=1, rows_read=1, newest_read=NEWEST)
    assert decide(sent, None, CLOCKS, RULES) == Unchanged()
    resent = decide(replace(sent, resend="ASKED"), None, CLOCKS, RULES)
    assert "0 of the 1 rows" in getattr(resent, "reason", "")


def test_a_shrunk_call_with_a_newer_blank_accounts_for_its_time() -> None:
    blank = a_segment("  ", owner="C", after_seconds=9)
    shrunk = a_conversation(a_segment(), blank)
    sent = a_candidate(
        revision=1, sent_revision=1, rows_read=5, newest_read=NEWEST, newest_sent=NEWEST
    )

    decision = decide(sent, shrunk, CLOCKS, RULES)

    assert decision == Unchanged(newest_read=CALL_TIME + timedelta(seconds=9))


def test_a_call_that_was_judged_a_moment_ago_and_talks_is_put_off() -> None:
    talking = a_conversation(a_segment(after_seconds=3590), a_segment(owner="C"))
    last = CALL_TIME + timedelta(seconds=3590)
    rules = replace(RULES, max_wait_seconds=600)
    judged = a_candidate(last_time=last, newest_time=last, judged_at=CLOCKS.utc)

    assert isinstance(decide(judged, talking, CLOCKS, rules), Deferral)
    assert isinstance(decide(replace(judged, judged_at=None), talking, CLOCKS, rules), Plan)


@pytest.mark.parametrize(
    ("newest", "counts"),
    [
        (NEWEST, False),
        (NEWEST + timedelta(seconds=1), True),
        (NOW + FUTURE_HORIZON, True),
        (NOW + FUTURE_HORIZON + timedelta(seconds=1), False),
    ],
)
def test_rows_newer_than_the_search_count_for_quiet_unless_they_are_far_ahead(
    newest: datetime, counts: bool
) -> None:
    conversation = a_conversation()._replace(newest_read=newest)
    searched = a_candidate(last_time=CALL_TIME)

    times = counted_times(conversation, CLOCKS, searched)

    assert times == (CALL_TIME, newest if counts else CALL_TIME)


@pytest.mark.parametrize(
    ("wait_seconds", "expected"), [(0.0, PUT_OFF_SECONDS), (60.0, 60.0), (1.0, PUT_OFF_SECONDS)]
)
def test_a_call_that_is_put_off_is_not_leased(wait_seconds: float, expected: float) -> None:
    later = put_off(Claim(a_candidate(), wait_seconds, 2))
    assert later == Claim(a_candidate(), expected, 2)
    assert not later.is_leased


def test_a_call_with_one_known_time_only_waits_like_one_of_the_future() -> None:
    assert seconds_to_wait(None, NOW, None, CLOCKS, RULES) == 0.0
    assert seconds_to_wait(CALL_TIME, None, None, CLOCKS, RULES) == 0.0
    looked_at = CLOCKS.utc - timedelta(seconds=59.5)
    assert seconds_to_wait(None, None, looked_at, CLOCKS, RULES) == pytest.approx(0.5)


def test_only_a_takeover_of_a_due_call_makes_a_suspect() -> None:
    new_again = a_candidate(takeovers=3)
    due = a_candidate(call_id="2", is_due=True, state="OPEN")

    claims = choose_claims([new_again, due], CLOCKS, RULES)

    assert [claim.candidate.call_id for claim in claims] == ["1001", "2"]


def test_rows_of_one_call_are_grouped_although_each_is_another() -> None:
    rows = [a_segment(), a_segment("more", after_seconds=4), a_segment(call_id="1002")]
    assert [len(group) for group in group_calls(rows)] == [2, 1]


@pytest.mark.parametrize(("min_segments", "verdict"), [(0, "COMPLETE"), (2, "TOO_SHORT")])
def test_one_utterance_is_a_conversation_where_the_settings_say_so(
    min_segments: int, verdict: str
) -> None:
    conversation = a_conversation(a_segment())
    judged = judge(conversation, min_segments=min_segments, required_channels=())
    assert judged is Verdict[verdict]


def test_a_call_of_which_no_count_is_known_has_not_shrunk() -> None:
    assert not a_candidate(sent_revision=1, rows_read=None).is_shrunk(0)
    assert a_candidate(sent_revision=1, rows_read=1).is_shrunk(0)
