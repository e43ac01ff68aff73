"""What carriers put around answers and conversations, and how far it is followed."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

import pytest

from oracle_cdc.conversations.rules.envelopes import (
    MAX_UNPACKED_BYTES,
    Kind,
)
from tests.builders import (
    a_result,
    a_result_body,
    read_one,
    reading_of,
)
from tests.unit.envelopes import CONVERSATION, OWN_KEY, RESULT, compressed, notified, pointing_to


def routed(body: str, detail_type: str = "Answered") -> str:
    return json.dumps(
        {"version": "0", "detail-type": detail_type, "source": "ml", "detail": json.loads(body)}
    )


ENVELOPES: dict[str, Callable[[str], str]] = {
    "none": str,
    "sns": notified,
    "gzip": compressed,
    "base64": lambda body: base64.b64encode(body.encode()).decode(),
    "base64 in lines": lambda body: base64.encodebytes(body.encode()).decode(),
    "eventbridge": routed,
    "json text": json.dumps,
    "list of one": lambda body: f" [ {body} ] ",
    "sns around gzip": lambda body: notified(compressed(body)),
    "gzip around sns": lambda body: compressed(notified(body)),
    "eventbridge around a list": lambda body: notified(f"[{routed(body)}]"),
    "byte order mark": lambda body: "\ufeff" + body,
}


@pytest.mark.parametrize("name", ENVELOPES)
def test_an_answer_is_found_in_each_envelope(name: str) -> None:
    assert read_one(a_result(ENVELOPES[name](RESULT), attributes={})).summary == "הלקוח מתלונן"


@pytest.mark.parametrize("name", ENVELOPES)
def test_a_conversation_is_known_in_each_envelope_whatever_the_attribute_says(name: str) -> None:
    body = ENVELOPES[name](CONVERSATION)

    for attributes in ({}, {"messageType": "ML_PROCESSING_RESULT"}, {"messageType": "else"}):
        assert reading_of(a_result(body, attributes=attributes)).kind is Kind.CONVERSATION


@pytest.mark.parametrize(
    ("body", "attributes"),
    [
        ("any body", {"messageType": "CONVERSATION_ASSEMBLY"}),
        ("any body", {"source": "on-premises-cdc"}),
        ('{"callId":"1","source":"on-premises-cdc"}', {}),
        (notified("any body", messageType="CONVERSATION_ASSEMBLY"), {}),
        (notified("any body", source="on-premises-cdc"), {}),
        (routed("{}", "CONVERSATION_ASSEMBLY"), {}),
        (f"{CONVERSATION}\n{CONVERSATION}", {}),
        (json.dumps({"requestPayload": json.loads(CONVERSATION)}), {}),
        (json.dumps({"Records": [{"body": CONVERSATION}]}), {}),
        (compressed(json.dumps({"Records": [{"body": CONVERSATION}]})), {}),
        (f"[{RESULT},{CONVERSATION}]", {}),
        (pointing_to(OWN_KEY), {}),
        (notified(pointing_to(OWN_KEY)), {}),
    ],
)
def test_what_may_be_a_conversation_of_ours_is_taken_for_one(
    body: str, attributes: dict[str, str]
) -> None:
    assert reading_of(a_result(body, attributes=attributes)).kind is Kind.CONVERSATION


def test_a_conversation_that_is_too_large_to_unpack_is_known_by_how_it_begins() -> None:
    body = compressed(CONVERSATION.replace("My bill", "x" * MAX_UNPACKED_BYTES))

    assert reading_of(a_result(body, attributes={})).kind is Kind.CONVERSATION


def test_an_answer_may_echo_our_source_and_quote_the_conversation() -> None:
    body = a_result_body(source="on-premises-cdc", request=json.loads(CONVERSATION))

    assert read_one(a_result(body, attributes={"source": "on-premises-cdc"})).call_id == "1001"


@pytest.mark.parametrize("key", ["summary", "sentiment", "classifications", "confidence"])
def test_an_answer_may_be_its_conversation_with_more_keys_if_its_attribute_says_so(
    key: str,
) -> None:
    body = json.dumps({**json.loads(CONVERSATION), key: 1})

    assert reading_of(a_result(body)).kind is Kind.RESULT
    notification = notified(body, messageType="ML_PROCESSING_RESULT")
    assert reading_of(a_result(notification, attributes={})).kind is Kind.RESULT
    assert reading_of(a_result(body, attributes={})).kind is Kind.CONVERSATION


def test_the_attributes_of_a_notification_prove_what_it_carries() -> None:
    body = notified('{"callId":"7","summary":"s"}', messageType="ML_PROCESSING_RESULT")

    assert read_one(a_result(body, attributes={})).call_id == "7"


def test_the_detail_type_of_an_event_proves_what_it_carries() -> None:
    assert (
        read_one(a_result(routed('{"callId":"7"}', "ML_PROCESSING_RESULT"), attributes={})).call_id
        == "7"
    )


@pytest.mark.parametrize("name", [name for name in ENVELOPES if name != "none"])
def test_an_envelope_proves_nothing_by_itself(name: str) -> None:
    reading = reading_of(a_result(ENVELOPES[name]('{"callId":"1001"}'), attributes={}))

    assert reading.kind is Kind.UNKNOWN
    assert "not a result" in str(reading.answers[0].error)


def test_a_result_that_looks_like_an_envelope_is_read_as_it_is() -> None:
    body = a_result_body(
        Type="Notification", Message=a_result_body(callId="2"), detail={}, **{"detail-type": "x"}
    )

    assert read_one(a_result(body)).call_id == "1001"


def test_an_object_that_names_a_call_is_no_envelope() -> None:
    body = '{"callId":"1","Type":"Notification","Message":"Hello","summary":"s"}'

    assert read_one(a_result(body)).call_id == "1"
