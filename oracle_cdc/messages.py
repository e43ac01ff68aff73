"""The wire contract of conversations: Conversation to JSON, and how two sendings are known to be the same."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from oracle_cdc.model import Conversation

#: `type` of the body and `messageType` of the attributes, outbound.
CONVERSATION_TYPE = "CONVERSATION_ASSEMBLY"
#: `source` of the body and of the attributes.
SOURCE = "on-premises-cdc"
SCHEMA_VERSION = "1.0"

#: Code points outside the set that SQS takes:
#: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
REFUSED_CODE_POINTS = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True)
class Content:
    """A body without revision and assembledAt: what stands before, between and behind them. Written once for both its
    hash and its body, because writing it is most of what a conversation costs this process."""

    head: str
    middle: str = field(repr=False)
    tail: str

    @property
    def hash(self) -> str:
        """SHA-256 in hex: equal hashes mean that nothing new is to be said."""
        return hashlib.sha256(f"{{{self.head},{self.middle},{self.tail}}}".encode()).hexdigest()

    def body(self, *, revision: int, assembled_at: datetime) -> str:
        """The body as SQS gets it; equal arguments give equal bytes.

        assembled_at: a moment of the host, or of the ledger; without a zone it is taken as UTC.
        """
        assembled = _members(assembledAt=format_moment(assembled_at))
        return f"{{{self.head},{_members(revision=revision)},{self.middle},{assembled},{self.tail}}}"


def write_content(conversation: Conversation, *, time_zone: str | None) -> Content:
    """time_zone: IANA name of the source's zone; None writes its times without an offset."""
    zone = ZoneInfo(time_zone) if time_zone else None
    return Content(
        head=_members(type=CONVERSATION_TYPE, schemaVersion=SCHEMA_VERSION, callId=conversation.call_id),
        middle=_members(
            ban=conversation.ban,
            subscriberNo=conversation.subscriber_no,
            callTime=_format_source_time(conversation.call_time, zone),
            messages=[
                {"channel": said.channel, "text": said.text, "timestamp": _format_source_time(said.text_time, zone)}
                for said in conversation.utterances
            ],
            messageCount=len(conversation.utterances),
        ),
        tail=_members(source=SOURCE),
    )


def encode(conversation: Conversation, *, revision: int, assembled_at: datetime, time_zone: str | None) -> str:
    """The body of a conversation; see Content."""
    return write_content(conversation, time_zone=time_zone).body(revision=revision, assembled_at=assembled_at)


def content_hash(conversation: Conversation, *, time_zone: str | None) -> str:
    """The hash of a conversation; see Content."""
    return write_content(conversation, time_zone=time_zone).hash


def format_moment(moment: datetime) -> str:
    """Write a moment in UTC with microseconds and Z; without a zone it is taken as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    return aware.astimezone(timezone.utc).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _format_source_time(time: datetime, zone: ZoneInfo | None) -> str:
    # fold=0: nothing in the source tells the two passes of a repeated hour apart, so the first is taken.
    return (time.replace(tzinfo=zone, fold=0) if zone else time).isoformat()


def _members(**members: object) -> str:
    """The members of a JSON object, without its braces."""
    # Hebrew stays as it is: escaped it would be 2.7 times larger. JSON's own escapes cover what lies below U+0020.
    return REFUSED_CODE_POINTS.sub(lambda match: f"\\u{ord(match[0]):04x}", _write(members)[1:-1])
