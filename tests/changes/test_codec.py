"""A row change as JSON and back: nothing is lost, equal changes are equal bytes."""

from __future__ import annotations

import json

import pytest

from oracle_cdc.changes.rules.codec import as_detail, decode, encode, write_text
from oracle_cdc.changes.rules.errors import ParseError
from oracle_cdc.changes.rules.values import Change, Metadata, Operation

METADATA = Metadata("10.25.2211", "00000000000000012345", "users-00000000000000012345")
CHANGE = Change(
    "users",
    Operation.UPDATE,
    "2024-01-15T10:30:00Z",
    {"status": "active", "balance": "12345678901234567890.123"},
    {"status": "לא פעיל 😀", "balance": None},
    {"id": "user-123"},
    METADATA,
)
DETAIL = json.loads(encode(CHANGE))


def test_a_change_is_the_detail_that_consumers_know() -> None:
    assert list(DETAIL) == [
        "table",
        "operation",
        "timestamp",
        "before",
        "after",
        "keys",
        "metadata",
    ]
    assert DETAIL["metadata"] == {
        "transactionId": "10.25.2211",
        "sequenceNumber": "00000000000000012345",
        "eventId": "users-00000000000000012345",
        "version": "1.0",
    }


def test_a_change_comes_back_as_it_was_and_as_the_same_bytes() -> None:
    typed = Metadata("t", "1", "users-1", "user.changed", is_snapshot=True)
    for change in (CHANGE, Change("t", Operation.INSERT, "", None, {}, {"id": 1}, typed)):
        assert decode(encode(change)) == change
        assert encode(decode(encode(change))) == encode(change)


def test_text_is_not_escaped() -> None:
    assert "לא פעיל 😀".encode() in encode(CHANGE)


@pytest.mark.parametrize(
    "value",
    [
        "".join(map(chr, range(0x20))) + '"\\/\x7f\u2028\ufeff😀',
        10**15 - 1,
        -(2**63),
        2**64,
        10**30,
        True,
        None,
        "",
        {},
        [],
        [{"a": [1, "ü"]}],
    ],
)
def test_bytes_are_those_of_the_standard_library(value: object) -> None:
    change = CHANGE._replace(after={"v": value}, keys={"שם": value})
    usual = json.dumps(as_detail(change), ensure_ascii=False, separators=(",", ":"))
    assert encode(change) == usual.encode()
    assert write_text(change.keys) == json.dumps(
        change.keys, ensure_ascii=False, separators=(",", ":")
    )


def test_a_deep_value_is_written_too() -> None:
    value: list[object] = []
    for _ in range(300):
        value = [value]
    assert encode(CHANGE._replace(after={"v": value})).count(b"[") == 301


def test_half_a_character_is_no_record_and_has_a_text() -> None:
    with pytest.raises(UnicodeEncodeError):
        encode(CHANGE._replace(after={"v": "\ud83d"}))
    assert write_text({"v": "\ud83d"}) == '{"v":"\ud83d"}'


def test_no_repr_shows_a_row() -> None:
    assert repr(CHANGE) == "Change(UPDATE of users, users-00000000000000012345)"


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (b"\xff{}", "byte 0 of a record is no UTF-8"),
        (b"{", "a record is no JSON"),
        (b'{"a": NaN}', "NaN and Infinity are no numbers"),
        (b"[" * 100_000, "deeper than"),
        (b"[]", "a record is a list, no object"),
        (b"{}", "lacks after, before, keys, metadata, operation, table, timestamp"),
    ],
)
def test_of_what_is_no_change_the_error_says_why(record: bytes, reason: str) -> None:
    with pytest.raises(ParseError, match=reason):
        decode(record)


@pytest.mark.parametrize(
    ("member", "value", "reason"),
    [
        ("operation", "UPSERT-4111", "none of INSERT, UPDATE, DELETE"),
        ("operation", ["INSERT"], "none of INSERT, UPDATE, DELETE"),
        ("table", 4111, "table is no text"),
        ("before", [4111], "before is neither an object nor null"),
        ("keys", "4111", "keys is neither"),
        ("metadata", None, "metadata is no object"),
        ("metadata", {"transactionId": "1", "sequenceNumber": 4111}, "sequenceNumber is no text"),
        ("metadata", {**DETAIL["metadata"], "eventType": 4111}, "eventType is no text"),
    ],
)
def test_a_wrong_member_is_named_and_its_value_is_not_shown(
    member: str, value: object, reason: str
) -> None:
    with pytest.raises(ParseError, match=reason) as refused:
        decode(json.dumps({**DETAIL, member: value}).encode())
    assert "4111" not in str(refused.value)
