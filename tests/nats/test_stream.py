"""What the stream says of itself, what endangers events in it, and how it is created."""

from __future__ import annotations

import pytest

from oracle_cdc.errors import DestinationConfigurationError
from oracle_cdc.nats.publisher import NatsPublisher
from oracle_cdc.nats.stream import Bounds, takes
from standins.natsserver import NatsServer
from tests.nats.conftest import Publish
from tests.nats.settings import event, events, nats_settings
from tests.nats.streams import Streams

MEGABYTE = 1024 * 1024


def test_the_largest_event_is_what_server_and_stream_both_take(
    streams: Streams, publish: Publish
) -> None:
    streams.create("unlimited")
    streams.create("limited", max_msg_size=5000)
    assert publish("unlimited").facts().max_event_bytes == MEGABYTE
    assert publish("limited").facts().max_event_bytes == 5000


def test_the_window_of_known_ids_is_the_streams(streams: Streams, publish: Publish) -> None:
    streams.create("window", duplicate_window=3600.0)
    assert publish("window").facts().repeats_known_seconds == 3600


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({}, "1 replica"),
        ({}, "sync_interval"),
        ({}, "no limit"),
        ({"storage": "memory"}, "in memory"),
        ({"max_msgs": 10}, "discards its oldest"),
        ({"max_bytes": 10_000}, "discards its oldest"),
        ({"max_msgs_per_subject": 1}, "discards its oldest"),
        ({"max_age": 60.0, "duplicate_window": 30.0}, "after 60 s"),
        ({"retention": "interest"}, "retention: interest"),
        ({"no_ack": True}, "no_ack"),
        ({"persist_mode": "async"}, "persist_mode"),
        ({"duplicate_window": 60.0}, "known again for 60 s"),
    ],
)
def test_what_endangers_events_is_said(
    streams: Streams, server: NatsServer, config: dict[str, object], words: str
) -> None:
    stream = streams.create("endangered", **config)
    settings = nats_settings(servers=server.url, stream=stream)
    publisher = NatsPublisher(settings, wanted_repeats_seconds=600)
    try:
        said = publisher.facts().endangered
    finally:
        publisher.close()
        streams.delete(stream)
    assert [each for each in said if words in each]


def test_a_sealed_stream_is_said(streams: Streams, publish: Publish) -> None:
    stream = streams.create("sealed_facts")
    streams.update(stream, sealed=True)
    assert "the stream is sealed: it takes nothing" in publish(stream).facts().endangered


@pytest.mark.parametrize("refuses", [False, True])
def test_a_limit_for_each_subject_is_said_where_it_discards_what_is_old(
    streams: Streams, publish: Publish, refuses: bool
) -> None:
    # When: more events of a subject than the stream keeps
    stream = streams.create(
        "subjects",
        max_bytes=MEGABYTE,
        max_msgs_per_subject=2,
        discard="new",
        discard_new_per_subject=refuses,
    )
    publisher = publish(stream)
    outcomes = publisher.send(events(5, f"{stream}.x", b"x"))
    said = [each for each in publisher.facts().endangered if "each subject" in each]
    # Then: they are refused, or it is said that they push out others
    assert streams.info(stream).state.messages == 2
    assert [outcome.error is None for outcome in outcomes[2:]] == [not refuses] * 3
    assert len(said) == (not refuses)
    streams.delete(stream)


def test_only_what_is_endangered_is_said(streams: Streams, server: NatsServer) -> None:
    stream = streams.create("bounded", max_bytes=MEGABYTE, discard="new", duplicate_window=600.0)
    settings = nats_settings(servers=server.url, stream=stream)
    publisher = NatsPublisher(settings, wanted_repeats_seconds=600)
    (said,) = publisher.facts().endangered
    publisher.close()
    assert said.startswith("the stream has 1 replica")


def test_a_stream_that_is_not_there_has_no_facts(publish: Publish) -> None:
    with pytest.raises(DestinationConfigurationError, match="missing: not there"):
        publish("missing").facts()


def test_a_created_stream_refuses_what_is_new_when_it_is_full(
    streams: Streams, publish: Publish
) -> None:
    publisher = publish("created")
    bounds = Bounds(max_bytes=2000, repeats_known_seconds=900)

    assert publisher.create_stream(("created.>",), bounds)

    outcomes = publisher.send(events(5, "created.x", b"x" * 400))
    assert outcomes[0].receipt == "1"
    assert "the stream is full" in str(outcomes[-1].error)
    config = streams.info("created").config
    assert config.duplicate_window == 900
    assert config.storage == "file"
    assert not publisher.create_stream(("created.>",), bounds)


def test_a_stream_that_is_there_stays_as_it_is(streams: Streams, publish: Publish) -> None:
    streams.create("kept", max_msgs=7)
    assert not publish("kept").create_stream(("kept.>",), Bounds(max_bytes=1))
    assert streams.info("kept").config.max_msgs == 7


def test_subjects_of_another_stream_are_not_taken_away(streams: Streams, publish: Publish) -> None:
    streams.create("first")
    publisher = publish("rival")
    with pytest.raises(DestinationConfigurationError, match="another stream takes these subjects"):
        publisher.create_stream(("first.x",), Bounds(max_bytes=MEGABYTE))


def test_replicas_that_a_server_alone_has_not_are_a_mistake(publish: Publish) -> None:
    with pytest.raises(DestinationConfigurationError, match="one replica only"):
        publish("three").create_stream(("three.x",), Bounds(max_bytes=MEGABYTE, replicas=3))


def test_the_bounds_say_themselves() -> None:
    said = str(Bounds(max_bytes=MEGABYTE, max_age_seconds=60, replicas=3))
    assert "3 replica(s), 1,048,576 bytes at most, then what is new is refused" in said
    assert "ids known for 1200 s, messages leave after 60 s" in said
    assert "leave at no age" in str(Bounds())


def test_a_message_after_the_window_is_stored_again(streams: Streams, publish: Publish) -> None:
    stream = streams.create("short", duplicate_window=0.1)
    publisher = publish(stream)
    sent = event(1, "short.x")
    publisher.send([sent])
    outcomes = list(publisher.send([sent]))
    while outcomes[-1].is_repeat:
        outcomes += publisher.send([sent])
    assert streams.count(stream) == 2


@pytest.mark.parametrize(
    ("pattern", "subject", "is_taken"),
    [
        ("a.b", "a.b", True),
        ("a.b", "a.c", False),
        ("a.b", "a", False),
        ("a", "a.b", False),
        ("a.*", "a.b", True),
        ("a.*", "a.b.c", False),
        ("a.*", "a", False),
        ("*.b", "a.b", True),
        ("a.>", "a.b.c", True),
        ("a.>", "a", False),
        (">", "a", True),
        ("A.b", "a.b", False),
    ],
)
def test_a_wildcard_takes_what_nats_says_it_takes(
    pattern: str, subject: str, is_taken: bool
) -> None:
    assert takes((pattern,), subject) is is_taken
