"""Messages of the results queue: what is around an answer, and the answer."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from oracle_cdc.conversations.rules.answers import Reading, read
from oracle_cdc.conversations.rules.envelopes import MAX_UNPACKED_BYTES, Kind
from oracle_cdc.conversations.rules.pointers import write_pointer
from oracle_cdc.model import ReceivedMessage
from tests.fuzz.decoders import Take

WORDS = (
    b'"type":"ML_PROCESSING_RESULT"',
    b'"callId":',
    b'"revision":',
    b'"Type":"Notification","Message":',
    b'"detail":{',
    b'"detail-type":',
    b'"classification":{"primary":',
    b'"confidence":',
    b'"callTime":"2025-01-15T14:20:00"',
    b"\\ud800",
    b"1e999999999",
    b"-Infinity",
)
ANSWER = {
    "type": "ML_PROCESSING_RESULT",
    "callId": "1001",
    "revision": 2,
    "summary": {"text": "שלום"},
    "sentiment": {"overall": "good", "score": 0.5},
    "classifications": [{"name": "billing"}, {"label": "x"}],
    "confidence": "0.87",
    "processingTime": 12.5,
    "callTime": "2025-01-15T14:20:00.25+02:00",
}
ATTRIBUTES: Sequence[dict[str, str]] = (
    {"messageType": "ML_PROCESSING_RESULT"},
    {},
    {"source": "on-premises-cdc"},
    {"messageType": "CONVERSATION_ASSEMBLY"},
)
PLAIN, PACKED, NOTIFIED, POINTED = range(4)
#: Bytes of DICTA_CALL_SUMMARY's columns.
WIDTHS = {
    "call_id": 50,
    "sentiment": 50,
    "classification_primary": 255,
    "model_version": 50,
    "ban": 50,
    "subscriber_no": 50,
}


def seeds() -> Sequence[bytes]:
    body = json.dumps(ANSWER, ensure_ascii=False).encode()
    found = [b"[" + body + b", " + body + b"]", b'{"callId": 1001.0, "summary": null}']
    for way in (PLAIN, PACKED, NOTIFIED, POINTED):
        found.append(bytes((way,)) + body)
        found.append(bytes((way + 4,)) + json.dumps(body.decode()).encode())
    return found


@contextmanager
def opened() -> Iterator[Take]:
    yield take


def take(data: bytes) -> None:
    """Read a message. The first byte says what it is wrapped in, and which attributes it has."""
    first = data[0] if data else 0
    content = data[1:]

    def fetch(bucket: str, key: str, limit_bytes: int) -> bytes:
        assert limit_bytes <= MAX_UNPACKED_BYTES
        return content

    body = wrap(first % 4, content)
    message = ReceivedMessage("m-1", "r-1", body, ATTRIBUTES[first // 4 % 4], 1, 1)
    check(read(message, fetch), body)


def wrap(way: int, content: bytes) -> str:
    text = content.decode(errors="replace")
    if way == PACKED:
        return base64.b64encode(gzip.compress(content, 1, mtime=0)).decode()
    if way == NOTIFIED:
        return json.dumps({"Type": "Notification", "Message": text})
    if way == POINTED:
        return write_pointer("bucket", "key")
    return text


def check(reading: Reading, body: str) -> None:
    """Check that whatever came has an answer, or a reason and its text, or is put back."""
    assert bool(reading.answers) != (reading.kind is Kind.CONVERSATION)
    for answer in reading.answers:
        assert (answer.result is None) != (answer.error is None)
        if answer.result is None:
            # The whole message, or the element of a list that can't be read.
            assert answer.message.body == body or "#" in answer.message.message_id
            continue
        for name, width in WIDTHS.items():
            assert len((getattr(answer.result, name) or "").encode()) <= width, name
        (answer.result.summary or "").encode()
        (answer.result.classification_all or "").encode()
        for number in (answer.result.confidence, answer.result.processing_ms):
            assert number is None or number.is_finite()
