"""The ledger's rules: when a call is claimed, and what a claimed call becomes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from oracle_cdc.conversations.outbound.deciding import decide
from oracle_cdc.conversations.rules.assembly import Verdict
from oracle_cdc.conversations.rules.claims import Claim, choose_claims, ended_alone, seconds_to_wait
from oracle_cdc.conversations.rules.decisions import Deferral, Plan, Rejection, Unchanged
from tests.builders import CALL_TIME, a_conversation, a_segment
from tests.unit.candidates import MOMENT, NOW, RULES, UTC, a_candidate, accepted


@pytest.mark.parametrize(
    ("quiet_seconds", "talked_minutes", "expected"),
    [
        (60, 5, 0),
        (20, 5, 40),
        (59.9, 5, 0.5),
        (1, 120, 0),
        (1, 119.5, 30),
        (-30, 5, 90),
    ],
)
def test_a_call_waits_until_it_is_quiet_or_has_waited_long_enough(
    quiet_seconds: float, talked_minutes: float, expected: float
) -> None:
    first, last = NOW - timedelta(minutes=talked_minutes), NOW - timedelta(seconds=quiet_seconds)

    assert seconds_to_wait(first, last, None, MOMENT, RULES) == pytest.approx(expected)


def test_the_longest_wait_begins_anew_with_the_last_send() -> None:
    first, last = NOW - timedelta(hours=9), NOW - timedelta(seconds=10)

    assert seconds_to_wait(first, last, UTC - timedelta(minutes=1), MOMENT, RULES) == pytest.approx(
        50
    )
    assert seconds_to_wait(first, last, UTC - timedelta(minutes=121), MOMENT, RULES) == 0


def test_segments_far_ahead_of_the_clock_do_not_keep_a_call_open() -> None:
    assert seconds_to_wait(None, None, None, MOMENT, RULES) == 0


def test_an_expired_lease_is_taken_over_and_counted() -> None:
    claims = choose_claims([a_candidate(is_due=True, state="LEASED", takeovers=1)], MOMENT, RULES)

    assert [(claim.is_leased, claim.takeovers) for claim in claims] == [(True, 2)]


def test_a_call_that_comes_back_for_new_segments_has_all_its_attempts_again() -> None:
    # Such a call used to be given up at its first refusal: only its row in the ledger counted anew.
    failed = a_candidate(state="FAILED", revision=1, attempts=10)

    (again,) = choose_claims([failed], MOMENT, RULES)
    (retried,) = choose_claims([replace(failed, state="OPEN", is_due=True)], MOMENT, RULES)

    assert (again.candidate.attempts, retried.candidate.attempts) == (0, 10)


def test_a_call_that_outlived_three_processes_is_claimed_alone_while_nothing_is_delivered() -> None:
    suspect = a_candidate(call_id="7", is_due=True, state="LEASED", takeovers=3, version=4)
    candidates = [a_candidate(), suspect, a_candidate(call_id="8"), replace(suspect, call_id="9")]

    while_busy = choose_claims(candidates, MOMENT, RULES, is_busy=True)
    alone = choose_claims(candidates, MOMENT, RULES)

    assert [claim.candidate.call_id for claim in while_busy] == ["1001", "8"]
    assert [claim.candidate.call_id for claim in alone] == ["7"]
    assert not ended_alone(alone[0])


def test_a_call_whose_process_died_again_is_set_aside() -> None:
    suspect = a_candidate(is_due=True, state="LEASED", takeovers=4, version=5)

    assert ended_alone(choose_claims([suspect], MOMENT, RULES)[0])


def test_a_call_still_talking_is_left_open_until_its_next_look() -> None:
    talking = a_candidate(
        last_time=NOW - timedelta(seconds=15), newest_time=NOW - timedelta(seconds=15)
    )

    assert choose_claims([talking], MOMENT, RULES) == [Claim(talking, 45.0, 0)]


def test_a_first_conversation_becomes_revision_one() -> None:
    decision = decide(a_candidate(), a_conversation(), MOMENT, RULES)

    assert isinstance(decision, Plan)
    assert (decision.revision, decision.assembled_at) == (1, UTC)


def test_a_late_segment_makes_the_next_revision() -> None:
    late = a_conversation(
        a_segment(),
        a_segment("My bill is wrong", owner="C", after_seconds=7),
        a_segment("Bye", after_seconds=9),
    )

    decision = decide(accepted(rows_found=3), late, MOMENT, RULES)

    assert isinstance(decision, Plan)
    assert decision.revision == 2


def test_a_late_blank_updates_the_ledger_and_sends_nothing() -> None:
    late = a_conversation(
        a_segment(),
        a_segment("My bill is wrong", owner="C", after_seconds=7),
        a_segment("  ", after_seconds=9),
    )

    newest = CALL_TIME + timedelta(seconds=9)
    assert decide(accepted(rows_found=3), late, MOMENT, RULES) == Unchanged(
        3, newest, late.times_read
    )


def test_an_unsettled_send_is_repeated_with_the_same_revision_and_time_of_assembly() -> None:
    unsettled = accepted(is_due=True, state="LEASED", sent_revision=0, sent_at=None)

    decision = decide(unsettled, a_conversation(), MOMENT, RULES)

    assert isinstance(decision, Plan)
    assert (decision.revision, decision.assembled_at) == (1, unsettled.assembled_at)


def test_an_unsettled_send_that_grew_meanwhile_becomes_another_revision() -> None:
    unsettled = accepted(is_due=True, state="LEASED", sent_revision=0, content_hash="0" * 64)

    decision = decide(unsettled, a_conversation(), MOMENT, RULES)

    assert isinstance(decision, Plan)
    assert (decision.revision, decision.assembled_at) == (2, UTC)


def test_a_call_that_shrank_is_never_sent_again_for_that() -> None:
    shrunk = accepted(rows_found=1, rows_read=5, is_due=True, state="OPEN")

    assert isinstance(decide(shrunk, a_conversation(a_segment()), MOMENT, RULES), Unchanged)


def test_a_call_whose_rows_were_purged_before_it_was_sent_is_rejected_with_its_reason() -> None:
    decision = decide(a_candidate(is_due=True, state="OPEN"), None, MOMENT, RULES)

    assert decision == Rejection(Verdict.TOO_SHORT, 0, None)


def test_a_purged_call_that_was_sent_goes_back_to_what_it_was() -> None:
    assert isinstance(decide(accepted(is_due=True, state="OPEN"), None, MOMENT, RULES), Unchanged)


def test_a_call_that_went_on_between_search_and_fetch_is_put_off() -> None:
    went_on = a_conversation(a_segment(), a_segment("Wait", owner="C", after_seconds=3590))

    assert decide(a_candidate(), went_on, MOMENT, RULES) == Deferral(50.0)


def test_one_channel_alone_is_rejected_until_another_segment_comes() -> None:
    monologue = a_conversation(a_segment(), a_segment("hello?", after_seconds=5))

    decision = decide(a_candidate(), monologue, MOMENT, RULES)

    newest = CALL_TIME + timedelta(seconds=5)
    assert decision == Rejection(Verdict.MISSING_CHANNEL, 2, newest, monologue.times_read)


def test_rows_ahead_of_the_clock_do_not_put_off_a_quiet_call() -> None:
    ahead: datetime = NOW + timedelta(hours=5)
    after = (ahead - CALL_TIME).total_seconds()
    conversation = a_conversation(
        a_segment(), a_segment("from the future", owner="C", after_seconds=after)
    )

    decision = decide(a_candidate(newest_time=ahead), conversation, MOMENT, RULES)

    assert isinstance(decision, Plan)


def test_what_was_accepted_is_sent_again_as_it_was_when_that_is_wanted() -> None:
    wanted = replace(accepted(), resend="ASKED")

    decision = decide(wanted, a_conversation(), MOMENT, RULES)

    assert isinstance(decision, Plan)
    assert (decision.revision, decision.assembled_at, decision.is_resend) == (
        1,
        wanted.assembled_at,
        True,
    )


@pytest.mark.parametrize(
    ("since_look", "expected"),
    [(None, 0), (10, 59), (7190, 10), (7199.9, 0.5), (7200, 0), (20000, 0)],
)
def test_the_longest_wait_begins_anew_when_a_call_was_read_and_not_sent(
    since_look: float | None, expected: float
) -> None:
    began, spoke = NOW - timedelta(hours=9), NOW - timedelta(seconds=1)
    looked_at = None if since_look is None else UTC - timedelta(seconds=since_look)
    rejected = a_candidate(
        state="REJECTED_MISSING_CHANNEL", first_time=began, last_time=spoke, judged_at=looked_at
    )

    (claim,) = choose_claims([rejected], MOMENT, RULES)

    assert claim.wait_seconds == pytest.approx(expected)


def test_a_rejected_call_that_is_quiet_is_looked_at_at_once() -> None:
    rejected = a_candidate(state="REJECTED_MISSING_CHANNEL", judged_at=UTC - timedelta(seconds=1))

    assert choose_claims([rejected], MOMENT, RULES)[0].is_leased


def test_the_later_of_last_send_and_last_verdict_counts() -> None:
    early, late = UTC - timedelta(hours=3), UTC - timedelta(hours=1)

    assert a_candidate(sent_at=early, judged_at=late).looked_at == late
    assert a_candidate(sent_at=late, judged_at=early).looked_at == late
    assert a_candidate().looked_at is None


def test_a_rejected_call_far_ahead_of_the_clock_is_not_read_at_each_poll() -> None:
    assert seconds_to_wait(None, None, UTC - timedelta(seconds=20), MOMENT, RULES) == 40
