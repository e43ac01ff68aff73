"""Decisions on calls that lost rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from oracle_cdc.conversations.outbound.deciding import decide
from oracle_cdc.conversations.rules.claims import Candidate
from oracle_cdc.conversations.rules.decisions import Plan, Unchanged, Withheld
from tests.builders import CALL_TIME, a_conversation, a_segment, content_hash
from tests.unit.candidates import MOMENT, RULES, accepted

FOUR = (
    a_segment("one"),
    a_segment("two", owner="C", after_seconds=4),
    a_segment("three", after_seconds=5),
    a_segment("four", owner="C", after_seconds=7),
)


BLANK = a_segment("  ", after_seconds=2)


def of_four(**changes: object) -> Candidate:
    """Return a candidate of which four rows were accepted as revision 1."""
    digest = content_hash(a_conversation(*FOUR), time_zone=None)
    newest = CALL_TIME + timedelta(seconds=7)
    usual: dict[str, object] = {"rows_read": 4, "content_hash": digest, "newest_sent": newest}
    return accepted(**{**usual, **changes})


@pytest.mark.parametrize("resend", ["ASKED", "OVERDUE"])
def test_a_shrunk_call_is_not_sent_again_even_when_that_is_wanted_and_says_why(resend: str) -> None:
    decision = decide(of_four(resend=resend), a_conversation(*FOUR[1:]), MOMENT, RULES)

    assert isinstance(decision, Withheld)
    assert not decision.is_lost
    assert "the source has 3 of the 4 rows that were read, and revision 1 is not" in decision.reason


def test_a_call_whose_rows_are_all_gone_is_not_sent_again_either() -> None:
    decision = decide(of_four(resend="ASKED"), None, MOMENT, RULES)

    assert isinstance(decision, Withheld)
    assert not decision.is_lost


def test_a_shrunk_call_leaves_what_the_ledger_says_of_its_rows() -> None:
    # The smaller count was stored, and the next look saw no shrink any more.
    assert decide(of_four(), a_conversation(*FOUR[1:]), MOMENT, RULES) == Unchanged()


def test_a_call_that_lost_a_blank_only_is_sent_again_as_it_was() -> None:
    with_blank = replace(of_four(resend="ASKED"), rows_read=5)

    decision = decide(with_blank, a_conversation(*FOUR), MOMENT, RULES)

    assert isinstance(decision, Plan)
    assert (decision.revision, decision.is_resend) == (1, True)


def test_a_call_that_lost_a_row_and_got_a_blank_is_not_sent_again() -> None:
    with_blank = replace(of_four(resend="ASKED"), rows_read=5)

    assert isinstance(decide(with_blank, a_conversation(BLANK, *FOUR[1:]), MOMENT, RULES), Withheld)


def test_a_shrunk_call_with_something_new_is_set_aside() -> None:
    newer = (*FOUR[2:], a_segment("five", after_seconds=9))

    decision = decide(of_four(), a_conversation(*newer), MOMENT, RULES)

    assert isinstance(decision, Withheld)
    assert (decision.is_lost, decision.newest_read) == (True, CALL_TIME + timedelta(seconds=9))


def test_a_revision_that_shrank_before_it_was_accepted_does_not_replace_the_last() -> None:
    sealed = of_four(is_due=True, state="LEASED", revision=2, rows_read=5, content_hash="0" * 64)

    decision = decide(sealed, a_conversation(*FOUR[1:]), MOMENT, RULES)

    assert isinstance(decision, Withheld)
    assert decision.is_lost


def test_a_revision_that_shrank_and_is_the_same_to_the_byte_is_sent() -> None:
    sealed = of_four(is_due=True, state="LEASED", revision=2, rows_read=5)

    decision = decide(sealed, a_conversation(*FOUR), MOMENT, RULES)

    assert isinstance(decision, Plan)
    assert (decision.revision, decision.is_resend) == (2, False)


def test_a_call_that_may_never_have_reached_the_queue_is_sent_as_it_is() -> None:
    unsettled = of_four(is_due=True, state="LEASED", sent_revision=0, sent_at=None)

    decision = decide(unsettled, a_conversation(*FOUR[1:]), MOMENT, RULES)

    assert isinstance(decision, Plan)
    assert (decision.revision, decision.conversation.rows_read) == (2, 3)


def test_a_call_whose_rows_were_replaced_makes_a_revision() -> None:
    other = (a_segment("none", after_seconds=1), *FOUR[1:])

    decision = decide(of_four(), a_conversation(*other), MOMENT, RULES)

    assert isinstance(decision, Plan)
    assert decision.revision == 2
