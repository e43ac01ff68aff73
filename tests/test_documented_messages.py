"""Every example of docs/messages.md is read, or written, by the service's own code."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import pytest

from oracle_cdc.aws.sqs.packing import MAX_MESSAGE_BYTES, attribute_type
from oracle_cdc.conversations.outbound.fitting import fit
from oracle_cdc.conversations.rules.answers import (
    CALL_ID_BYTES,
    CLASSIFICATION_BYTES,
    SHORT_TEXT_BYTES,
    read,
)
from oracle_cdc.conversations.rules.envelopes import MAX_DOCUMENTS, MAX_LAYERS, MAX_UNPACKED_BYTES
from oracle_cdc.conversations.rules.fields import MAX_REVISION
from oracle_cdc.model import Conversation, MlResult, OutboundMessage, Overflow
from oracle_cdc.oracle.ddl import read_tables
from tests import documents
from tests.builders import (
    ASSEMBLED_AT,
    a_conversation,
    a_result,
    a_segment,
    encode,
    queue_facts,
    read_one,
)

PAGE = (Path(__file__).parents[1] / "docs" / "messages.md").read_text(encoding="utf-8")


def section(heading: str) -> str:
    """Return the text below a heading, up to the next of any level."""
    _, _, below = PAGE.partition(f"\n{heading}\n")
    assert below, heading
    return re.split(r"^#+ ", below, maxsplit=1, flags=re.MULTILINE)[0]


def blocks(heading: str, language: str = "json|text") -> list[str]:
    return re.findall(rf"^```(?:{language})\n(.*?)\n```", section(heading), re.M | re.S)


def rows(heading: str) -> list[list[str]]:
    """Return the cells of a section's tables, without their heads."""
    return documents.rows(section(heading))


def documented_conversation() -> Conversation:
    shown = json.loads(blocks("## Conversations: what goes out")[0])
    segments = []
    for message in shown["messages"]:
        segment = a_segment(
            message["text"],
            owner=message["channel"],
            ban=shown["ban"],
            subscriber_no=shown["subscriberNo"],
        )
        segments.append(segment._replace(text_time=datetime.fromisoformat(message["timestamp"])))
    return a_conversation(*segments)


def body() -> str:
    return encode(documented_conversation(), revision=1, assembled_at=ASSEMBLED_AT, time_zone=None)


def long_body() -> str:
    """Write the documented conversation with what was said in it a hundred times over."""
    short = documented_conversation()
    long = short._replace(utterances=short.utterances * 100)
    return encode(long, revision=1, assembled_at=ASSEMBLED_AT, time_zone=None)


def sent(limit_bytes: int, overflow: Overflow | None = None) -> OutboundMessage:
    return fit(
        [long_body().encode()],
        call_id="1001",
        revision=1,
        content_hash="0" * 64,
        assembled_at=ASSEMBLED_AT,
        facts=queue_facts(max_message_bytes=limit_bytes),
        overflow=overflow,
    )


#: One conversation in each of the three ways in which it can come.
FORMS = {
    "plain": sent(MAX_MESSAGE_BYTES),
    "compressed": sent(2000),
    "pointer": sent(500, Overflow("my-bucket", "conversations/")),
}


def test_the_conversation_is_written_as_documented_key_by_key() -> None:
    shown = json.loads(blocks("## Conversations: what goes out")[0])
    assert list(json.loads(body()).items()) == list(shown.items())


def test_the_table_of_keys_names_each_key_in_its_order() -> None:
    shown = json.loads(body())
    table = section("## Conversations: what goes out")
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(shown)
    inner = re.findall(r"^\| `messages\[\]\.(\w+)` \|", table, re.MULTILINE)
    assert inner == list(shown["messages"][0])


def test_the_table_of_attributes_names_each_with_its_type() -> None:
    written = {}
    for message in FORMS.values():
        for name in message.attributes:
            written[f"`{name}`"] = attribute_type(name)
    shown = {}
    for row in rows("### Attributes"):
        shown[row[0]] = row[1]
    assert shown == written


def test_the_values_of_the_attributes_are_the_documented_ones() -> None:
    compressed = FORMS["compressed"].attributes
    for name, _, value in rows("### Attributes"):
        if name in ("`messageType`", "`source`", "`contentEncoding`"):
            assert f"`{compressed[name.strip('`')]}`" in value
    assert compressed["timestamp"] == json.loads(body())["assembledAt"]


@pytest.mark.parametrize("form", FORMS)
def test_the_documented_reader_reads_each_form(form: str) -> None:
    (source,) = blocks("### Large conversations", "python")
    names: dict[str, Any] = {"json": json, "gzip": gzip, "base64": base64}
    exec(source, names)
    read_conversation = cast("Callable[..., object]", names["read_conversation"])
    message = FORMS[form]
    received = {"Body": message.body, "MessageAttributes": dict(message.attributes)}

    def read_object(bucket: str, key: str) -> bytes:
        assert message.stored
        assert (bucket, key) == (message.stored.bucket, message.stored.key)
        return b"".join(message.stored.body)

    assert read_conversation(received, read_object) == json.loads(long_body())


def test_the_documented_pointer_has_the_shape_of_a_real_one() -> None:
    (shown,) = blocks("### Large conversations")
    real = json.loads(FORMS["pointer"].body)
    assert json.loads(shown)[0] == real[0]
    assert json.loads(shown)[1].keys() == real[1].keys()


def comparable(result: MlResult) -> MlResult:
    return replace(result, sent_ms=0, message_id="")


EXAMPLE = comparable(read_one(a_result(blocks("## Answers: what comes back")[0])))


def test_the_documented_answer_fills_each_column_of_the_answers_table() -> None:
    left_to_the_ledger = {"ban", "subscriber_no", "call_time"}
    for name, value in vars(EXAMPLE).items():
        assert (value is None) == (name in left_to_the_ledger), name
    assert EXAMPLE.warnings == ()


@pytest.mark.parametrize("shape", blocks("### Other shapes"))
def test_each_other_shape_says_the_same(shape: str) -> None:
    assert comparable(read_one(a_result(shape, attributes={}))) == EXAMPLE


def wrapped() -> str:
    found = re.search(r"`(\{.*\})`", section("### Envelopes"))
    assert found
    return found[1]


def stored_answer(bucket: str, key: str, limit_bytes: int) -> bytes:
    assert (bucket, key) == ("my-bucket", "answers/1001.json")
    return wrapped().encode()


@pytest.mark.parametrize("envelope", blocks("### Envelopes"))
def test_each_envelope_gives_the_answer_in_it(envelope: str) -> None:
    reading = read(a_result(envelope, attributes={}), stored_answer)
    (answer,) = reading.answers
    assert answer.error is None
    assert answer.result
    plain = read_one(a_result(wrapped(), attributes={}))
    assert comparable(answer.result) == comparable(plain)


def test_the_limits_of_a_message_are_those_of_the_code() -> None:
    assert rows("### Envelopes") == [
        ["envelopes around one another", f"{MAX_LAYERS}"],
        ["answers", f"{MAX_DOCUMENTS:,}"],
        ["bytes when it is unpacked", f"{MAX_UNPACKED_BYTES:,}"],
        ["objects of S3", "1"],
    ]
    assert f"at most {MAX_MESSAGE_BYTES:,} bytes" in section("### Large conversations")


def columns() -> Mapping[str, list[str]]:
    found = {}
    for row in rows("## Answers: what comes back"):
        found[row[1].strip("`")] = row
    return found


def test_the_columns_of_answers_are_those_of_the_table() -> None:
    written_by_the_service = {"PROCESSED_AT", "SENT_TIMESTAMP", "IS_EMPTY"}
    table = set(read_tables()["DICTA_CALL_SUMMARY"])
    assert set(columns()) == table - written_by_the_service


@pytest.mark.parametrize(
    ("column", "limit"),
    [
        ("CALL_ID", CALL_ID_BYTES),
        ("SENTIMENT", SHORT_TEXT_BYTES),
        ("ML_MODEL_VERSION", SHORT_TEXT_BYTES),
        ("CUSTOMER_ID", SHORT_TEXT_BYTES),
        ("SUBSCRIBER_NO", SHORT_TEXT_BYTES),
        ("CLASSIFICATION_PRIMARY", CLASSIFICATION_BYTES),
        ("REVISION", MAX_REVISION),
    ],
)
def test_the_limit_of_a_column_is_that_of_the_code(column: str, limit: int) -> None:
    assert re.search(rf"\b{limit:,}\b", columns()[column][3])


@pytest.mark.parametrize("row", rows("## Answers: what comes back"))
def test_each_name_of_a_key_is_read_into_its_column(row: list[str]) -> None:
    # Given: the key's names, each alone beside the call
    for name in re.findall(r"`([\w.]+)`", row[0]):
        first, _, second = name.partition(".")
        value: object = "1"
        if name in ("callTime", "call_time"):
            value = "2025-01-15T14:20:00"
        if second:
            value = {second: value}
        # When
        body = json.dumps({"type": "ML_PROCESSING_RESULT", "callId": "7", first: value})
        result = read_one(a_result(body))
        # Then: something is known that is not known without it
        bare = read_one(a_result('{"type":"ML_PROCESSING_RESULT","callId":"7"}'))
        assert result != bare, name
