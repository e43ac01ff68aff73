"""The wire contract of results: the many shapes in which ML services answer, read into one."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal, DecimalException
from functools import partial
from typing import Any, TypeVar

from oracle_cdc.errors import ResultRefused
from oracle_cdc.fields import Labels, Warn, read_labels, read_number, read_revision, read_text, read_time
from oracle_cdc.messages import CONVERSATION_TYPE
from oracle_cdc.model import MlResult, ReceivedMessage

#: `type` of the body and `messageType` of the attributes, inbound.
RESULT_TYPE = "ML_PROCESSING_RESULT"

#: Widths of DICTA_CALL_SUMMARY's columns, in bytes of UTF-8.
CALL_ID_BYTES = 50
SHORT_TEXT_BYTES = 50
CLASSIFICATION_BYTES = 255

#: Longer integers are kept as Decimal: Python refuses to convert those of thousands of digits.
_LONGEST_INTEGER_DIGITS = 60

_T = TypeVar("_T")

_short = partial(read_text, limit_bytes=SHORT_TEXT_BYTES)
_summary = partial(read_text, inner_names=("text",))
_sentiment = partial(read_text, limit_bytes=SHORT_TEXT_BYTES, inner_names=("overall", "score"))
#: CONFIDENCE_SCORE is NUMBER(5,2).
_confidence = partial(read_number, step=Decimal("0.01"), bound=Decimal(1000))
#: Milliseconds are kept to the microsecond; beyond the bound, 30,000 years, they are a mistake.
_milliseconds = partial(read_number, step=Decimal("0.001"), bound=Decimal(10) ** 15)
_labels = partial(read_labels, primary_bytes=CLASSIFICATION_BYTES)


def is_result(message: ReceivedMessage) -> bool:
    """Whether a message is proven to be a result: by its messageType attribute, or else by its body's type."""
    return _message_type(message) == RESULT_TYPE


def is_conversation(message: ReceivedMessage) -> bool:
    """Whether a message is proven to be one of our own conversations, as a shared queue brings them back."""
    return _message_type(message) == CONVERSATION_TYPE


def decode(message: ReceivedMessage) -> MlResult:
    """Read a result; what is missing is None, and what can't be used is None with a warning that does not quote it.

    Raises ResultRefused when the message is no result, is not a JSON object, or names no call.
    """
    if not is_result(message):
        raise ResultRefused("not a result: neither the messageType attribute nor the body's type says so")
    body = _parse(message.body)
    if body.get("type") == CONVERSATION_TYPE:
        raise ResultRefused("the attribute says that it is a result, but the body is a conversation")
    warnings: list[str] = []
    take = partial(_take, body, warnings)
    labels = take(_labels, "classification", "classifications") or Labels(None, ())
    return MlResult(
        call_id=_call_id(body.get("callId")),
        revision=take(read_revision, "revision"),
        sent_ms=message.sent_ms,
        message_id=message.message_id,
        summary=take(_summary, "summary"),
        sentiment=take(_sentiment, "sentiment"),
        classification_primary=labels.primary,
        classification_all=json.dumps(labels.every, ensure_ascii=False) if labels.every else None,
        confidence=take(_confidence, "confidence", "classification.confidence"),
        processing_ms=take(_milliseconds, "processingTime", "processing_time_ms"),
        model_version=take(_short, "modelVersion", "model_version"),
        ban=take(_short, "ban", "customerId"),
        subscriber_no=take(_short, "subscriberNo", "subscriber_no"),
        call_time=take(read_time, "callTime", "call_time"),
        warnings=tuple(warnings),
    )


def _message_type(message: ReceivedMessage) -> object:
    told = message.attributes.get("messageType")
    if told in (RESULT_TYPE, CONVERSATION_TYPE):
        return told
    try:
        return _parse(message.body).get("type")
    except ResultRefused:
        return None


def _parse(text: str) -> dict[str, Any]:
    try:
        body = json.loads(
            text.lstrip("\ufeff"), parse_int=_parse_integer, parse_float=_parse_decimal, parse_constant=Decimal
        )
    except ValueError as error:
        # The parser's error carries the whole text: it is not chained.
        position = error.pos if isinstance(error, json.JSONDecodeError) else 0
        raise ResultRefused(f"not JSON: {len(text)} characters, wrong at {position}") from None
    except RecursionError:
        raise ResultRefused(f"nested too deeply: {len(text)} characters of JSON") from None
    if not isinstance(body, dict):
        raise ResultRefused(f"JSON, but no object: {type(body).__name__}")
    return body


def _parse_integer(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= _LONGEST_INTEGER_DIGITS else Decimal(digits)


def _parse_decimal(digits: str) -> Decimal:
    try:
        return Decimal(digits)
    except DecimalException:
        # An exponent beyond what Decimal knows; every reader refuses what is not finite.
        return Decimal("NaN")


def _take(
    body: dict[str, Any], warnings: list[str], read: Callable[[object, Warn], _T | None], *names: str
) -> _T | None:
    for name in names:
        value = _look_up(body, name)
        if value is None or value == "":
            continue
        found = read(value, partial(_warn, warnings, name))
        if found is not None:
            return found
    return None


def _look_up(body: dict[str, Any], name: str) -> object:
    first, _, second = name.partition(".")
    value = body.get(first)
    if not second:
        return value
    return value.get(second) if isinstance(value, dict) else None


def _warn(warnings: list[str], name: str, reason: str) -> None:
    warnings.append(f"{name}: {reason}")


def _call_id(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise ResultRefused(f"callId is neither text nor an integer: {type(value).__name__}")
    call_id = str(value).strip()
    try:
        size = len(call_id.encode())
    except UnicodeEncodeError:
        raise ResultRefused("callId holds a lone surrogate, which is no character") from None
    if not 0 < size <= CALL_ID_BYTES:
        raise ResultRefused(f"callId has {size} bytes; 1 to {CALL_ID_BYTES} are allowed")
    return call_id
