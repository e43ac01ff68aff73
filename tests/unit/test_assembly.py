"""The rules that turn rows into conversations."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle_cdc.conversations.rules.assembly import Verdict, assemble, group_calls, judge
from oracle_cdc.conversations.rules.fingerprint import fingerprint
from oracle_cdc.model import Segment
from tests.builders import CALL_TIME, a_conversation, a_segment

segments = st.lists(
    st.builds(
        a_segment,
        st.none() | st.text(alphabet="אב \t\u2003ab", max_size=4),
        owner=st.sampled_from("ACX"),
        after_seconds=st.integers(0, 3),
        ban=st.sampled_from(["B-1", "B-2", None]),
        subscriber_no=st.sampled_from(["050", "052", None, " "]),
    ),
    min_size=1,
    max_size=12,
)


@given(segments, st.randoms(use_true_random=False))
def test_the_same_rows_make_the_same_conversation_whatever_order_they_came_in(
    rows: list[Segment], rng: random.Random
) -> None:
    shuffled = rng.sample(rows, len(rows))

    assert assemble(shuffled) == assemble(rows)


@given(segments)
def test_each_text_that_is_not_blank_is_there_once_and_in_the_order_of_time(
    rows: list[Segment],
) -> None:
    said = assemble(rows).utterances

    texts = [row.text for row in rows if row.text and row.text.strip()]
    times = [utterance.text_time for utterance in said]
    assert sorted(utterance.text for utterance in said) == sorted(texts)
    assert times == sorted(times)


def test_blank_rows_are_left_out_but_counted_as_read() -> None:
    conversation = a_conversation(
        a_segment("hello"),
        a_segment(None, after_seconds=60),
        a_segment(" \u2003\n", after_seconds=90),
    )

    assert [said.text for said in conversation.utterances] == ["hello"]
    assert (conversation.rows_read, conversation.newest_read) == (
        3,
        CALL_TIME + timedelta(seconds=90),
    )
    assert conversation.newest_sent == CALL_TIME + timedelta(seconds=3.25)


def test_account_and_line_are_those_of_the_earliest_row_that_has_one() -> None:
    conversation = a_conversation(
        a_segment(ban="B-3", subscriber_no="053", after_seconds=3),
        a_segment(ban="B-2", subscriber_no="052", after_seconds=2),
        a_segment(ban="B-1", subscriber_no=None, after_seconds=1),
    )

    assert (conversation.ban, conversation.subscriber_no) == ("B-1", "052")


def test_texts_keep_their_outer_white_space() -> None:
    assert a_conversation(a_segment("  well … \n")).utterances[0].text == "  well … \n"


def test_rows_are_grouped_by_call_as_they_stream() -> None:
    rows = iter([a_segment(call_id="1"), a_segment(call_id="1"), a_segment(call_id="2")])

    groups = group_calls(rows)

    assert [row.call_id for row in next(groups)] == ["1", "1"]
    assert [row.call_id for row in next(groups)] == ["2"]
    assert next(groups, None) is None


@pytest.mark.parametrize(
    ("owners", "verdict"),
    [
        ("AC", Verdict.COMPLETE),
        ("ACX", Verdict.COMPLETE),
        ("A", Verdict.TOO_SHORT),
        ("AA", Verdict.MISSING_CHANNEL),
        ("AX", Verdict.MISSING_CHANNEL),
        ("Ac", Verdict.MISSING_CHANNEL),
    ],
)
def test_a_call_is_judged_by_its_utterances_and_channels(owners: str, verdict: Verdict) -> None:
    conversation = a_conversation(
        *(a_segment(owner=owner, after_seconds=at) for at, owner in enumerate(owners))
    )

    assert judge(conversation, min_segments=2, required_channels=("A", "C")) is verdict


def test_blank_rows_do_not_make_a_call_long_enough() -> None:
    conversation = a_conversation(a_segment("hello"), a_segment(" ", owner="C"))

    assert judge(conversation, min_segments=2, required_channels=("A", "C")) is Verdict.TOO_SHORT


def test_a_call_of_nothing_but_blanks_is_never_complete() -> None:
    assert (
        judge(a_conversation(a_segment(" ")), min_segments=0, required_channels=())
        is Verdict.TOO_SHORT
    )


def test_a_conversation_accounts_for_the_times_of_all_its_rows() -> None:
    segments = [a_segment(), a_segment(" ", after_seconds=9)]
    assert assemble(segments).times_read == fingerprint(row.text_time for row in segments)


def test_a_conversation_of_blanks_is_as_new_as_its_newest_row() -> None:
    blanks = [a_segment(" "), a_segment(" ", after_seconds=9)]
    assert assemble(blanks).newest_sent == blanks[1].text_time
