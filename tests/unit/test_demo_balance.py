"""The demo's balance finds whatever is missing, too much, or not as it was put in."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from oracle_cdc.demo.conversations.balance import (
    Balance,
    Found,
    Received,
    Summary,
    balance,
    expected_body,
)
from oracle_cdc.demo.conversations.replies import BROKEN, SHAPES, reply, summarize
from oracle_cdc.errors import ResultRefused
from oracle_cdc.model import ReceivedMessage, Segment
from tests.builders import ASSEMBLED_AT, a_conversation, a_segment, encode, read_one

CALL = [a_segment(), a_segment("My bill is wrong", owner="C", after_seconds=7)]
SHORT = [a_segment(call_id="2002")]
PUT_IN = {"1001": CALL, "2002": SHORT}


def a_body(segments: list[Segment], **changes: Any) -> dict[str, Any]:
    return {
        **expected_body(segments),
        "revision": 1,
        "assembledAt": "2025-01-15T14:25:00.000000Z",
        **changes,
    }


BODY = a_body(CALL)
SUMMARY = Summary(1, "neutral", "billing", summarize(BODY))
GOOD = Found(
    ledger={"1001": ("SUMMARIZED", 1), "2002": ("REJECTED_TOO_SHORT", 0)},
    summaries={"1001": SUMMARY},
    failures=[("", "not JSON")],
    received={("1001", 1): [Received(BODY, SUMMARY.text)]},
)


def mistakes(found: Found) -> Balance:
    result = balance(PUT_IN, found)
    assert result.mistakes
    return result


def test_what_came_back_as_it_was_put_in_balances() -> None:
    result = balance(PUT_IN, GOOD)
    assert list(result.mistakes) == []
    assert (result.count("SUMMARIZED"), result.count("REJECTED_TOO_SHORT"), result.intact) == (
        1,
        1,
        1,
    )


def test_a_call_that_the_ledger_does_not_know_is_named() -> None:
    result = mistakes(replace(GOOD, ledger={"1001": ("SUMMARIZED", 1)}))
    assert "call 2002" in result.mistakes[0]


@pytest.mark.parametrize("state", ["SENT", "OPEN", "LEASED", "REJECTED_TOO_SHORT", "FAILED"])
def test_a_call_that_is_not_summarized_is_named(state: str) -> None:
    assert (
        "call 1001"
        in mistakes(replace(GOOD, ledger={**GOOD.ledger, "1001": (state, 1)})).mistakes[0]
    )


def test_a_call_that_failed_with_its_reason_balances() -> None:
    found = replace(
        GOOD,
        ledger={**GOOD.ledger, "1001": ("FAILED", 1)},
        failures=[*GOOD.failures, ("1001", "why")],
    )
    assert list(balance(PUT_IN, found).mistakes) == []


def test_a_summary_of_an_older_revision_does_not_balance() -> None:
    assert mistakes(replace(GOOD, ledger={**GOOD.ledger, "1001": ("SUMMARIZED", 2)}))


def test_a_summary_other_than_the_service_gave_does_not_balance() -> None:
    assert mistakes(replace(GOOD, summaries={"1001": replace(SUMMARY, text="another")}))


@pytest.mark.parametrize(
    "changes",
    [
        {"messages": []},
        {"messages": [dict(BODY["messages"][0], text="other"), BODY["messages"][1]]},
        {"ban": None},
        {"messageCount": 3},
        {"more": 1},
    ],
)
def test_a_body_that_differs_in_anything_does_not_balance(changes: dict[str, Any]) -> None:
    result = mistakes(
        replace(GOOD, received={("1001", 1): [Received({**BODY, **changes}, SUMMARY.text)]})
    )
    assert result.intact == 0


def test_a_revision_that_came_with_two_bodies_does_not_balance() -> None:
    again = Received({**BODY, "assembledAt": "later"}, SUMMARY.text)
    assert mistakes(replace(GOOD, received={("1001", 1): [again, Received(BODY, SUMMARY.text)]}))


def test_a_call_that_was_never_put_in_does_not_balance() -> None:
    assert mistakes(replace(GOOD, summaries={**GOOD.summaries, "3003": SUMMARY}))


@pytest.mark.parametrize("failures", [[], [("", "one"), ("", "two")]])
def test_exactly_the_broken_result_must_be_set_aside(failures: list[tuple[str, str]]) -> None:
    assert mistakes(replace(GOOD, failures=failures))


def test_what_the_balance_expects_is_what_the_service_sends() -> None:
    conversation = a_conversation(*CALL, a_segment(" ", after_seconds=9))
    sent = json.loads(encode(conversation, revision=1, assembled_at=ASSEMBLED_AT, time_zone=None))
    assert sent == a_body(CALL, assembledAt=sent["assembledAt"])


@pytest.mark.parametrize("number", range(len(SHAPES)))
def test_every_shape_of_reply_is_understood(number: int) -> None:
    answer = reply(BODY, number)
    result = read_one(ReceivedMessage("id", "handle", answer.body, answer.attributes, 1, 1))
    assert (result.call_id, result.summary, result.classification_primary) == (
        "1001",
        SUMMARY.text,
        "other",
    )


def test_the_broken_reply_is_refused() -> None:
    with pytest.raises(ResultRefused):
        read_one(ReceivedMessage("id", "handle", BROKEN.body, BROKEN.attributes, 1, 1))
