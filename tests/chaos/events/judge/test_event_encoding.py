"""The judge's own idea of a message, written out once by hand."""

from __future__ import annotations

from datetime import datetime

from tests.chaos.events.judge.encoding import Values, body_of, is_too_large, subject_of
from tests.chaos.events.plan import MOST_BYTES
from tests.chaos.events.rows import BEYOND, SOME_TIME, WITHIN

VALUES = Values(
    "1234567890123456789", "case", "a.b", 'שלום "\u2028', None, datetime(2026, 1, 2, 3, 4, 5)
)


def test_a_body_has_the_columns_under_their_names_and_every_digit() -> None:
    body = body_of(VALUES).decode()

    assert body == (
        '{"trace_id":"cce902aa-ecd9-567d-bb5c-d3278cd6d5c5","data_type":"TXLOG",'
        '"ID":1234567890123456789,"CASE_ID":"case","EVENT_TYPE":"a.b",'
        '"EVENT_DATA":"שלום \\"\u2028","EVENT_TIMESTAMP":null,'
        '"CREATED_AT":"2026-01-02T03:04:05.000000"}'
    )


def test_a_type_is_one_token_of_a_subject() -> None:
    assert subject_of(VALUES) == "txlog.events.a_b"
    assert subject_of(VALUES._replace(kind=None)) == "txlog.events._"
    assert subject_of(VALUES._replace(kind="x" * 70)) == "txlog.events." + "x" * 64


def test_headers_count_among_what_a_server_takes() -> None:
    bare = len(body_of(Values("7", "", "", "", SOME_TIME, SOME_TIME)))
    for size, is_beyond in ((WITHIN, False), (BEYOND, True), (MOST_BYTES + 1, True)):
        values = Values("7", "", "", "x" * (size - bare), SOME_TIME, SOME_TIME)
        assert len(body_of(values)) == size
        assert is_too_large(values) == is_beyond
