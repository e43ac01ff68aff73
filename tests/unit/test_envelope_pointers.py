"""Messages that point into S3."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from oracle_cdc.conversations.rules.answers import read
from oracle_cdc.conversations.rules.envelopes import (
    MAX_UNPACKED_BYTES,
    Kind,
)
from oracle_cdc.conversations.rules.pointers import POINTER_CLASS
from oracle_cdc.errors import SqsConfigurationError
from tests.builders import (
    a_result,
)
from tests.unit.envelopes import CONVERSATION, OWN_KEY, RESULT, pointing_to


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


def test_s3_is_not_asked_what_is_said_to_be_a_conversation() -> None:
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
