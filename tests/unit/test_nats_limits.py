"""What is counted of a message, and how its id and headers are written."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle_cdc.errors import EventRefused
from oracle_cdc.nats.limits import plain_headers, plain_id, refusal
from oracle_cdc.relay.values import Event, Row

#: What has been taken for something else: blanks, line ends, what quoting uses, lone surrogates.
TEXT = st.text("aé✓ %2A0:\r\n\t\x00\x7f\ud800א", max_size=6)
ROW = Row(datetime(2026, 11, 25), "1", ())


def event(route: str) -> Event:
    return Event("id", ROW, route, b"{}", {})


@given(TEXT, TEXT)
def test_two_ids_never_become_one_and_each_is_plain(one: str, other: str) -> None:
    assert (plain_id(one) == plain_id(other)) is (one == other)
    assert plain_id(one).isascii()
    assert plain_id(one) == plain_id(one).strip()


@pytest.mark.parametrize("text", ["M_INTIMECASEAGENT:4711", "a.b/c;d=e,f(g)*>", ""])
def test_an_id_of_usual_characters_stays_as_it_is(text: str) -> None:
    assert plain_id(text) == text


def test_a_content_type_stays_as_it_is() -> None:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    assert plain_headers(headers) == headers


def test_only_what_is_over_the_limit_is_too_large() -> None:
    assert refusal(event("a.b"), 100, "reply", 100) is None
    assert isinstance(refusal(event("a.b"), 101, "reply", 100), EventRefused)


@pytest.mark.parametrize("route", ["a", "a.b", "a*b", "a.b>c", "ענף.x", "a-b_c", "$x.y"])
def test_a_subject_of_tokens_is_taken(route: str) -> None:
    assert refusal(event(route), 1, "reply", 100) is None


@pytest.mark.parametrize("route", ["", ".", "a.", ".a", "a..b", "a b", "a\nb", "*", "a.*.b", ">"])
def test_a_subject_with_an_empty_token_a_blank_or_a_wildcard_is_refused(route: str) -> None:
    assert isinstance(refusal(event(route), 1, "reply", 100), EventRefused)


def test_a_line_that_is_too_long_for_the_server_is_refused() -> None:
    assert refusal(event("א" * 450), 1, "r" * 50, 100) is None
    assert isinstance(refusal(event("א" * 480), 1, "r" * 50, 100), EventRefused)
