"""Servers that are dead, frozen, killed, or have no leader."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import nats.errors
import pytest

from oracle_cdc.errors import DestinationConfigurationError, DestinationUnavailable
from oracle_cdc.nats.publisher import NatsPublisher
from oracle_cdc.relay.values import Event, Outcome
from standins.natsserver import NatsServer, serving, serving_cluster
from standins.ports import free_port
from standins.tcpproxy import proxying
from tests.nats.conftest import Publish
from tests.nats.settings import event, events, ids
from tests.nats.streams import Streams

Answer = TypeVar("Answer")

HASTY_SECONDS = 0.5


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[NatsServer]:
    """Serve JetStream for one test, which may kill it."""
    with serving(tmp_path / "mortal") as server:
        yield server


def create(server: NatsServer, name: str, **config: object) -> None:
    streams = Streams(server.url)
    streams.create(name, **config)
    streams.close()


def stored(server: NatsServer, name: str) -> list[str]:
    streams = Streams(server.url)
    try:
        return streams.ids(name)
    finally:
        streams.close()


def send_until_accepted(publisher: NatsPublisher, wanted: list[Event]) -> dict[str, list[Outcome]]:
    """Send what is not accepted again and again, and return each event's outcomes by its id."""
    outcomes: dict[str, list[Outcome]] = {each.id: [] for each in wanted}
    pause = threading.Event()
    left = wanted
    while left:
        try:
            for outcome in publisher.send(left):
                outcomes[outcome.event.id].append(outcome)
        except DestinationUnavailable:
            pause.wait(0.05)
        left = [each for each in wanted if not has_receipt(outcomes[each.id])]
    return outcomes


def has_receipt(outcomes: list[Outcome]) -> bool:
    return bool(outcomes) and outcomes[-1].receipt is not None


def test_a_dead_server_is_tried_once_and_named(publish: Publish) -> None:
    port = free_port()
    publisher = publish("any", servers=f"127.0.0.1:{port}")
    with pytest.raises(DestinationUnavailable, match=f"nats://127.0.0.1:{port}: ConnectionRefused"):
        publisher.send([event(1, "any.x")])


def test_each_server_is_tried_until_one_lets_us_in(
    server: NatsServer, streams: Streams, publish: Publish
) -> None:
    stream = streams.create("second")
    publisher = publish(stream, servers=f"127.0.0.1:{free_port()},{server.address}")
    (outcome,) = publisher.send([event(1, "second.x")])
    assert outcome.receipt == "1"


def test_a_server_that_accepts_and_says_nothing_is_given_up(
    mortal: NatsServer, publish: Publish
) -> None:
    mortal.freeze()
    publisher = publish("any", servers=mortal.url, connect_timeout_seconds=HASTY_SECONDS)
    with pytest.raises(DestinationUnavailable, match="no answer in time"):
        publisher.send([event(1, "any.x")])


def test_what_a_frozen_server_did_not_answer_is_a_repeat_after_the_thaw(
    mortal: NatsServer, publish: Publish
) -> None:
    create(mortal, "frozen")
    publisher = publish("frozen", servers=mortal.url, ack_timeout_seconds=HASTY_SECONDS)
    publisher.send([event(9, "frozen.x")])
    mortal.freeze()

    unknown = publisher.send(events(2, "frozen.x"))

    assert [outcome.is_unknown for outcome in unknown] == [True, True]
    mortal.thaw()
    patient = publish("frozen", servers=mortal.url)
    again = patient.send([outcome.event for outcome in unknown])
    assert all(outcome.receipt is not None for outcome in again)
    assert stored(mortal, "frozen") == ["id-9", *ids(2)]


def test_a_frozen_server_is_left_for_the_next_one(mortal: NatsServer, publish: Publish) -> None:
    create(mortal, "left")
    publisher = publish("left", servers=mortal.url, ack_timeout_seconds=HASTY_SECONDS)
    publisher.send([event(1, "left.x")])
    former = publisher.connection
    mortal.freeze()
    publisher.send([event(2, "left.x")])
    mortal.thaw()
    assert former is not None
    assert not former.is_usable


def test_no_more_than_what_is_in_flight_goes_to_a_server_that_does_not_answer(
    mortal: NatsServer, publish: Publish
) -> None:
    create(mortal, "window")
    publisher = publish(
        "window", servers=mortal.url, max_in_flight=10, ack_timeout_seconds=HASTY_SECONDS
    )
    publisher.send([event("first", "window.x")])
    mortal.freeze()
    outcomes = publisher.send(events(30, "window.x"))
    mortal.thaw()
    assert [outcome.is_unknown for outcome in outcomes] == [True] * 10 + [False] * 20
    assert all(isinstance(outcome.error, DestinationUnavailable) for outcome in outcomes)
    assert all(name in ["id-first", *ids(10)] for name in stored(mortal, "window"))


def test_what_a_frozen_server_has_not_even_read_is_bounded_and_not_waited_for(
    mortal: NatsServer, publish: Publish
) -> None:
    create(mortal, "unread")
    publisher = publish("unread", servers=mortal.url, ack_timeout_seconds=HASTY_SECONDS)
    publisher.send([event("first", "unread.x")])
    mortal.freeze()
    outcomes = publisher.send(events(12, "unread.x", b"x" * 1_000_000))
    # Eight of them fit into the 8 MiB that may be in flight.
    assert [outcome.is_unknown for outcome in outcomes] == [True] * 8 + [False] * 4
    assert all(isinstance(outcome.error, DestinationUnavailable) for outcome in outcomes)
    publisher.close()


def test_a_close_ends_a_log_in_that_is_not_answered(mortal: NatsServer, publish: Publish) -> None:
    mortal.freeze()
    publisher = publish("any", servers=mortal.url)
    raised: list[Exception] = []

    def send() -> None:
        try:
            publisher.send([event(1, "any.x")])
        except DestinationUnavailable as error:
            raised.append(error)

    sender = threading.Thread(target=send)
    sender.start()
    publisher.close()
    sender.join()
    assert len(raised) == 1


def test_nothing_is_lost_or_stored_twice_when_the_server_is_killed_in_flight(
    mortal: NatsServer, publish: Publish
) -> None:
    create(mortal, "killed")
    wanted = events(1000, "killed.x")
    with proxying(mortal.port) as proxy:
        publisher = publish("killed", servers=f"127.0.0.1:{proxy.port}")
        publisher.send([event("first", "killed.x")])
        proxy.is_deaf = True
        found: list[Outcome] = []
        sender = threading.Thread(target=lambda: found.extend(publisher.send(wanted)))
        sender.start()
        wait_for_messages(mortal, "killed", 300)
        mortal.kill()
        sender.join()
        proxy.is_deaf = False
        mortal.start()

        outcomes = send_until_accepted(publisher, wanted)

    assert [outcome.event for outcome in found] == wanted
    assert all(isinstance(outcome.error, DestinationUnavailable) for outcome in found)
    assert any(outcome.is_unknown for outcome in found)
    assert any(each[-1].is_repeat for each in outcomes.values())
    assert sorted(stored(mortal, "killed")) == sorted(["id-first", *ids(1000)])


def wait_for_messages(server: NatsServer, name: str, count: int) -> None:
    pause = threading.Event()
    streams = Streams(server.url)
    while streams.count(name) < count:
        pause.wait(0.01)
    streams.close()


def test_what_is_published_while_disconnected_is_not_kept_for_later(
    mortal: NatsServer, publish: Publish
) -> None:
    create(mortal, "apart")
    publisher = publish("apart", servers=mortal.url)
    publisher.send([event(1, "apart.x")])
    mortal.kill()
    connection = publisher.connection
    pause = threading.Event()
    while connection is not None and connection.is_usable:
        pause.wait(0.01)
    with pytest.raises(DestinationUnavailable):
        publisher.send([event(2, "apart.x")])
    mortal.start()
    (outcome,) = publisher.send([event(3, "apart.x")])
    assert outcome.receipt == "2"
    assert stored(mortal, "apart") == ["id-1", "id-3"]


def test_jetstream_that_is_off_is_a_mistake_of_the_settings(
    tmp_path: Path, publish: Publish
) -> None:
    with serving(tmp_path / "core", has_jetstream=False) as core:
        publisher = publish("off", servers=core.url)
        (outcome,) = publisher.send([event(1, "off.x")])
        assert isinstance(outcome.error, DestinationConfigurationError)
        assert "JetStream is off" in str(outcome.error)
        assert not outcome.is_unknown
        with pytest.raises(DestinationConfigurationError, match="JetStream is off"):
            publisher.facts()


def test_a_server_that_is_out_of_store_takes_nothing_now(tmp_path: Path, publish: Publish) -> None:
    store = tmp_path / "tight" / "store"
    tight = f'jetstream {{ store_dir: "{store}", max_file_store: 2MB }}'
    with serving(tmp_path / "tight", tight) as server:
        create(server, "tight")
        outcomes = publish("tight", servers=server.url).send(events(4, "tight.x", b"x" * 900_000))
        assert outcomes[0].receipt == "1"
        assert isinstance(outcomes[-1].error, DestinationUnavailable)
        assert "out of store" in str(outcomes[-1].error)


def test_nothing_is_lost_or_stored_twice_when_a_streams_leader_is_killed(
    tmp_path: Path, publish: Publish
) -> None:
    with serving_cluster(tmp_path) as servers:
        create_when_elected(servers[0], "three")
        streams = Streams(servers[0].url)
        cluster = streams.info("three").cluster
        streams.close()
        assert cluster is not None
        (leader,) = [each for each in servers if each.directory.name == cluster.leader]
        publisher = publish("three", servers=all_of(servers), ack_timeout_seconds=2)
        publisher.send(events(100, "three.x"))
        leader.kill()

        outcomes = send_until_accepted(publisher, events(500, "three.x"))

        for found in outcomes.values():
            for outcome in found[:-1]:
                assert isinstance(outcome.error, DestinationUnavailable)
        (one, _) = [each for each in servers if each is not leader]
        assert sorted(ids_when_elected(one, "three")) == sorted(ids(500))


def all_of(servers: list[NatsServer]) -> str:
    return ",".join(server.url for server in servers)


def create_when_elected(server: NatsServer, name: str) -> None:
    """Create a stream of three replicas as soon as the cluster has a leader."""
    with closing(Streams(server.url, seconds=0.5)) as streams:
        ask_until_answered(lambda: streams.create(name, num_replicas=3))


def ids_when_elected(server: NatsServer, name: str) -> list[str]:
    """Return the ids of a stream's messages as soon as the cluster has a leader again.

    A reader is asked of the leader, and a request is lost that comes while there is none.
    """
    with closing(Streams(server.url, seconds=2)) as streams:
        return ask_until_answered(lambda: streams.ids(name))


def ask_until_answered(ask: Callable[[], Answer]) -> Answer:
    """Ask a cluster again until it answers."""
    pause = threading.Event()
    while True:
        try:
            return ask()
        except nats.errors.Error:
            pause.wait(0.1)
