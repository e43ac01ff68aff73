"""From bodies to requests: sizes in bytes, compression of what is too large, and few requests for many messages."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from oracle_cdc.errors import MessageRefused
from oracle_cdc.messages import CONVERSATION_TYPE, SOURCE, format_moment
from oracle_cdc.model import OutboundMessage, Overflow, QueueFacts, StoredBody

#: The largest message that SQS takes, body and attributes together; a queue's own limit can be lower.
#: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
MAX_MESSAGE_BYTES = 1_048_576
#: The largest SendMessageBatch request, all its messages together (same page).
MAX_REQUEST_BYTES = 1_048_576
#: The most entries of one batch request (same page).
MAX_ENTRIES = 10

#: The pointer of the extended client libraries and the attribute by which they know it:
#: https://github.com/awslabs/payload-offloading-java-common-lib-for-aws
POINTER_CLASS = "software.amazon.payloadoffloading.PayloadS3Pointer"
SIZE_ATTRIBUTE = "ExtendedPayloadSize"

_GZIP_WINDOW_BITS = 31
#: How the keys of our own objects end: revision and hash, whatever the prefix was when they were written.
_OWN_KEY = re.compile(r".*-\d+-[0-9a-f]{64}\.json", re.ASCII | re.DOTALL)


def fit(
    conversation_body: str,
    *,
    call_id: str,
    revision: int,
    content_hash: str,
    assembled_at: datetime,
    facts: QueueFacts,
    overflow: Overflow | None = None,
    source: str = SOURCE,
) -> OutboundMessage:
    """Make the message that carries a body through this queue, compressed only when it would be too large.

    What is too large all the same goes to the overflow, and the message points there; without one, MessageRefused is
    raised.
    """
    attributes = {
        "messageType": CONVERSATION_TYPE,
        "source": source,
        "callId": call_id,
        "timestamp": format_moment(assembled_at),
    }
    limit = min(facts.max_message_bytes, MAX_MESSAGE_BYTES)
    body, sent_attributes = _shrink(conversation_body, attributes, limit)
    stored = None
    if overflow is not None and message_size(body, sent_attributes) > limit:
        key = f"{overflow.prefix}{call_id}-{revision}-{content_hash}.json"
        stored = StoredBody(overflow.bucket, key, conversation_body)
        body, sent_attributes = _point_to(stored, attributes)
    size = message_size(body, sent_attributes)
    if size > limit:
        plain = len(conversation_body.encode())
        raise MessageRefused(
            f"call {call_id} revision {revision}: {plain} bytes, {size} compressed; the queue takes {limit}"
            + (
                ""
                if overflow
                else "; set S3_OVERFLOW_BUCKET, or raise the queue's MaximumMessageSize"
            )
        )
    return OutboundMessage(
        call_id=call_id,
        revision=revision,
        body=body,
        attributes=sent_attributes,
        size_bytes=size,
        group_id=call_id if facts.is_fifo else "",
        deduplication_id=f"{call_id}-{revision}-{content_hash}" if facts.is_fifo else "",
        stored=stored,
    )


def is_own_key(key: str) -> bool:
    """Whether an object of S3 has a key as `fit` makes them."""
    return _OWN_KEY.fullmatch(key) is not None


def message_size(body: str, attributes: Mapping[str, str]) -> int:
    """The bytes that SQS counts: the body, and each attribute's name, type and value, in UTF-8."""
    named = "".join(name + attribute_type(name) + value for name, value in attributes.items())
    return len(body.encode()) + len(named.encode())


def attribute_type(name: str) -> str:
    """The type of an attribute that we send; the type's name counts towards the size too."""
    return "Number" if name == SIZE_ATTRIBUTE else "String"


def pack(
    messages: Sequence[OutboundMessage],
    *,
    max_request_bytes: int = MAX_REQUEST_BYTES,
    max_entries: int = MAX_ENTRIES,
) -> Iterator[list[OutboundMessage]]:
    """Yield requests, close to the fewest possible; those of one FIFO group keep their order from request to request.

    A message that is larger than a request stands alone in one, for SQS to answer.
    """
    for turn in split_turns(messages):
        yield from _first_fit(turn, max_request_bytes, max_entries)


def split_turns(messages: Sequence[OutboundMessage]) -> list[list[OutboundMessage]]:
    """Split so that a FIFO group occurs once in each turn; a turn must have been answered before the next is sent."""
    seen: dict[str, int] = defaultdict(int)
    turns: list[list[OutboundMessage]] = []
    for message in messages:
        turn = seen[message.group_id] if message.group_id else 0
        seen[message.group_id] += 1
        if turn == len(turns):
            turns.append([])
        turns[turn].append(message)
    return turns


def _shrink(body: str, attributes: dict[str, str], limit: int) -> tuple[str, dict[str, str]]:
    if message_size(body, attributes) <= limit:
        return body, attributes
    return _compress(body), {**attributes, "contentEncoding": "gzip+base64"}


def _point_to(stored: StoredBody, attributes: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    pointer = [POINTER_CLASS, {"s3BucketName": stored.bucket, "s3Key": stored.key}]
    size = str(len(stored.body.encode()))
    return json.dumps(pointer, separators=(",", ":")), {**attributes, SIZE_ATTRIBUTE: size}


def _compress(body: str) -> str:
    # zlib writes a gzip header without time or file name on every Python version, so equal bodies stay equal.
    compressor = zlib.compressobj(9, zlib.DEFLATED, _GZIP_WINDOW_BITS)
    return base64.b64encode(compressor.compress(body.encode()) + compressor.flush()).decode("ascii")


def _first_fit(
    messages: Sequence[OutboundMessage], max_request_bytes: int, max_entries: int
) -> list[list[OutboundMessage]]:
    requests: list[list[OutboundMessage]] = []
    room: list[int] = []
    for message in sorted(messages, key=lambda message: message.size_bytes, reverse=True):
        for number, left in enumerate(room):
            if message.size_bytes <= left and len(requests[number]) < max_entries:
                requests[number].append(message)
                room[number] -= message.size_bytes
                break
        else:
            requests.append([message])
            room.append(max_request_bytes - message.size_bytes)
    return requests
