"""A row change as JSON and back: the detail of an event, which is also the record of the stream.

Equal changes are equal bytes, so a repeat can be known as one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import orjson

from oracle_cdc.changes.rules.errors import ParseError
from oracle_cdc.changes.rules.values import VERSION, Change, Image, Metadata, Operation

OPERATIONS = tuple(each.value for each in Operation)
KEYS = frozenset({"table", "operation", "timestamp", "before", "after", "keys", "metadata"})
#: The greatest depth that a record may have: what is deeper ends a parser's stack.
MAX_DEPTH = 1000


def as_detail(change: Change) -> dict[str, object]:
    """Return a change as the detail of an event."""
    metadata: dict[str, object] = {
        "transactionId": change.metadata.transaction_id,
        "sequenceNumber": change.metadata.sequence_number,
        "eventId": change.metadata.event_id,
    }
    if change.metadata.event_type is not None:
        metadata["eventType"] = change.metadata.event_type
    metadata["version"] = VERSION
    if change.metadata.is_snapshot:
        metadata["snapshot"] = True
    return {
        "table": change.table,
        "operation": change.operation.value,
        "timestamp": change.timestamp,
        "before": change.before,
        "after": change.after,
        "keys": change.keys,
        "metadata": metadata,
    }


def encode(change: Change) -> bytes:
    """Return a change as JSON: UTF-8, nothing escaped that need not be.

    Raises UnicodeEncodeError for a text that is none, such as half a character.
    """
    detail = as_detail(change)
    try:
        return orjson.dumps(detail)
    except orjson.JSONEncodeError:
        return ENCODER.encode(detail).encode()


def write_text(value: object) -> str:
    """Return a value as JSON in the same form, half a character as it is."""
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        return ENCODER.encode(value)


def decode(record: bytes) -> Change:
    """Return the change that a record holds.

    Raises ParseError, without a value of the record, for what is no change.
    """
    return read_detail(parse_object(record))


def parse_object(record: bytes) -> Mapping[str, object]:
    """Return a record's JSON object. Raises ParseError."""
    try:
        detail = DECODER.decode(record.decode())
    except UnicodeDecodeError as error:
        raise ParseError(f"byte {error.start} of a record is no UTF-8") from None
    except json.JSONDecodeError as error:
        raise ParseError(f"a record is no JSON: {error.msg} at character {error.pos}") from None
    except RecursionError:
        raise ParseError(f"a record is deeper than {MAX_DEPTH} levels") from None
    except ValueError as error:
        raise ParseError(f"a record is no JSON: {error}") from None
    if not isinstance(detail, dict):
        raise ParseError(f"a record is a {type(detail).__name__}, no object")
    return detail


def refuse_constant(_: str) -> None:
    raise ValueError("NaN and Infinity are no numbers of JSON")


# Made once: to make one for each record takes longer than to use it. It writes what orjson refuses
# (integers of more than 64 bits, more than 254 levels), in twenty times the time.
ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
DECODER = json.JSONDecoder(parse_constant=refuse_constant)


def read_detail(detail: Mapping[str, object]) -> Change:
    """Return the change that a detail describes. Raises ParseError."""
    missing = sorted(KEYS - detail.keys())
    if missing:
        raise ParseError(f"a change lacks {', '.join(missing)}")
    operation = detail["operation"]
    if operation not in OPERATIONS:
        raise ParseError("a change's operation is none of INSERT, UPDATE, DELETE")
    return Change(
        read_text(detail, "table"),
        Operation(operation),
        read_text(detail, "timestamp"),
        read_image(detail, "before"),
        read_image(detail, "after"),
        read_image(detail, "keys") or {},
        read_metadata(detail["metadata"]),
    )


def read_metadata(metadata: object) -> Metadata:
    if not isinstance(metadata, dict):
        raise ParseError("a change's metadata is no object")
    event_type: str | None = None
    if metadata.get("eventType") is not None:
        event_type = read_text(metadata, "eventType")
    return Metadata(
        read_text(metadata, "transactionId"),
        read_text(metadata, "sequenceNumber"),
        read_text(metadata, "eventId"),
        event_type,
        metadata.get("snapshot") is True,
    )


def read_text(members: Mapping[str, object], name: str) -> str:
    value = members.get(name)
    if not isinstance(value, str):
        raise ParseError(f"a change's {name} is no text")
    return value


def read_image(detail: Mapping[str, object], name: str) -> Image | None:
    value = detail[name]
    if value is not None and not isinstance(value, dict):
        raise ParseError(f"a change's {name} is neither an object nor null")
    return value
