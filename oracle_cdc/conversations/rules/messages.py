"""The wire contract of conversations: their JSON, and how two are known to be the same."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from io import BytesIO
from json.encoder import encode_basestring
from zoneinfo import ZoneInfo

import orjson

from oracle_cdc.model import Conversation, Segment

#: `type` of the body and `messageType` of the attributes, outbound.
CONVERSATION_TYPE = "CONVERSATION_ASSEMBLY"
#: `source` of the body and of the attributes.
SOURCE = "on-premises-cdc"
SCHEMA_VERSION = "1.0"

#: Code points outside the set that SQS takes:
#: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
REFUSED_CODE_POINTS = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

#: Utterances that are written at a time: all of a large call would be in memory twice more.
UTTERANCES_TOGETHER = 64
#: Characters from which on a text is copied to be written.
LONG_TEXT = 1000

#: Members of JSON by their names.
Written = dict[str, datetime | str | None]

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
    zone: ZoneInfo | None = None
    if time_zone:
        zone = ZoneInfo(time_zone)
    called = {
        "ban": conversation.ban,
        "subscriberNo": conversation.subscriber_no,
        "callTime": _time(conversation.call_time, zone),
    }
    middle = BytesIO()
    middle.write(_encode(called)[1:-1] + b',"messages":[')
    utterances = conversation.utterances
    for start in range(0, len(utterances), UTTERANCES_TOGETHER):
        if start:
            middle.write(b",")
        said = _list_said(utterances[start : start + UTTERANCES_TOGETHER], zone)
        middle.write(_encode(said)[1:-1])
    middle.write(f'],"messageCount":{len(utterances)}'.encode())
    return Content(
        head=f'{_HEAD},"callId":{encode_basestring(conversation.call_id)}',
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


def _list_said(utterances: Sequence[Segment], zone: ZoneInfo | None) -> list[Written]:
    said: list[Written] = []
    for utterance in utterances:
        text = utterance.text or ""
        if len(text) >= LONG_TEXT:
            # The encoder keeps a text's UTF-8 as long as the text lives, which a copy does not.
            text = "".join((text[:1], text[1:]))
        time = _time(utterance.text_time, zone)
        said.append({"channel": utterance.owner, "text": text, "timestamp": time})
    return said


def _time(time: datetime, zone: ZoneInfo | None) -> datetime | str:
    """Return what is written of a time. The encoder writes a datetime as isoformat does."""
    if zone is None:
        return time
    # fold=0: nothing in the source says which pass of a repeated hour it is, so it is the first.
    written = time.replace(tzinfo=zone, fold=0).isoformat()
    # Before there were time zones a town's offset had seconds, which neither RFC 3339 nor its
    # readers know.
    if written[-6] not in "+-":
        return written[:-3]
    return written


def _encode(value: Written | list[Written]) -> bytes:
    """Write JSON in UTF-8 without what SQS refuses.

    Hebrew stays as it is: escaped it would be 2.7 times larger.
    """
    try:
        encoded = orjson.dumps(value)
    except orjson.JSONEncodeError:
        # Half of a surrogate pair, which has no UTF-8.
        return _escape(_ENCODER.encode(value))
    # JSON's own escapes cover what lies below U+0020, so that only U+FFFE and U+FFFF are left.
    if b"\xef\xbf\xbe" in encoded or b"\xef\xbf\xbf" in encoded:
        return _escape(encoded.decode())
    return encoded


def _escape(written: str) -> bytes:
    return REFUSED_CODE_POINTS.sub(lambda match: f"\\u{ord(match[0]):04x}", written).encode()


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=datetime.isoformat)
