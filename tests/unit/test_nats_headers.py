"""How the headers of messages are written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nats.aio.client import Client

from oracle_cdc.errors import EventRefused
from oracle_cdc.nats.headers import HeaderWriter, refused_unsent
from oracle_cdc.nats.limits import plain_headers, plain_id
from oracle_cdc.relay.values import Event, Row

TEXT = st.text("aé✓ %2A0:\r\n\t\x00\x7f\ud800א", max_size=6)
HEADERS = st.dictionaries(st.sampled_from("abc"), TEXT, max_size=3)
ROW = Row(datetime(2026, 11, 25), "1", ())


def event(id: str, headers: Mapping[str, str]) -> Event:
    return Event(id, ROW, "a.b", b"{}", headers)


def read(written: bytes) -> dict[str, str]:
    """Return headers as a client of NATS reads them."""
    first, rest = written.split(b"\r\n", 1)
    assert first == b"NATS/1.0"
    return Client._parse_header_lines(rest)


@given(st.lists(st.tuples(TEXT, HEADERS), max_size=4))
def test_each_message_has_its_own_headers_whatever_the_one_before_had(
    messages: list[tuple[str, dict[str, str]]],
) -> None:
    writer = HeaderWriter("S")
    for id, headers in messages:
        expected = {name: value.strip() for name, value in plain_headers(headers).items()}
        expected |= {"Nats-Expected-Stream": "S", "Nats-Msg-Id": plain_id(id)}
        assert read(writer.write(event(id, headers))) == expected


def test_headers_that_are_changed_in_their_place_are_written_anew() -> None:
    writer = HeaderWriter("S")
    headers = {"Kind": "a"}
    writer.write(event("1", headers))
    headers["Kind"] = "b"
    assert read(writer.write(event("2", headers)))["Kind"] == "b"


def test_an_event_sets_neither_its_id_nor_its_stream_by_a_header() -> None:
    theirs = {"Nats-Msg-Id": "other", "Nats-Expected-Stream": "other"}
    written = HeaderWriter("S").write(event("7", theirs))
    assert written.count(b"other") == 0
    assert read(written) == {"Nats-Expected-Stream": "S", "Nats-Msg-Id": "7"}


@pytest.mark.parametrize("name", ["", "a b", "a:b", "a\r\nb", "é"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(EventRefused):
        HeaderWriter("S").write(event("7", {name: "x"}))


def test_what_is_too_large_by_one_byte_is_refused_without_being_sent() -> None:
    headers = HeaderWriter("S")
    made = event("id", {"a": "b"})
    size_bytes = len(headers.write(made)) + len(made.body)
    assert refused_unsent(made, headers, size_bytes) is None
    refused = refused_unsent(made, headers, size_bytes - 1)
    assert f"{size_bytes} bytes with its headers" in str(refused)


def test_a_subject_or_a_name_of_a_header_that_is_none_is_refused_without_being_sent() -> None:
    headers = HeaderWriter("S")
    odd = event("id", {})._replace(route="a..b")
    assert "its subject is not tokens" in str(refused_unsent(odd, headers, 1000))
    assert "a name that is none" in str(refused_unsent(event("id", {"a:": "b"}), headers, 1000))
