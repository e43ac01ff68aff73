"""Whatever comes is a result, a refusal or put back."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from oracle_cdc.conversations.rules.answers import read
from oracle_cdc.conversations.rules.envelopes import (
    Kind,
)
from oracle_cdc.conversations.rules.pointers import POINTER_CLASS
from tests.builders import (
    a_result,
)
from tests.unit.envelopes import RESULT, compressed, notified

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
    reported = [(answer.result is None) != (answer.error is None) for answer in reading.answers]
    return all(reported) and bool(reported) != (reading.kind is Kind.CONVERSATION)


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
