"""The wire contract of conversations: their JSON, and how two are known to be the same."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import partial
from io import BytesIO
from json.encoder import encode_basestring
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

#: Parts of a body that are joined at a time: all of a large call would be in memory twice more.
PARTS_TOGETHER = 64

#: Stand before and behind what differs from body to body.
_HEAD = f'"type":"{CONVERSATION_TYPE}","schemaVersion":"{SCHEMA_VERSION}"'
_TAIL = f'"source":"{SOURCE}"'


@dataclass(frozen=True)
class Content:
    """A body without revision and assembledAt: what stands before, between and behind them.

    It is written once for both its hash and its body, because writing it is most of what a
    conversation costs this process.

    Parameters:
        middle: in UTF-8.
    """

    head: str
    middle: bytes = field(repr=False)
    tail: str

    @property
    def hash(self) -> str:
        """Return SHA-256 in hex: equal hashes mean that nothing new is to be said."""
        hashed = hashlib.sha256(f"{{{self.head},".encode())
        hashed.update(self.middle)
        hashed.update(f",{self.tail}}}".encode())
        return hashed.hexdigest()

    def body(self, *, revision: int, assembled_at: datetime) -> Sequence[bytes]:
        """Return the parts of the body as SQS gets it, in UTF-8: equal arguments give equal bytes.

        Only what needs them joined joins them: of a large call that is one more in memory.

        Parameters:
            assembled_at: a moment of the host, or of the ledger. Without a zone it is in UTC.
        """
        begin = f'{{{self.head},"revision":{revision},'
        end = f',"assembledAt":"{format_moment(assembled_at)}",{self.tail}}}'
        return begin.encode(), self.middle, end.encode()


def write_content(conversation: Conversation, *, time_zone: str | None) -> Content:
    """Write what is sent of a conversation.

    Parameters:
        time_zone: IANA name of the source's zone. None writes its times without an offset.
    """
    write_time = datetime.isoformat
    if time_zone:
        write_time = partial(_format_in_zone, ZoneInfo(time_zone))
    # Written by hand: the encoder takes twice as long, a tenth of what a conversation costs this
    # process.
    middle = BytesIO()
    parts = [
        f'"ban":{_text(conversation.ban)},"subscriberNo":{_text(conversation.subscriber_no)},'
        f'"callTime":"{write_time(conversation.call_time)}","messages":['
    ]
    comma = ""
    for said in conversation.utterances:
        channel, text = encode_basestring(said.owner), encode_basestring(said.text or "")
        time = write_time(said.text_time)
        parts.append(f'{comma}{{"channel":{channel},"text":{text},"timestamp":"{time}"}}')
        comma = ","
        if len(parts) == PARTS_TOGETHER:
            middle.write(_encode("".join(parts)))
            parts.clear()
    parts.append(f'],"messageCount":{len(conversation.utterances)}')
    middle.write(_encode("".join(parts)))
    return Content(
        head=f'{_HEAD},"callId":{_text(conversation.call_id)}',
        middle=middle.getvalue(),
        tail=_TAIL,
    )


def begins_as_conversation(text: str) -> bool:
    """Return whether a text that may be cut off is a body of ours."""
    return text.startswith(f"{{{_HEAD},")


def format_moment(moment: datetime) -> str:
    """Write a moment in UTC with microseconds and Z. One without a zone is in UTC."""
    if moment.tzinfo:
        moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
    return moment.isoformat(timespec="microseconds") + "Z"


def _format_in_zone(zone: ZoneInfo, time: datetime) -> str:
    # fold=0: nothing in the source says which pass of a repeated hour it is, so it is the first.
    written = time.replace(tzinfo=zone, fold=0).isoformat()
    # Before there were time zones a town's offset had seconds, which neither RFC 3339 nor its
    # readers know.
    if written[-6] not in "+-":
        return written[:-3]
    return written


def _text(text: str | None) -> str:
    if text is None:
        return "null"
    # Hebrew stays as it is: escaped it would be 2.7 times larger. JSON's own escapes cover what
    # lies below U+0020.
    return encode_basestring(text)


def _encode(members: str) -> bytes:
    # What Python calls printable SQS takes, and to ask is half of what looking for the others
    # costs.
    if not members.isprintable():
        members = REFUSED_CODE_POINTS.sub(lambda match: f"\\u{ord(match[0]):04x}", members)
    return members.encode()
