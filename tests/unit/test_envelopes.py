"""What carriers put around answers and conversations, and how far it is followed."""

from __future__ import annotations

import base64
import gzip
import json
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle_cdc.conversations.rules.answers import read
from oracle_cdc.conversations.rules.envelopes import (
    MAX_DOCUMENTS,
    MAX_LAYERS,
    MAX_UNPACKED_BYTES,
    Kind,
)
from oracle_cdc.conversations.rules.pointers import POINTER_CLASS
from oracle_cdc.errors import ResultRefused, SqsConfigurationError
from tests.builders import (
    ASSEMBLED_AT,
    a_conversation,
    a_result,
    a_result_body,
    encode,
    read_one,
    reading_of,
)

CONVERSATION = encode(a_conversation(), revision=1, assembled_at=ASSEMBLED_AT, time_zone=None)
RESULT = a_result_body()
OWN_KEY = f"big/1001-1-{'0' * 64}.json"


def compressed(body: str) -> str:
    return base64.b64encode(gzip.compress(body.encode(), mtime=0)).decode()


def notified(body: str, **attributes: str) -> str:
    told = {name: {"Type": "String", "Value": value} for name, value in attributes.items()}
    return json.dumps(
        {"Type": "Notification", "TopicArn": "arn", "Message": body, "MessageAttributes": told}
    )


def routed(body: str, detail_type: str = "Answered") -> str:
    return json.dumps(
        {"version": "0", "detail-type": detail_type, "source": "ml", "detail": json.loads(body)}
    )


def pointing_to(key: str) -> str:
    return json.dumps([POINTER_CLASS, {"s3BucketName": "b", "s3Key": key}])


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


# Lists


def test_each_element_of_a_list_is_an_answer_with_an_id_of_its_own() -> None:
    elements = [a_result_body(callId=str(n)) for n in (1, 2, 3)]

    reading = reading_of(a_result(f"[{', '.join(elements)}]", attributes={}))

    assert [answer.result and answer.result.call_id for answer in reading.answers] == [
        "1",
        "2",
        "3",
    ]
    assert [answer.message.message_id[-2:] for answer in reading.answers] == ["#1", "#2", "#3"]
    assert [answer.message.body for answer in reading.answers] == elements


def test_a_bad_element_of_a_list_is_refused_alone_and_keeps_its_own_text() -> None:
    reading = reading_of(a_result(f'[{RESULT}, {{"callId":""}}, 17]'))

    good, unnamed, number = reading.answers
    assert good.result
    assert "callId has 0 bytes" in str(unnamed.error)
    assert "no object" in str(number.error)
    assert (unnamed.message.body, number.message.body) == ('{"callId":""}', "17")


def test_an_element_that_is_kept_is_read_the_same_way_when_it_is_replayed() -> None:
    (answer, _) = reading_of(a_result('[{"callId":"1","summary":"s"},{}]')).answers

    assert read_one(answer.message) == answer.result


def test_a_list_without_a_proven_answer_is_one_refusal() -> None:
    (answer,) = reading_of(a_result("[1, 2, {}]", attributes={})).answers

    assert answer.message.body == "[1, 2, {}]"


@pytest.mark.parametrize("body", ["[]", " [ ] "])
def test_an_empty_list_is_refused(body: str) -> None:
    with pytest.raises(ResultRefused, match="an empty list"):
        read_one(a_result(body))


# Bounds


def test_more_answers_than_are_read_of_one_message_are_refused_as_a_whole() -> None:
    with pytest.raises(ResultRefused, match=f"at most {MAX_DOCUMENTS}"):
        read_one(a_result("[" + ",".join(["{}"] * (MAX_DOCUMENTS + 1)) + "]"))


def test_lists_in_lists_count_together() -> None:
    inner = "[" + ",".join([RESULT] * 600) + "]"

    answers = reading_of(a_result(f"[{inner},{inner}]")).answers

    assert (len(answers), sum(answer.result is not None for answer in answers)) == (601, 600)


@pytest.mark.parametrize("wrap", [notified, json.dumps, compressed, lambda body: f"[{body}]"])
def test_envelopes_are_opened_to_a_depth_and_no_further(wrap: Callable[[str], str]) -> None:
    body = RESULT
    for _ in range(MAX_LAYERS):
        body = wrap(body)
    assert read_one(a_result(body)).call_id == "1001"

    with pytest.raises(ResultRefused, match=f"more than {MAX_LAYERS} envelopes"):
        read_one(a_result(wrap(body)))


def test_what_nests_as_deep_as_python_goes_is_read_or_refused() -> None:
    for depth in range(880, 1000):
        reading = reading_of(a_result(f"[{'[' * depth}{']' * depth}]"))

        assert reading.answers[0].error is not None


def test_a_bomb_is_not_unpacked() -> None:
    message = a_result(compressed(" " * (50 * 1024 * 1024)))
    tracemalloc.start()

    with pytest.raises(ResultRefused, match=f"more than {MAX_UNPACKED_BYTES} bytes"):
        read_one(message)

    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 4 * MAX_UNPACKED_BYTES


def test_many_small_bombs_in_a_list_are_bounded_together() -> None:
    bomb = json.dumps(compressed(a_result_body(pad=" " * (MAX_UNPACKED_BYTES // 3))))

    answers = reading_of(a_result("[" + ",".join([bomb] * 50) + "]")).answers

    assert sum(answer.result is not None for answer in answers) == 2


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (compressed(RESULT)[:40], "cut off"),
        (base64.b64encode(b"\x1f\x8b not gzip at all").decode(), "broken"),
        (base64.b64encode(b"\xff\xfe\xfd").decode(), "not UTF-8"),
        ("bm90IEpTT04h", "not JSON"),
    ],
)
def test_what_can_not_be_unpacked_is_refused_with_its_reason(body: str, reason: str) -> None:
    with pytest.raises(ResultRefused, match=reason):
        read_one(a_result(body))


# Pointers into S3


def objects(**stored: str) -> Callable[[str, str, int], bytes]:
    return lambda bucket, key, limit_bytes: stored[key].encode()[: limit_bytes + 1]


def read_from(body: str, fetch: Callable[[str, str, int], bytes], **attributes: str) -> Any:
    return read(a_result(body, attributes=attributes), fetch)


@pytest.mark.parametrize(
    "pointer_class", [POINTER_CLASS, "com.amazon.sqs.javamessaging.MessageS3Pointer"]
)
def test_an_answer_in_s3_is_read(pointer_class: str) -> None:
    body = json.dumps([pointer_class, {"s3BucketName": "b", "s3Key": "k"}])

    (answer,) = read_from(body, objects(k=RESULT)).answers

    assert answer.result.call_id == "1001"


def test_a_conversation_in_s3_is_known_when_a_result_is_promised() -> None:
    reading = read_from(
        pointing_to(OWN_KEY), objects(**{OWN_KEY: CONVERSATION}), messageType="ML_PROCESSING_RESULT"
    )

    assert reading.kind is Kind.CONVERSATION


def test_an_answer_may_lie_under_a_key_like_ours() -> None:
    reading = read_from(
        pointing_to(OWN_KEY), objects(**{OWN_KEY: RESULT}), messageType="ML_PROCESSING_RESULT"
    )

    assert reading.kind is Kind.RESULT


def test_an_object_that_is_too_large_is_refused() -> None:
    (answer,) = read_from(pointing_to("k"), objects(k="x" * (MAX_UNPACKED_BYTES + 1))).answers

    assert "when it is unpacked" in str(answer.error)


def test_one_object_is_read_of_one_message() -> None:
    body = f"[{pointing_to('k')},{pointing_to('k')}]"

    first, second = read_from(body, objects(k=RESULT)).answers

    assert first.result
    assert "more than one object" in str(second.error)


def test_s3_is_not_asked_what_is_told_to_be_a_conversation() -> None:
    reading = read_from(pointing_to("k"), objects(), messageType="CONVERSATION_ASSEMBLY")

    assert reading.kind is Kind.CONVERSATION


def test_an_s3_that_does_not_answer_is_no_fault_of_the_message() -> None:
    def denied(bucket: str, key: str, limit_bytes: int) -> bytes:
        raise SqsConfigurationError("AccessDenied")

    with pytest.raises(SqsConfigurationError):
        read_from(pointing_to("k"), denied)


@pytest.mark.parametrize(
    "pointer",
    [
        [POINTER_CLASS],
        [POINTER_CLASS, {}],
        [POINTER_CLASS, {"s3BucketName": "b", "s3Key": ""}],
        ["else", {}],
        [{}, {}],
    ],
)
def test_what_is_no_whole_pointer_is_not_followed(pointer: list[Any]) -> None:
    assert read_from(json.dumps(pointer), objects()).kind is Kind.UNKNOWN


# Whatever comes

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
words = st.sampled_from(
    [
        "ML_PROCESSING_RESULT",
        "CONVERSATION_ASSEMBLY",
        "on-premises-cdc",
        "Notification",
        POINTER_CLASS,
        RESULT,
    ]
)
EVENT_NAMES = (
    "Type",
    "Message",
    "MessageAttributes",
    "messageType",
    "Value",
    "detail",
    "detail-type",
)
names = st.sampled_from(
    ["type", "source", "callId", "summary", "s3BucketName", "s3Key", *EVENT_NAMES]
)
documents = st.recursive(
    scalars | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=5),
    max_leaves=15,
)
attributes_of_any_kind = st.dictionaries(
    st.sampled_from(["messageType", "source", "contentEncoding"]), words
)
wrapping = st.lists(
    st.sampled_from([notified, json.dumps, compressed, lambda body: f"[{body}]"]), max_size=7
)


def outcome_is_sound(body: str, attributes: dict[str, str]) -> bool:
    def fetch(bucket: str, key: str, limit_bytes: int) -> bytes:
        return key.encode(errors="replace") * 3

    reading = read(a_result(body, attributes=attributes), fetch)
    told = [(answer.result is None) != (answer.error is None) for answer in reading.answers]
    return all(told) and bool(told) != (reading.kind is Kind.CONVERSATION)


@given(documents, attributes_of_any_kind, wrapping)
def test_any_json_in_any_envelope_is_a_result_a_refusal_or_put_back(
    document: object, attributes: dict[str, str], wraps: list[Callable[[str], str]]
) -> None:
    body = json.dumps(document)
    for wrap in wraps:
        body = wrap(body)
    assert outcome_is_sound(body, attributes)


@given(
    st.text() | st.binary().map(lambda data: base64.b64encode(data).decode()),
    attributes_of_any_kind,
)
def test_any_text_is_a_result_a_refusal_or_put_back(body: str, attributes: dict[str, str]) -> None:
    assert outcome_is_sound(body, attributes)


@given(st.binary(max_size=2000), st.integers(min_value=0, max_value=400), attributes_of_any_kind)
def test_any_damage_to_what_is_packed_is_a_result_a_refusal_or_put_back(
    noise: bytes, place: int, attributes: dict[str, str]
) -> None:
    packed = gzip.compress(RESULT.encode(), mtime=0)
    damaged = packed[:place] + noise + packed[place:]
    assert outcome_is_sound(base64.b64encode(damaged).decode(), attributes)
