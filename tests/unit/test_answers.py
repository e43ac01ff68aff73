"""All the shapes in which results come, and what becomes of the wrong ones."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle_cdc.conversations.rules.envelopes import Kind
from oracle_cdc.errors import ResultRefused
from tests.builders import ASSEMBLED_AT, a_conversation, a_result, encode, read_one, reading_of

CONVERSATION = encode(a_conversation(), revision=1, assembled_at=ASSEMBLED_AT, time_zone=None)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["high", "sNaN", "1e999999999"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["text", "overall", "score", "primary", "all", "name", "label"]), inner
        )
    ),
    max_leaves=8,
)


FIELDS = [
    "callId",
    "revision",
    "summary",
    "sentiment",
    "classification",
    "classifications",
    "confidence",
    "processingTime",
    "processing_time_ms",
    "modelVersion",
    "model_version",
    "ban",
    "customerId",
    "subscriberNo",
    "subscriber_no",
    "callTime",
    "call_time",
    "type",
]


@pytest.mark.parametrize(
    "call_id", ["", "  ", None, True, 1e19, [], {}, "x" * 51, "א" * 26, 10**80, "\ud800"]
)
def test_a_result_that_names_no_call_is_refused(call_id: object) -> None:
    with pytest.raises(ResultRefused, match="callId"):
        read_one(a_result(json.dumps({"callId": call_id})))


@pytest.mark.parametrize(
    "number", ["1e19", "9007199254740993.0", "0.1234567890123456789", "1e-99999", "NaN", "1e999"]
)
def test_a_floating_point_number_that_may_have_lost_digits_names_no_call(number: str) -> None:
    with pytest.raises(ResultRefused, match=r"floating-point number.*send it as text"):
        read_one(a_result(f'{{"callId":{number}}}'))


@pytest.mark.parametrize(
    ("spelled", "call_id"),
    [
        ("1008", "1008"),
        ("1008.0", "1008"),
        ("1e3", "1000"),
        ("0.5", ".5"),
        ("-5", "-5"),
        ("-0.0", "0"),
        ("0e99999999", "0"),
        ("9007199254740992.0", "9007199254740992"),
        ('"001011"', "1011"),
        ('" 1008.00 "', "1008"),
        ('"+7"', "7"),
        ('"0.50"', ".5"),
        ('"-00.5"', "-.5"),
        ('"000"', "0"),
        ('"98765432109876543210987654321098765432"', "98765432109876543210987654321098765432"),
        ('"1e3"', "1e3"),
        ('"A-007"', "A-007"),
        ('"."', "."),
        ('"١٢"', "١٢"),
    ],
)
def test_a_call_is_named_as_oracle_spells_a_number(spelled: str, call_id: str) -> None:
    assert read_one(a_result(f'{{"callId":{spelled}}}')).call_id == call_id


def test_a_call_id_of_fifty_bytes_is_taken() -> None:
    assert read_one(a_result(callId="א" * 25)).call_id == "א" * 25


@pytest.mark.parametrize(
    "body",
    [
        "",
        "secret words",
        "[1]",
        '"text"',
        "17",
        "null",
        '{"callId":"1001"',
        "[" * 100_000,
        '{"a":' * 100_000,
    ],
)
def test_what_is_no_json_object_is_refused_without_being_quoted(body: str) -> None:
    with pytest.raises(ResultRefused) as refused:
        read_one(a_result(body))
    assert "secret" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_the_last_of_duplicate_keys_counts() -> None:
    assert read_one(a_result('{"callId":"1","callId":"2"}')).call_id == "2"


def test_a_byte_order_mark_is_no_obstacle() -> None:
    assert read_one(a_result('\ufeff{"callId":"1"}')).call_id == "1"


@given(st.dictionaries(st.sampled_from(FIELDS), json_values))
def test_no_body_makes_anything_but_a_result_or_a_refusal(body: dict[str, Any]) -> None:
    try:
        result = read_one(a_result(json.dumps(body)))
    except ResultRefused:
        return
    assert result.confidence is None or abs(result.confidence) < 1000
    for text, limit in [
        (result.call_id, 50),
        (result.summary, 10**6),
        (result.sentiment, 50),
        (result.classification_primary, 255),
        (result.classification_all, 10**6),
        (result.model_version, 50),
        (result.ban, 50),
        (result.subscriber_no, 50),
    ]:
        assert len((text or "").encode()) <= limit


@pytest.mark.parametrize(
    ("attribute", "body", "proven"),
    [
        ("ML_PROCESSING_RESULT", "no JSON at all", "result"),
        ("ML_PROCESSING_RESULT", CONVERSATION, "conversation"),
        ("CONVERSATION_ASSEMBLY", '{"type":"ML_PROCESSING_RESULT"}', "conversation"),
        ("something else", '{"type":"ML_PROCESSING_RESULT"}', "result"),
        (None, '{"type":"ML_PROCESSING_RESULT"}', "result"),
        (None, CONVERSATION, "conversation"),
        (None, '{"callId":"1001"}', "unknown"),
        (None, "no JSON at all", "unknown"),
        (None, '{"type":["ML_PROCESSING_RESULT"]}', "unknown"),
    ],
)
def test_a_message_is_a_conversation_if_anything_says_so_else_a_result_if_anything_does(
    attribute: str | None, body: str, proven: str
) -> None:
    message = a_result(body, attributes={"messageType": attribute} if attribute else {})

    assert reading_of(message).kind.value == proven


def test_what_is_not_a_proven_result_is_refused() -> None:
    with pytest.raises(ResultRefused, match="neither its messageType nor its type"):
        read_one(a_result('{"callId":"1"}', attributes={}))


@pytest.mark.parametrize("attributes", [{}, None])
def test_a_conversation_has_no_answers(attributes: dict[str, str] | None) -> None:
    reading = reading_of(a_result(CONVERSATION, attributes=attributes))

    assert (reading.kind, reading.answers) == (Kind.CONVERSATION, ())


def test_a_result_shows_nothing_personal_in_its_repr() -> None:
    shown = repr(read_one(a_result(summary="private", ban="B-99", subscriberNo="050-99")))

    assert not any(secret in shown for secret in ("private", "B-99", "050-99"))
