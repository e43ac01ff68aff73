"""SQS's limits, and few requests for many messages."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from oracle_cdc.model import OutboundMessage

#: The largest message that SQS takes, body and attributes together. A queue may take less:
#: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
MAX_MESSAGE_BYTES = 1_048_576
#: The largest SendMessageBatch request, all its messages together (same page).
MAX_REQUEST_BYTES = 1_048_576
#: The most entries of one batch request (same page).
MAX_ENTRIES = 10

#: The attribute by which the extended client libraries know a pointer into S3, a number:
#: https://github.com/awslabs/payload-offloading-java-common-lib-for-aws
SIZE_ATTRIBUTE = "ExtendedPayloadSize"

#: What FIFO takes for a group or a deduplication id: letters, digits and punctuation of ASCII:
#: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
_FIFO_ID = re.compile(r"[!-~]{1,128}")


def make_fifo_id(text: str) -> str:
    """Return a text as FIFO takes it for an id: the text itself, or the SHA-256 of another."""
    if _FIFO_ID.fullmatch(text):
        return text
    return hashlib.sha256(text.encode()).hexdigest()


def message_size(body: str, attributes: Mapping[str, str]) -> int:
    """Return the bytes that SQS counts.

    They are the body, and each attribute's name, type and value, in UTF-8.
    """
    return len(body.encode()) + attributes_size(attributes)


def attributes_size(attributes: Mapping[str, str]) -> int:
    """Return the bytes that SQS counts beside the body."""
    types = map(attribute_type, attributes)
    return len("".join([*attributes, *types, *attributes.values()]).encode())


def attribute_type(name: str) -> str:
    """Return the type of an attribute that we send, whose name counts towards the size too."""
    if name == SIZE_ATTRIBUTE:
        return "Number"
    return "String"


def pack(
    messages: Sequence[OutboundMessage],
    *,
    max_request_bytes: int = MAX_REQUEST_BYTES,
    max_entries: int = MAX_ENTRIES,
) -> Iterator[list[OutboundMessage]]:
    """Yield requests, close to the fewest possible.

    The messages of one FIFO group keep their order from request to request. A message that is
    larger than a request stands alone in one, for SQS to answer.
    """
    for turn in split_turns(messages):
        yield from _first_fit(turn, max_request_bytes, max_entries)


def split_turns(messages: Sequence[OutboundMessage]) -> list[list[OutboundMessage]]:
    """Split so that a FIFO group occurs once in each turn.

    A turn must have been answered before the next is sent.
    """
    seen: dict[str, int] = defaultdict(int)
    turns: list[list[OutboundMessage]] = []
    for message in messages:
        turn = 0
        if message.group_id:
            turn = seen[message.group_id]
            seen[message.group_id] += 1
        if turn == len(turns):
            turns.append([])
        turns[turn].append(message)
    return turns


def _first_fit(
    messages: Sequence[OutboundMessage], max_request_bytes: int, max_entries: int
) -> list[list[OutboundMessage]]:
    requests: list[list[OutboundMessage]] = []
    #: Bytes left, by the number of a request that may have more entries.
    room: dict[int, int] = {}
    for message in sorted(messages, key=lambda message: message.size_bytes, reverse=True):
        for number, bytes_left in room.items():
            if message.size_bytes <= bytes_left:
                requests[number].append(message)
                room[number] = bytes_left - message.size_bytes
                break
        else:
            number = len(requests)
            requests.append([message])
            room[number] = max_request_bytes - message.size_bytes
        if len(requests[number]) == max_entries:
            del room[number]
    return requests
