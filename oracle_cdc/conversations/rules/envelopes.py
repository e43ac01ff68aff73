"""What carriers put around an answer, taken off again: bounded in size, in depth and in number."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from oracle_cdc.conversations.rules.exact_json import parse, split_list
from oracle_cdc.conversations.rules.messages import (
    CONVERSATION_TYPE,
    SOURCE,
    begins_as_conversation,
)
from oracle_cdc.conversations.rules.pointers import Pointer, is_own_key, read_pointer
from oracle_cdc.errors import ResultRefused
from oracle_cdc.model import ReceivedMessage

#: `type` of the body and `messageType` of the attributes, inbound.
RESULT_TYPE = "ML_PROCESSING_RESULT"

#: As much may be unpacked of one message, each envelope counted: four of the largest messages.
MAX_UNPACKED_BYTES = 4 * 1024 * 1024
#: Envelopes that may lie around one another.
MAX_LAYERS = 5
#: Answers that may stand in one message.
MAX_DOCUMENTS = 1000

_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_WINDOW_BITS = 31
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}", re.ASCII)
_MARKS = frozenset({RESULT_TYPE, CONVERSATION_TYPE, SOURCE})
#: What answers have, and no conversation of ours.
_ANSWER_KEYS = frozenset(
    {"summary", "sentiment", "classification", "classifications", "confidence"}
)

#: Reads an object of S3 by bucket and key, a byte more than the limit at most. Raises ResultRefused
#: when the pointer is at fault, and another error of ours when S3 or the way to it is.
Fetch = Callable[[str, str, int], bytes]


class Kind(Enum):
    """What a document is proven to be."""

    RESULT = "result"
    CONVERSATION = "conversation"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Document:
    """What lies in the innermost envelope: one JSON object, or the reason why there is none.

    Parameters:
        text: as it stands in its message, or in the list that it is an element of.
        marks: what the object and the envelopes around it say of its kind.
    """

    text: str = field(repr=False)
    marks: frozenset[str]
    body: Mapping[str, Any] = field(default_factory=dict, repr=False)
    refusal: ResultRefused | None = None

    @property
    def kind(self) -> Kind:
        """Return the kind that the marks prove.

        Our `source` alone makes it a conversation, unless another mark says that it is an answer.
        """
        if CONVERSATION_TYPE in self.marks:
            return Kind.CONVERSATION
        if RESULT_TYPE in self.marks:
            return Kind.RESULT
        if SOURCE in self.marks:
            return Kind.CONVERSATION
        return Kind.UNKNOWN


def open_message(message: ReceivedMessage, fetch: Fetch) -> list[Document]:
    """Take off what lies around the answers of a message: at least one document, in their order.

    Raises only what fetch raises because of S3.
    """
    marks = _marks(*_of_attributes(message.attributes))
    if CONVERSATION_TYPE in marks:
        return [Document(message.body, marks)]
    return _Opening(fetch).open(_Wrapped(message.body, message.body, marks))


@dataclass(frozen=True)
class _Wrapped:
    """A value that is still to be opened.

    Parameters:
        text: what a document in it is known by.
    """

    value: str | Mapping[str, Any]
    text: str
    marks: frozenset[str]
    layers: int = 0

    def within(
        self, value: str | Mapping[str, Any], *marks: object, text: str | None = None
    ) -> _Wrapped:
        """Return the same, one envelope further in."""
        if text is None:
            text = self.text
        return _Wrapped(value, text, self.marks | _marks(*marks), self.layers + 1)


class _Opening:
    """Opens one message, and counts what comes out of it."""

    def __init__(self, fetch: Fetch) -> None:
        self.fetch = fetch
        self.bytes_left = MAX_UNPACKED_BYTES
        self.documents_left = MAX_DOCUMENTS
        self.has_fetched = False

    def open(self, wrapped: _Wrapped) -> list[Document]:
        """Open a value, where what can't be opened is a document that says why."""
        try:
            return self.open_value(wrapped)
        except _TooLarge as error:
            marks = wrapped.marks
            if begins_as_conversation(error.head):
                marks = marks | _marks(CONVERSATION_TYPE)
            return [Document(wrapped.text, marks, refusal=error)]
        except ResultRefused as error:
            return [Document(wrapped.text, wrapped.marks or _quoted_marks(wrapped), refusal=error)]

    def open_value(self, wrapped: _Wrapped) -> list[Document]:
        """Open a text or an object. Raises ResultRefused for what can't be opened."""
        if wrapped.layers > MAX_LAYERS:
            raise ResultRefused(f"wrapped in more than {MAX_LAYERS} envelopes")
        if isinstance(wrapped.value, str):
            return self.open_text(wrapped, wrapped.value)
        return self.open_object(wrapped, wrapped.value)

    def open_text(self, wrapped: _Wrapped, text: str) -> list[Document]:
        """Open JSON, or base64 of it, which may be compressed."""
        try:
            value = parse(text)
        except ResultRefused:
            packed = _from_base64(text)
            if packed is None:
                raise
            return self.open(wrapped.within(self.unpack(packed)))
        if isinstance(value, dict):
            return self.open_object(wrapped, value)
        if isinstance(value, str):
            return self.open(wrapped.within(value))
        if isinstance(value, list):
            return self.open_list(wrapped, text, value)
        raise ResultRefused(f"JSON, but no object: {type(value).__name__}")

    def open_object(self, wrapped: _Wrapped, body: Mapping[str, Any]) -> list[Document]:
        """Open an envelope, or return an object that is none as a document."""
        if not _names_itself(body):
            inner = _inside(wrapped, body)
            if inner is not None:
                return self.open(inner)
        marks = wrapped.marks
        if RESULT_TYPE not in marks or _ANSWER_KEYS.isdisjoint(body):
            # Else it is an answer made of its conversation, whose type and source it still has.
            marks = marks | _marks(body.get("type"), body.get("source"))
        return [Document(wrapped.text, marks or _quoted_marks(wrapped), body)]

    def open_list(self, wrapped: _Wrapped, text: str, items: list[Any]) -> list[Document]:
        """Open each element of a list, or follow the list that is a pointer into S3."""
        pointer = read_pointer(items)
        if pointer is not None:
            return self.follow(wrapped, pointer)
        if not items:
            raise ResultRefused("JSON, but no object: an empty list")
        if len(items) > self.documents_left:
            raise ResultRefused(
                f"a list of {len(items)}; at most {MAX_DOCUMENTS} answers are read of one message"
            )
        self.documents_left -= len(items)
        documents: list[Document] = []
        for element in split_list(text):
            documents += self.open(wrapped.within(element, text=element))
        return documents

    def follow(self, wrapped: _Wrapped, pointer: Pointer) -> list[Document]:
        """Open the object of S3 that a message points to. One of ours is not even fetched."""
        if RESULT_TYPE not in wrapped.marks and is_own_key(pointer.key):
            return [Document(wrapped.text, _marks(CONVERSATION_TYPE))]
        if self.has_fetched:
            raise ResultRefused("points to more than one object of S3")
        self.has_fetched = True
        content = self.fetch(pointer.bucket, pointer.key, self.bytes_left)
        return self.open(wrapped.within(self.unpack(content)))

    def unpack(self, packed: bytes) -> str:
        """Decompress what is gzip. What is not is text already."""
        if not packed.startswith(_GZIP_MAGIC):
            return self.readable(packed)
        stream = zlib.decompressobj(_GZIP_WINDOW_BITS)
        try:
            content = stream.decompress(packed, self.bytes_left + 1)
        except zlib.error:
            raise ResultRefused("gzip, but broken") from None
        if len(content) <= self.bytes_left and not stream.eof:
            raise ResultRefused("gzip, but cut off")
        return self.readable(content)

    def readable(self, content: bytes) -> str:
        """Return bytes as text, and count them."""
        if len(content) > self.bytes_left:
            raise _TooLarge(content)
        self.bytes_left -= len(content)
        try:
            return content.decode()
        except UnicodeDecodeError:
            raise ResultRefused(f"not JSON: {len(content)} bytes, not UTF-8") from None


class _TooLarge(ResultRefused):
    """More came out of a message than is read, and `head` is how it begins."""

    def __init__(self, content: bytes) -> None:
        super().__init__(f"more than {MAX_UNPACKED_BYTES} bytes when it is unpacked")
        self.head = content[:200].decode(errors="replace")


def _inside(wrapped: _Wrapped, body: Mapping[str, Any]) -> _Wrapped | None:
    """Return what a notification of SNS or an event of EventBridge carries, None for neither."""
    message, detail, detail_type = body.get("Message"), body.get("detail"), body.get("detail-type")
    if body.get("Type") == "Notification" and isinstance(message, str):
        return wrapped.within(message, *_of_attributes(body.get("MessageAttributes")))
    if isinstance(detail, dict) and isinstance(detail_type, str):
        return wrapped.within(detail, detail_type, body.get("source"))
    return None


def _of_attributes(attributes: object) -> tuple[object, object]:
    """Return the two attributes that say what kind of message it is."""
    if not isinstance(attributes, Mapping):
        return None, None
    return _attribute_value(attributes, "messageType"), _attribute_value(attributes, "source")


def _attribute_value(attributes: Mapping[Any, Any], name: str) -> object:
    """Return the value of an attribute, which SNS writes as an object around its value."""
    value = attributes.get(name)
    if isinstance(value, Mapping):
        return value.get("Value")
    return value


def _names_itself(body: Mapping[str, Any]) -> bool:
    """Return whether an object says what it is by itself, whatever else stands in it."""
    return "callId" in body or body.get("type") in (RESULT_TYPE, CONVERSATION_TYPE)


def _marks(*values: object) -> frozenset[str]:
    return frozenset(value for value in values if isinstance(value, str) and value in _MARKS)


def _quoted_marks(wrapped: _Wrapped) -> frozenset[str]:
    """Return the marks of what is unproven.

    What quotes both our type and our source has a conversation of ours in it.
    """
    texts = [wrapped.text]
    if isinstance(wrapped.value, str):
        texts.append(wrapped.value)
    for text in texts:
        if CONVERSATION_TYPE in text and SOURCE in text:
            return _marks(CONVERSATION_TYPE)
    return _marks()


def _from_base64(text: str) -> bytes | None:
    """Return the bytes that a text spells, None when it is no base64."""
    packed = "".join(text.split())
    if len(packed) % 4 or not _BASE64.fullmatch(packed):
        return None
    try:
        return base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        return None
