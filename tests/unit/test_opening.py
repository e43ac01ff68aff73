"""What is opened of a message, and what stays as it is."""

from __future__ import annotations

import json

import pytest

from oracle_cdc.conversations.rules.answers import read
from oracle_cdc.conversations.rules.envelopes import Kind
from oracle_cdc.conversations.rules.pointers import write_pointer
from tests.builders import a_result, a_result_body, read_one, reading_of


def kind_of(body: object) -> Kind:
    return reading_of(a_result(json.dumps(body), attributes={})).kind


RESULT = json.loads(a_result_body())


@pytest.mark.parametrize(
    ("envelope", "kind"),
    [
        ({"Type": "Notification", "Message": a_result_body()}, Kind.RESULT),
        ({"Type": "Else", "Message": a_result_body()}, Kind.UNKNOWN),
        ({"Type": "Notification", "Message": RESULT}, Kind.UNKNOWN),
        ({"detail-type": "Answered", "detail": RESULT}, Kind.RESULT),
        ({"detail": RESULT}, Kind.UNKNOWN),
        ({"detail-type": "Answered", "detail": a_result_body()}, Kind.UNKNOWN),
        ({"detail-type": "x", "source": "on-premises-cdc", "detail": {}}, Kind.CONVERSATION),
        ({"detail-type": "x", "source": "ml", "detail": {}}, Kind.UNKNOWN),
        ({"quoted": "CONVERSATION_ASSEMBLY"}, Kind.UNKNOWN),
        ({"quoted": "on-premises-cdc"}, Kind.UNKNOWN),
        ({"quoted": "CONVERSATION_ASSEMBLY of on-premises-cdc"}, Kind.CONVERSATION),
        ([["Else", {"s3BucketName": "b", "s3Key": "k"}]], Kind.UNKNOWN),
    ],
)
def test_only_a_whole_envelope_is_opened(envelope: object, kind: Kind) -> None:
    assert kind_of(envelope) is kind


def test_an_object_is_asked_of_its_own_bucket() -> None:
    asked: list[tuple[str, str]] = []

    def fetch(bucket: str, key: str, limit_bytes: int) -> bytes:
        asked.append((bucket, key))
        return a_result_body().encode()

    reading = read(a_result(write_pointer("ours", "answer"), attributes={}), fetch)

    assert (reading.kind, asked) == (Kind.RESULT, [("ours", "answer")])


def test_an_element_of_a_list_says_of_itself_only_what_it_is() -> None:
    body = f'[{a_result_body()}, {{"no": "result"}}]'
    attributes = {"messageType": "else", "secret": "x"}

    first, second = reading_of(a_result(body, attributes=attributes)).answers

    assert first.message.attributes == {"messageType": "ML_PROCESSING_RESULT"}
    assert second.message.attributes == {}


def test_an_empty_value_is_passed_over_for_the_other_name() -> None:
    body = a_result_body(modelVersion="", model_version="2.1")
    (answer,) = reading_of(a_result(body)).answers
    assert answer.result
    assert answer.result.model_version == "2.1"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (a_result_body(), Kind.RESULT),
        (f"[{a_result_body()}, {a_result_body()}]", Kind.RESULT),
        ('{"type":"CONVERSATION_ASSEMBLY"}', Kind.CONVERSATION),
        ("no JSON", Kind.UNKNOWN),
    ],
)
def test_what_is_read_of_a_message_names_the_message(body: str, kind: Kind) -> None:
    message = a_result(body, attributes={})
    reading = reading_of(message)
    assert (reading.message, reading.kind) == (message, kind)


def test_an_answer_has_the_id_and_the_time_of_its_message() -> None:
    message = a_result()
    result = read_one(message)
    assert (result.message_id, result.sent_ms) == (message.message_id, message.sent_ms)
    assert result.classification_all is None


def test_a_result_that_names_no_call_and_looks_like_an_event_is_refused_as_a_result() -> None:
    body = {"type": "ML_PROCESSING_RESULT", "detail-type": "x", "detail": RESULT}
    (answer,) = reading_of(a_result(json.dumps(body), attributes={})).answers
    assert answer.error
