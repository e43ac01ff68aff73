"""The wire contract of results: the many shapes in which ML services answer, read into one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from oracle_cdc.conversations.rules.call_ids import read_call_id
from oracle_cdc.conversations.rules.envelopes import (
    RESULT_TYPE,
    Document,
    Fetch,
    Kind,
    open_message,
)
from oracle_cdc.conversations.rules.fields import (
    Labels,
    Warn,
    read_labels,
    read_number,
    read_revision,
    read_text,
    read_time,
)
from oracle_cdc.conversations.rules.redaction import Marks
from oracle_cdc.errors import ResultRefused
from oracle_cdc.model import MlResult, ReceivedMessage

#: Widths of DICTA_CALL_SUMMARY's columns, in bytes of UTF-8.
CALL_ID_BYTES = 50
SHORT_TEXT_BYTES = 50
CLASSIFICATION_BYTES = 255

_T = TypeVar("_T")

_short = partial(read_text, limit_bytes=SHORT_TEXT_BYTES)
_summary = partial(read_text, inner_names=("text",))
_sentiment = partial(read_text, limit_bytes=SHORT_TEXT_BYTES, inner_names=("overall", "score"))
#: CONFIDENCE_SCORE is NUMBER(5,2).
_confidence = partial(read_number, step=Decimal("0.01"), bound=Decimal(1000))
#: Milliseconds are kept to the microsecond; beyond the bound, 30,000 years, they are a mistake.
_milliseconds = partial(read_number, step=Decimal("0.001"), bound=Decimal(10) ** 15)
_labels = partial(read_labels, primary_bytes=CLASSIFICATION_BYTES)


@dataclass(frozen=True)
class Answer:
    """One answer of a message: the whole message, or an element of the list in it.

    It has its result, or the error that says why there is none, or why it can't be written. An
    element has an id of its own. marks: what was marked in its summary.
    """

    message: ReceivedMessage
    result: MlResult | None = None
    error: ResultRefused | None = None
    marks: Marks = field(default_factory=dict)

    @property
    def call_id(self) -> str | None:
        """Return the call that it names."""
        if self.result is None:
            return None
        return self.result.call_id


@dataclass(frozen=True)
class Reading:
    """What a message is proven to be, and its answers, of which a conversation has none."""

    message: ReceivedMessage
    kind: Kind
    answers: tuple[Answer, ...] = ()

    @property
    def size(self) -> int:
        """Return about how many characters its answers hold beside the message."""
        size = 0
        for answer in self.answers:
            if answer.message is not self.message:
                size += len(answer.message.body)
            if answer.result:
                size += len(answer.result.summary or "")
                size += len(answer.result.classification_all or "")
        return size


def read(message: ReceivedMessage, fetch: Fetch) -> Reading:
    """Read a message.

    A conversation in it makes all of it one, else an answer in it makes all of it answers. Raises
    only what fetch raises because of S3.
    """
    documents = open_message(message, fetch)
    kinds = {document.kind for document in documents}
    if Kind.CONVERSATION in kinds:
        return Reading(message, Kind.CONVERSATION)
    if Kind.RESULT not in kinds:
        return Reading(message, Kind.UNKNOWN, (Answer(message, error=unproven(documents)),))
    if len(documents) == 1:
        return Reading(message, Kind.RESULT, (answer(message, documents[0]),))
    answers: list[Answer] = []
    for number, document in enumerate(documents, 1):
        answers.append(answer(element(message, number, document), document))
    return Reading(message, Kind.RESULT, tuple(answers))


def unproven(documents: Sequence[Document]) -> ResultRefused:
    """Return why a message without a proven answer is set aside."""
    reason = f"not a result: neither its messageType nor its type is {RESULT_TYPE}"
    for document in documents:
        if document.refusal:
            return ResultRefused(f"{reason}; {document.refusal}")
    return ResultRefused(reason)


def element(message: ReceivedMessage, number: int, document: Document) -> ReceivedMessage:
    """Return an element of a list as a message of its own, which is replayed without the others."""
    attributes: dict[str, str] = {}
    if document.kind is Kind.RESULT:
        attributes["messageType"] = RESULT_TYPE
    message_id = f"{message.message_id}#{number}"
    return replace(message, message_id=message_id, body=document.text, attributes=attributes)


def answer(message: ReceivedMessage, document: Document) -> Answer:
    """Decode a document as the answer that a message, or an element of one, is."""
    try:
        return Answer(message, decode(message, document))
    except ResultRefused as error:
        return Answer(message, error=error)


def decode(message: ReceivedMessage, document: Document) -> MlResult:
    """Read a result.

    What is missing is None, and so is what can't be used, with a warning that does not quote it.
    Raises ResultRefused when the document is no result, is not a JSON object, or names no call.
    """
    if document.refusal is not None:
        raise document.refusal
    if document.kind is not Kind.RESULT:
        raise unproven([document])
    body = document.body
    warnings: list[str] = []
    field = partial(_read_field, body, warnings)
    labels = field(_labels, "classification", "classifications") or Labels(None, ())
    classification_all = None
    if labels.every:
        classification_all = json.dumps(labels.every, ensure_ascii=False)
    return MlResult(
        call_id=read_call_id(body.get("callId"), limit_bytes=CALL_ID_BYTES),
        revision=field(read_revision, "revision"),
        sent_ms=message.sent_ms,
        message_id=message.message_id,
        summary=field(_summary, "summary"),
        sentiment=field(_sentiment, "sentiment"),
        classification_primary=labels.primary,
        classification_all=classification_all,
        confidence=field(_confidence, "confidence", "classification.confidence"),
        processing_ms=field(_milliseconds, "processingTime", "processing_time_ms"),
        model_version=field(_short, "modelVersion", "model_version"),
        ban=field(_short, "ban", "customerId"),
        subscriber_no=field(_short, "subscriberNo", "subscriber_no"),
        call_time=field(read_time, "callTime", "call_time"),
        warnings=tuple(warnings),
    )


def _read_field(
    body: Mapping[str, Any],
    warnings: list[str],
    read: Callable[[object, Warn], _T | None],
    *names: str,
) -> _T | None:
    """Read the first of these names that has a usable value, with a warning for each other."""
    for name in names:
        value = _look_up(body, name)
        if value is None or value == "":
            continue
        found = read(value, partial(_warn, warnings, name))
        if found is not None:
            return found
    return None


def _look_up(body: Mapping[str, Any], name: str) -> object:
    """Return the value of a name, or of `outer.inner` inside an object."""
    first, _, second = name.partition(".")
    value = body.get(first)
    if not second:
        return value
    if isinstance(value, dict):
        return value.get(second)
    return None


def _warn(warnings: list[str], name: str, reason: str) -> None:
    warnings.append(f"{name}: {reason}")
