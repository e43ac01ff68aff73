"""What JetStream refuses, and what becomes of the rest."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from oracle_cdc.errors import (
    DestinationConfigurationError,
    DestinationUnavailable,
    EventRefused,
)
from oracle_cdc.nats.limits import MAX_HEADER_BYTES
from oracle_cdc.relay.values import Outcome
from tests.nats.conftest import Publish
from tests.nats.settings import event, events, ids
from tests.nats.streams import Streams


def receipts(outcomes: Sequence[Outcome]) -> list[str | None]:
    return [outcome.receipt for outcome in outcomes]


def numbers(count: int) -> list[str]:
    """Return the receipts of the first messages of a stream."""
    return [str(number) for number in range(1, count + 1)]


def test_events_are_stored_in_their_order_with_their_ids(
    streams: Streams, publish: Publish
) -> None:
    stream = streams.create("ordered")
    outcomes = publish(stream).send(events(250, "ordered.x"))
    assert receipts(outcomes) == numbers(250)
    assert streams.ids(stream) == ids(250)


def test_a_message_has_the_subject_body_and_headers_of_its_event(
    streams: Streams, publish: Publish
) -> None:
    stream = streams.create("whole")
    sent = event(1, "whole.a.b", "גוף".encode(), **{"Content-Type": "application/json"})
    publish(stream).send([sent])
    subject, body, headers = streams.message(stream, 1)
    assert (subject, body) == ("whole.a.b", "גוף".encode())
    assert headers == {
        "Content-Type": "application/json",
        "Nats-Msg-Id": "id-1",
        "Nats-Expected-Stream": "whole",
    }


def test_a_full_stream_takes_nothing_until_it_has_room(streams: Streams, publish: Publish) -> None:
    stream = streams.create("full", max_msgs=2, discard="new")
    publisher = publish(stream)
    first, second, third = publisher.send(events(3, "full.x"))
    assert first.error is None
    assert second.error is None
    assert isinstance(third.error, DestinationUnavailable)
    assert "the stream is full" in str(third.error)
    assert not third.is_unknown

    streams.purge(stream)

    (again,) = publisher.send([third.event])
    assert again.receipt is not None
    assert not again.is_repeat


def test_of_keys_too_long_for_jetstream_only_the_row_is_refused(
    streams: Streams, publish: Publish
) -> None:
    publisher = publish(streams.create("keyed"))
    rest_bytes = len(publisher.headers.write(event("", "keyed.x")))
    fitting = "k" * (MAX_HEADER_BYTES - rest_bytes)
    longest, longer, other = publisher.send(
        [event(fitting, "keyed.x"), event(f"{fitting}k", "keyed.x"), event(3, "keyed.x")]
    )
    assert isinstance(longer.error, EventRefused)
    assert "its headers have 65536 bytes, of which JetStream takes 65535" in str(longer.error)
    assert (longest.receipt, other.receipt) == ("1", "2")


def test_only_what_is_over_the_streams_max_msg_size_is_refused(
    streams: Streams, publish: Publish
) -> None:
    stream = streams.create("sized", max_msg_size=500)
    small, large, other = publish(stream).send(
        [event(1, "sized.x"), event(2, "sized.x", b"x" * 500), event(3, "sized.x")]
    )
    assert isinstance(large.error, EventRefused)
    assert "max_msg_size" in str(large.error)
    assert not large.is_unknown
    assert (small.receipt, other.receipt) == ("1", "2")


def headers_bytes(stream: str) -> int:
    """Return what the headers of the event 1 take."""
    return len(f"NATS/1.0\r\nNats-Msg-Id: id-1\r\nNats-Expected-Stream: {stream}\r\n\r\n")


@pytest.mark.parametrize("over", [1, 70])
def test_what_only_its_headers_make_too_large_is_not_sent_and_the_connection_lives(
    streams: Streams, publish: Publish, over: int
) -> None:
    stream = streams.create(f"payload{over}")
    publisher = publish(stream)
    largest = publisher.facts().max_event_bytes
    connection = publisher.connection
    body = b"x" * (largest - headers_bytes(stream) + over)
    before, refused, after = publisher.send(
        [event(0, f"{stream}.x"), event(1, f"{stream}.x", body), event(2, f"{stream}.x")]
    )
    assert isinstance(refused.error, EventRefused)
    assert (before.receipt, after.receipt) == ("1", "2")
    assert publisher.connection is connection
    assert connection is not None
    assert connection.is_usable


def test_the_largest_message_that_a_server_takes_is_sent(
    streams: Streams, publish: Publish
) -> None:
    stream = streams.create("edge")
    publisher = publish(stream)
    body = b"x" * (publisher.facts().max_event_bytes - headers_bytes(stream))
    (sent,) = publisher.send([event(1, "edge.x", body)])
    assert sent.receipt == "1"


@pytest.mark.parametrize(
    "route",
    ["", "s..x", "s.x.", ".s", "s. x", "s.x\r\n", "s.*", "s.>", "*", "s.\t", "s." + "x" * 1000],
)
def test_a_subject_that_nats_takes_amiss_is_refused_alone(
    streams: Streams, publish: Publish, route: str
) -> None:
    stream = f"subject{len(route)}{abs(hash(route)) % 10**6}"
    streams.create(stream)
    publisher = publish(stream)
    refused, sent = publisher.send([event(1, route), event(2, f"{stream}.x")])
    assert isinstance(refused.error, EventRefused)
    assert sent.receipt == "1"
    assert publisher.connection is not None
    assert publisher.connection.is_usable


def test_no_text_of_an_id_breaks_a_message_or_makes_two_ids_one(
    streams: Streams, publish: Publish
) -> None:
    stream = streams.create("names")
    keys = ["a", "a ", " a", "a%20", "a\r\nNats-TTL: 1s", "é✓", "é%E2", "", "a\tb", "\ud800"]
    sent = []
    for key in keys:
        sent.append(event(key, "names.x"))
    outcomes = publish(stream).send(sent)
    assert receipts(outcomes) == numbers(len(keys))
    stored = streams.ids(stream)
    assert len(set(stored)) == len(keys)
    assert all(each.isascii() and " " not in each for each in stored)


def test_a_header_that_is_not_ascii_can_be_read_by_everybody(
    streams: Streams, publish: Publish
) -> None:
    stream = streams.create("header")
    publish(stream).send([event(1, "header.x", **{"Data-Type": "תמלול 1"})])
    _, _, headers = streams.message(stream, 1)
    assert headers["Data-Type"] == "%D7%AA%D7%9E%D7%9C%D7%95%D7%9C 1"


def test_another_streams_subject_is_a_mistake_of_the_settings(
    streams: Streams, publish: Publish
) -> None:
    streams.create("theirs")
    streams.create("ours")
    (outcome,) = publish("ours").send([event(1, "theirs.x")])
    assert isinstance(outcome.error, DestinationConfigurationError)
    assert "another stream takes this subject" in str(outcome.error)
    assert not outcome.is_unknown
    assert streams.count("theirs") == 0


def test_a_sealed_stream_is_a_mistake_of_the_settings(streams: Streams, publish: Publish) -> None:
    stream = streams.create("sealed")
    streams.update(stream, sealed=True)
    (outcome,) = publish(stream).send([event(1, "sealed.x")])
    assert isinstance(outcome.error, DestinationConfigurationError)
    assert "sealed" in str(outcome.error)


def test_a_stream_that_is_not_there_is_a_mistake_of_the_settings(publish: Publish) -> None:
    (outcome,) = publish("nowhere").send([event(1, "nowhere.x")])
    assert isinstance(outcome.error, DestinationConfigurationError)
    assert "nowhere: not there" in str(outcome.error)
    assert not outcome.is_unknown


def test_only_events_whose_subject_the_stream_does_not_take_fail(
    streams: Streams, publish: Publish
) -> None:
    stream = streams.create("some", subjects=["some.a", "some.b.*"])
    first, other, last = publish(stream).send(
        [event(1, "some.a"), event(2, "some.private-c"), event(3, "some.b.x")]
    )
    assert isinstance(other.error, DestinationConfigurationError)
    assert "takes some.a, some.b.*" in str(other.error)
    assert "private-c" not in str(other.error)
    assert (first.receipt, last.receipt) == ("1", "2")


def test_another_program_that_listens_does_not_hide_that_the_stream_is_missing(
    streams: Streams, publish: Publish
) -> None:
    streams.listen("gone.x")
    (outcome,) = publish("gone", ack_timeout_seconds=0.5).send([event(1, "gone.x")])
    assert isinstance(outcome.error, DestinationConfigurationError)
    assert "gone: not there" in str(outcome.error)
    assert not outcome.is_unknown


def test_another_programs_answer_is_not_the_streams(streams: Streams, publish: Publish) -> None:
    async def answer(message: object) -> None:
        await message.respond(b"hello")  # type: ignore[attr-defined]

    streams.listen("echo.x", answer)
    (outcome,) = publish("echo").send([event(1, "echo.x")])
    assert isinstance(outcome.error, DestinationConfigurationError)
    assert outcome.receipt is None


def test_more_events_than_may_be_in_flight_all_go_out_in_order(
    streams: Streams, publish: Publish
) -> None:
    stream = streams.create("window")
    outcomes = publish(stream, max_in_flight=10).send(events(300, "window.x"))
    assert receipts(outcomes) == numbers(300)


def test_bodies_are_not_all_in_flight_at_once(streams: Streams, publish: Publish) -> None:
    stream = streams.create("bytes")
    body = b"x" * 900_000
    outcomes = publish(stream).send(events(20, "bytes.x", body))
    assert receipts(outcomes) == numbers(20)
