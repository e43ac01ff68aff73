"""From a body to the message that carries it: attributes, compression, or a pointer into S3."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from oracle_cdc.aws.sqs.packing import (
    MAX_MESSAGE_BYTES,
    SIZE_ATTRIBUTE,
    attributes_size,
    make_fifo_id,
    message_size,
)
from oracle_cdc.conversations.rules.messages import CONVERSATION_TYPE, SOURCE, format_moment
from oracle_cdc.conversations.rules.pointers import make_key, write_pointer
from oracle_cdc.errors import MessageRefused
from oracle_cdc.model import OutboundMessage, Overflow, QueueFacts, StoredBody

_GZIP_WINDOW_BITS = 31


@dataclass(frozen=True)
class _Packed:
    """A body as it travels.

    Parameters:
        size_bytes: what SQS counts, also of one that is too large and was not made.
    """

    body: str = field(repr=False)
    attributes: Mapping[str, str]
    size_bytes: int


def fit(
    conversation_body: Sequence[bytes],
    *,
    call_id: str,
    revision: int,
    content_hash: str,
    assembled_at: datetime,
    facts: QueueFacts,
    overflow: Overflow | None = None,
    source: str = SOURCE,
) -> OutboundMessage:
    """Make the message that carries a body through this queue.

    It is compressed only when it would be too large. What is too large all the same goes to the
    overflow, and the message points there. Raises MessageRefused where there is no overflow.
    """
    attributes = _make_attributes(call_id, source, assembled_at)
    limit = min(facts.max_message_bytes, MAX_MESSAGE_BYTES)
    packed = _shrink(conversation_body, attributes, limit)
    stored = None
    if packed.size_bytes > limit and overflow is not None:
        key = make_key(overflow.prefix, call_id, revision, content_hash)
        stored = StoredBody(overflow.bucket, key, conversation_body)
        packed = _point_to(stored, attributes)
    if packed.size_bytes > limit:
        plain = sum(map(len, conversation_body))
        text = (
            f"call {call_id} revision {revision}: {plain} bytes, {packed.size_bytes} compressed; "
            f"the queue takes {limit}"
        )
        if overflow is None:
            text += "; set S3_OVERFLOW_BUCKET, or raise the queue's MaximumMessageSize"
        raise MessageRefused(text)
    group_id = deduplication_id = ""
    if facts.is_fifo:
        group_id = make_fifo_id(call_id)
        deduplication_id = make_fifo_id(f"{call_id}-{revision}-{content_hash}")
    return OutboundMessage(
        call_id=call_id,
        revision=revision,
        body=packed.body,
        attributes=packed.attributes,
        size_bytes=packed.size_bytes,
        group_id=group_id,
        deduplication_id=deduplication_id,
        stored=stored,
    )


def _make_attributes(call_id: str, source: str, assembled_at: datetime) -> dict[str, str]:
    return {
        "messageType": CONVERSATION_TYPE,
        "source": source,
        "callId": call_id,
        "timestamp": format_moment(assembled_at),
    }


def _shrink(body: Sequence[bytes], attributes: Mapping[str, str], limit: int) -> _Packed:
    size = sum(map(len, body)) + attributes_size(attributes)
    if size <= limit:
        return _Packed(b"".join(body).decode(), attributes, size)
    compressed = _compress(body)
    attributes = {**attributes, "contentEncoding": "gzip+base64"}
    size = (sum(map(len, compressed)) + 2) // 3 * 4 + attributes_size(attributes)
    if size > limit:
        # Too large all the same, so its text is not made: the pointer goes instead, or nothing.
        return _Packed("", attributes, size)
    return _Packed(base64.b64encode(b"".join(compressed)).decode("ascii"), attributes, size)


def _point_to(stored: StoredBody, attributes: Mapping[str, str]) -> _Packed:
    body = write_pointer(stored.bucket, stored.key)
    attributes = {**attributes, SIZE_ATTRIBUTE: str(stored.size_bytes)}
    return _Packed(body, attributes, message_size(body, attributes))


def _compress(body: Sequence[bytes]) -> list[bytes]:
    # zlib writes a gzip header without time or file name on every Python version, so equal bodies
    # stay equal.
    compressor = zlib.compressobj(9, zlib.DEFLATED, _GZIP_WINDOW_BITS)
    compressed = [compressor.compress(part) for part in body]
    compressed.append(compressor.flush())
    return compressed
