"""`init-stream`: a stream with bounds that are said, and one that is there stays as it is."""

from __future__ import annotations

from contextlib import closing

import pytest
from nats.js.api import DiscardPolicy, StreamConfig

from tests.acceptance.eventcommands.running import everything, make_stream, run, said
from tests.integration.eventworlds import EventsWorld
from tests.nats.streams import Streams


def config(events: EventsWorld) -> StreamConfig:
    with closing(Streams(events.nats.url)) as streams:
        return streams.info(events.stream).config


def test_its_bounds_are_said_and_are_those_of_the_stream(events: EventsWorld) -> None:
    code, out = said(events, "init-stream")

    assert code == 0
    assert out.splitlines()[0] == (
        f"created {events.stream} for {events.stream}.*: 1 replica(s), 10,737,418,240 bytes at "
        "most, then what is new is refused, ids known for 1200 s, messages leave at no age"
    )
    assert "⚠️  the stream has 1 replica" in out
    made = config(events)
    assert (made.max_bytes, made.num_replicas, made.duplicate_window) == (10 * 1024**3, 1, 1200)
    assert (made.discard, made.subjects) == (DiscardPolicy.NEW, [f"{events.stream}.*"])
    events.insert(1)
    events.drain()
    assert events.in_stream() == [1]


def test_bounds_can_be_given(events: EventsWorld) -> None:
    code, out = said(
        events,
        *("init-stream", "--max-bytes", "512M", "--max-age", "7d", "--replicas", "1"),
        *("--dedup-window", "2h"),
    )

    assert code == 0
    assert "messages leave after 604800 s" in out
    made = config(events)
    assert (made.max_bytes, made.max_age, made.duplicate_window) == (512 * 1024**2, 604800, 7200)


def test_one_that_is_there_is_left_as_it_is_and_what_endangers_events_is_said(
    events: EventsWorld,
) -> None:
    make_stream(events, duplicate_window=5.0)
    before = everything(events)

    code, out = said(events, "init-stream", "--max-bytes", "1G", "--dedup-window", "1h")

    assert code == 0
    assert f"present {events.stream}: left as it is" in out
    assert "⚠️  --max-bytes, --dedup-window: not applied to a stream that is there" in out
    assert "⚠️  ids are known again for 5 s" in out
    assert "⚠️  the stream has no limit" in out
    assert everything(events) == before


def test_one_that_takes_other_subjects_is_refused(events: EventsWorld) -> None:
    make_stream(events, subjects=[f"{events.stream}.other"])

    code, out = said(events, "init-stream", NATS_SUBJECT=f"{events.stream}.events")

    assert code == 4
    assert f"❌ NATS: stream {events.stream} takes {events.stream}.other, and not " in out
    assert "see NATS_SUBJECT" in out


def test_what_the_server_refuses_is_said(events: EventsWorld) -> None:
    code, out = said(events, "init-stream", "--replicas", "3")

    assert code == 4
    assert "a single server keeps one replica only" in out


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--max-bytes", "0"], "'0' is no size; bytes, or such as 512M, 10G, 1T"),
        (["--max-bytes", "10 GB"], "'10 GB' is no size"),
        (["--max-age", "soon"], "'soon' is no time; seconds, or such as 90m, 24h, 7d"),
        (["--replicas", "7"], "'7' is no number of replicas; 1 to 5"),
        (["--dedup-window", "9m"], "--dedup-window: 540 s is shorter than PUBLISHER_OVERLAP_MIN"),
        (["--max-age", "15m"], "--max-age: 900 s is shorter than the time for which ids are known"),
    ],
)
def test_bounds_that_cannot_be_are_usage(
    events: EventsWorld, arguments: list[str], line: str
) -> None:
    code, _, err = run(events, "init-stream", *arguments)

    assert code == 2
    assert line in err


def test_it_is_a_command_of_events_alone(events: EventsWorld) -> None:
    given = {"PIPELINES": "conversations", "SQS_QUEUE_URL": "http://localhost/q", "AWS_REGION": "x"}
    code, _, err = run(events, "init-stream", **given)

    assert code == 2
    assert "init-stream: only where PIPELINES names events" in err
