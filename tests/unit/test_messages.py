"""The body that the ML service reads."""

from __future__ import annotations

import json
import sys
import time
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle_cdc.conversations.rules.messages import LONG_TEXT, REFUSED_CODE_POINTS, format_moment
from oracle_cdc.model import Conversation
from tests.builders import ASSEMBLED_AT, a_conversation, a_segment, content_hash, encode

any_text = st.text(
    st.characters(codec=None) | st.sampled_from('\ufffe\uffff\ud800\udc00\x00\x1b"\\\u2028א')
)


def body_of(conversation: Conversation, *, revision: int = 1, time_zone: str | None = None) -> str:
    return encode(conversation, revision=revision, assembled_at=ASSEMBLED_AT, time_zone=time_zone)


def test_the_body_is_exactly_the_documented_one() -> None:
    assert body_of(a_conversation()) == (
        '{"type":"CONVERSATION_ASSEMBLY","schemaVersion":"1.0",'
        '"callId":"1001","revision":1,"ban":"B-77",'
        '"subscriberNo":"050-1234567","callTime":"2025-01-15T14:20:00","messages":['
        '{"channel":"A","text":"שלום, איך אפשר לעזור?","timestamp":"2025-01-15T14:20:03.250000"},'
        '{"channel":"C","text":"My bill is wrong","timestamp":"2025-01-15T14:20:07"}],'
        '"messageCount":2,"assembledAt":"2025-01-15T14:25:00.123456Z","source":"on-premises-cdc"}'
    )


def test_a_call_of_many_utterances_is_written_like_one_of_few() -> None:
    texts = [f"\ufffe {number}" for number in range(130)]
    said = [a_segment(text, after_seconds=number) for number, text in enumerate(texts)]

    body = body_of(a_conversation(*said))

    assert "\\ufffe 129" in body
    assert [message["text"] for message in json.loads(body)["messages"]] == texts


def test_a_line_that_is_not_known_is_null() -> None:
    assert (
        json.loads(body_of(a_conversation(a_segment(subscriber_no=None))))["subscriberNo"] is None
    )


def test_every_character_is_written_as_json_writes_it_and_taken_by_sqs() -> None:
    characters = [chr(point) for point in range(sys.maxunicode + 1)]

    for start in range(0, len(characters), 0x400):
        text = "".join(characters[start : start + 0x400])
        body = body_of(a_conversation(a_segment(text)))
        written = json.dumps(text, ensure_ascii=False)

        assert REFUSED_CODE_POINTS.sub(lambda found: f"\\u{ord(found[0]):04x}", written) in body
        assert REFUSED_CODE_POINTS.search(body) is None


@given(st.datetimes())
def test_a_time_is_written_in_iso_format(time: datetime) -> None:
    body = body_of(a_conversation(a_segment()._replace(text_time=time)))

    assert f'"timestamp":"{time.isoformat()}"' in body


def test_a_long_text_is_not_kept_once_more_by_whoever_wrote_it() -> None:
    text = "\u05d0" * LONG_TEXT
    bytes_before = sys.getsizeof(text)

    body_of(a_conversation(a_segment(text)))

    assert sys.getsizeof(text) == bytes_before


@given(any_text)
def test_any_text_arrives_character_for_character_in_code_points_that_sqs_takes(text: str) -> None:
    body = body_of(a_conversation(a_segment(f"<{text}>")))

    assert REFUSED_CODE_POINTS.search(body) is None
    # A high and a low surrogate side by side are, in JSON, the one character that they encode.
    joined = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    assert json.loads(body)["messages"][0]["text"] == f"<{joined}>"


def test_a_call_id_of_twenty_digits_stays_text() -> None:
    assert '"callId":"98765432109876543210"' in body_of(
        a_conversation(call_id="98765432109876543210")
    )


def test_times_carry_the_offset_of_the_sources_zone() -> None:
    body = json.loads(body_of(a_conversation(), time_zone="Asia/Jerusalem"))

    assert body["callTime"] == "2025-01-15T14:20:00+02:00"
    assert body["messages"][0]["timestamp"] == "2025-01-15T14:20:03.250000+02:00"


def test_a_repeated_hour_is_its_first_pass() -> None:
    since_the_call = datetime(2024, 10, 27, 1, 30) - datetime(2025, 1, 15, 14, 20)
    segment = a_segment(after_seconds=since_the_call / timedelta(seconds=1))

    body = json.loads(body_of(a_conversation(segment), time_zone="Asia/Jerusalem"))

    assert body["messages"][0]["timestamp"] == "2024-10-27T01:30:00+03:00"


@pytest.mark.parametrize(
    ("zone", "year", "written"),
    [
        ("Asia/Jerusalem", 1900, "1900-01-15T14:20:00+02:20"),
        ("America/New_York", 1880, "1880-01-15T14:20:00-04:56"),
        ("Asia/Kathmandu", 1970, "1970-01-15T14:20:00+05:30"),
        ("Asia/Jerusalem", 1925, "1925-01-15T14:20:00+02:00"),
    ],
)
def test_an_offset_has_whole_minutes_however_old_the_time(
    zone: str, year: int, written: str
) -> None:
    since_the_call = datetime(year, 1, 15, 14, 20) - datetime(2025, 1, 15, 14, 20)
    segment = a_segment(after_seconds=since_the_call / timedelta(seconds=1))

    (message,) = json.loads(body_of(a_conversation(segment), time_zone=zone))["messages"]

    assert message["timestamp"] == written


def test_a_stored_moment_without_a_zone_is_utc() -> None:
    stored = ASSEMBLED_AT.replace(tzinfo=None)

    assert encode(a_conversation(), revision=1, assembled_at=stored, time_zone=None) == body_of(
        a_conversation()
    )


def test_the_hash_changes_with_what_was_said_and_with_nothing_else() -> None:
    hashed = content_hash(a_conversation(), time_zone=None)

    assert len(hashed) == 64
    assert hashed == content_hash(a_conversation(), time_zone=None)
    assert hashed != content_hash(a_conversation(a_segment("other")), time_zone=None)


def test_a_late_blank_row_does_not_change_the_hash() -> None:
    segments = a_segment("hello"), a_segment("hi", owner="C", after_seconds=9)
    later = (*segments, a_segment(" ", after_seconds=99))

    assert content_hash(a_conversation(*later), time_zone=None) == content_hash(
        a_conversation(*segments), time_zone=None
    )


def test_a_moment_of_any_zone_is_written_in_utc() -> None:
    moment = datetime(2025, 1, 15, 16, 25, tzinfo=timezone(timedelta(hours=2)))
    assert format_moment(moment) == "2025-01-15T14:25:00.000000Z"


@pytest.mark.parametrize("code", ["fffe", "ffff", "d800", "dfff"])
def test_what_sqs_refuses_is_written_as_an_escape(code: str) -> None:
    text = f"a{chr(int(code, 16))}b"

    body = encode(a_conversation(a_segment(text)), revision=1, assembled_at=ASSEMBLED_AT)

    assert f'"a\\u{code}b"' in body


def test_the_second_pass_of_a_repeated_hour_counts_as_its_first() -> None:
    row = a_segment()
    again = row._replace(text_time=datetime(2025, 10, 26, 1, 30, fold=1))
    body = encode(
        a_conversation(again),
        revision=1,
        assembled_at=ASSEMBLED_AT,
        time_zone="Asia/Jerusalem",
    )
    assert '"timestamp":"2025-10-26T01:30:00+03:00"' in body


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows has no TZ")
def test_a_moment_is_written_in_utc_wherever_the_host_is(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = datetime(2025, 1, 15, 14, 25, tzinfo=timezone.utc)
    monkeypatch.setenv("TZ", "Asia/Jerusalem")
    time.tzset()
    try:
        assert format_moment(moment) == "2025-01-15T14:25:00.000000Z"
    finally:
        monkeypatch.undo()
        time.tzset()
