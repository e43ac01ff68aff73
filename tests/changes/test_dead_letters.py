"""The document of the dead letter queue: its exact keys, and what of a row it holds."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta, timezone

import pytest

from oracle_cdc.changes.rules.codec import decode, encode
from oracle_cdc.changes.rules.dead_letters import (
    MOST_STACK_CHARACTERS,
    Failed,
    Place,
    Reason,
    make_attributes,
    read_dead_letter,
    write_dead_letter,
)
from oracle_cdc.changes.rules.errors import ParseError
from oracle_cdc.changes.rules.values import Change
from tests.changes.changefixtures import make_change

PLACE = Place("coredb-cdc-stream", "shardId-000000000000", "4" * 56)
AT = datetime(2024, 1, 15, 12, 35, 0, 999, tzinfo=timezone(timedelta(hours=2)))
REASON = Reason("TRANSFORMATION_ERROR", "Traceback ...", 3, AT)
CHANGE = make_change({"id": 1, "name": "Ann"}, {"id": 1, "name": "לאה"})


def failed(
    change: Change | None = CHANGE, data: bytes = b"", *, is_redacted: bool = True
) -> Failed:
    return Failed(PLACE, data, change, is_redacted)


def test_a_document_has_these_keys_and_no_others() -> None:
    document = write_dead_letter(failed(), REASON, keeps_event=True)
    assert json.loads(document) == {
        "originalEvent": json.loads(encode(CHANGE)),
        "error": {
            "message": "Processing failed after 3 attempts",
            "code": "TRANSFORMATION_ERROR",
            "stack": "Traceback ...",
        },
        "attempts": 3,
        "lastAttempt": "2024-01-15T10:35:00Z",
    }
    assert document.isascii()


def test_what_is_no_event_is_kept_as_it_came() -> None:
    document = write_dead_letter(failed(None, b"\xff\x00"), REASON, keeps_event=True)
    assert json.loads(document)["originalEvent"] == {"raw": base64.b64encode(b"\xff\x00").decode()}


def test_without_its_event_a_document_says_where_that_is_and_nothing_of_the_row() -> None:
    document = json.loads(write_dead_letter(failed(), REASON, keeps_event=False))
    assert document["originalEvent"] == {
        "position": {
            "stream": "coredb-cdc-stream",
            "shardId": "shardId-000000000000",
            "sequenceNumber": "4" * 56,
        },
        "table": "users",
        "operation": "UPDATE",
        "metadata": {
            "transactionId": "10.25.2211",
            "sequenceNumber": "00000000000000000001",
            "eventId": "users-00000000000000000001",
            "version": "1.0",
        },
        "keys": {"id": 1},
    }


def test_keys_that_were_not_redacted_are_left_out_with_the_event() -> None:
    document = write_dead_letter(failed(is_redacted=False), REASON, keeps_event=False)
    assert "keys" not in json.loads(document)["originalEvent"]
    document = write_dead_letter(failed(None, b"{"), REASON, keeps_event=False)
    assert list(json.loads(document)["originalEvent"]) == ["position"]


def test_a_stack_without_an_end_is_cut() -> None:
    long = Reason("PARSE_ERROR", "x" * 10_000, 1, AT)
    document = json.loads(write_dead_letter(failed(), long, keeps_event=True))
    assert len(document["error"]["stack"]) == MOST_STACK_CHARACTERS


def test_a_message_says_beside_its_document_what_it_is_of() -> None:
    assert make_attributes(failed(), REASON) == {
        "errorCode": "TRANSFORMATION_ERROR",
        "table": "users",
        "sequenceNumber": "4" * 56,
        "shardId": "shardId-000000000000",
    }
    assert list(make_attributes(failed(None), REASON)) == ["errorCode", "sequenceNumber", "shardId"]


def test_a_document_is_read_again() -> None:
    letter = read_dead_letter(write_dead_letter(failed(), REASON, keeps_event=True))
    assert letter.data is not None
    assert decode(letter.data) == CHANGE
    assert (letter.place, letter.code, letter.attempts) == (None, "TRANSFORMATION_ERROR", 3)
    assert letter.last_attempt == AT.replace(microsecond=0)
    raw = read_dead_letter(write_dead_letter(failed(None, b"\xff"), REASON, keeps_event=True))
    assert raw.data == b"\xff"
    place = read_dead_letter(write_dead_letter(failed(), REASON, keeps_event=False))
    assert (place.data, place.place) == (None, PLACE)


def test_a_letter_of_a_change_that_came_to_no_stream_has_no_record() -> None:
    nowhere = Failed(None, b"", CHANGE, is_redacted=True)
    letter = read_dead_letter(write_dead_letter(nowhere, REASON, keeps_event=False))
    assert (letter.data, letter.place) == (None, None)


@pytest.mark.parametrize(
    "document",
    [
        "",
        "[]",
        "{}",
        {"originalEvent": 5},
        {"originalEvent": {"raw": "canary!"}},
        {"originalEvent": {"raw": 5}},
        {"originalEvent": {"position": {"stream": "s", "shardId": 5, "sequenceNumber": []}}},
        {"lastAttempt": "2024-01-15T10:35:00"},
        {"attempts": float("inf")},
        {"attempts": -1},
        {"originalEvent": {"position": {}}},
        {"attempts": "canary"},
        {"lastAttempt": "canary"},
        {"lastAttempt": 5},
    ],
)
def test_what_is_no_dead_letter_is_said_to_be_none(document: str | dict[str, object]) -> None:
    if isinstance(document, dict):
        whole = json.loads(write_dead_letter(failed(), REASON, keeps_event=True))
        document = json.dumps({**whole, **document})
    with pytest.raises(ParseError, match="no dead letter") as raised:
        read_dead_letter(document)
    assert "canary" not in str(raised.value)
    assert raised.value.__context__ is None
