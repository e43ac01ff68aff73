"""The wire contract of conversations: Conversation to JSON, and how two sendings are known to be the same."""

from __future__ import annotations

import hashlib
import json
import re
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

#: The body's keys, in the order in which they are written.
_KEYS = (
    "type",
    "schemaVersion",
    "callId",
    "revision",
    "ban",
    "subscriberNo",
    "callTime",
    "messages",
    "messageCount",
    "assembledAt",
    "source",
)


def encode(conversation: Conversation, *, revision: int, assembled_at: datetime, time_zone: str | None) -> str:
    """Write the body as SQS gets it; equal arguments give equal bytes.

    Parameters:
        assembled_at: a moment of the host, or of the ledger; without a zone it is taken as UTC.
        time_zone: IANA name of the source's zone; None writes its times without an offset.
    """
    body = _content(conversation, time_zone=time_zone)
    body["revision"] = revision
    body["assembledAt"] = format_moment(assembled_at)
    return _dump({key: body[key] for key in _KEYS})


def content_hash(conversation: Conversation, *, time_zone: str | None) -> str:
    """SHA-256 in hex of the body without assembledAt and revision: equal hashes mean that nothing new is to be said."""
    body = _content(conversation, time_zone=time_zone)
    return hashlib.sha256(_dump({key: body[key] for key in _KEYS if key in body}).encode()).hexdigest()


def format_moment(moment: datetime) -> str:
    """Write a moment in UTC with microseconds and Z; without a zone it is taken as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    return aware.astimezone(timezone.utc).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _content(conversation: Conversation, *, time_zone: str | None) -> dict[str, object]:
    zone = ZoneInfo(time_zone) if time_zone else None
    return {
        "type": CONVERSATION_TYPE,
        "schemaVersion": SCHEMA_VERSION,
        "callId": conversation.call_id,
        "ban": conversation.ban,
        "subscriberNo": conversation.subscriber_no,
        "callTime": _format_source_time(conversation.call_time, zone),
        "messages": [
            {"channel": said.channel, "text": said.text, "timestamp": _format_source_time(said.text_time, zone)}
            for said in conversation.utterances
        ],
        "messageCount": len(conversation.utterances),
        "source": SOURCE,
    }


def _format_source_time(time: datetime, zone: ZoneInfo | None) -> str:
    # fold=0: nothing in the source tells the two passes of a repeated hour apart, so the first is taken.
    return time.replace(tzinfo=zone, fold=0).isoformat()


def _dump(body: dict[str, object]) -> str:
    # Hebrew stays as it is: escaped it would be 2.7 times larger. JSON's own escapes cover what lies below U+0020.
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return REFUSED_CODE_POINTS.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
