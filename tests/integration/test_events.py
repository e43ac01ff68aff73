"""Rows of Oracle in a stream of NATS, with their progress in MariaDB: all of it together."""

from __future__ import annotations

import json
import threading
from datetime import datetime, timedelta

import pytest

from oracle_cdc.errors import (
    DestinationUnavailable,
    OracleConfigurationError,
    StoreUnavailable,
    Unavailable,
)
from oracle_cdc.oracle.rows import TableSource
from standins.mariadbserver import MariaDbServer
from standins.natsserver import NatsServer
from tests.integration.eventworlds import MOST_BYTES, EventsWorld
from tests.integration.rowtables import EVENTS, connect
from tests.integration.test_rows_relayed import TRANSACTIONS, WRITERS, write
from tests.mariadb.test_cost import asked


@pytest.fixture
def world(events_world: EventsWorld) -> EventsWorld:
    return events_world


def test_rows_come_through_once_each_late_ones_too_and_a_refused_one_is_set_aside(
    world: EventsWorld,
) -> None:
    world.insert(*range(1, 51))
    late = connect(world.table.server)
    world.insert(101, 102, connection=late)
    world.insert(60, text="x" * MOST_BYTES)
    world.insert(61)
    world.drain()
    late.commit()
    late.close()
    world.drain()
    assert world.in_stream() == [*range(1, 51), 61, 101, 102]
    assert world.events.relay.get().sender.counts.late == 2
    (aside,) = world.schema.administer("SELECT ROW_KEY, REASON FROM ETL_SET_ASIDE")
    assert aside["ROW_KEY"] == "60"
    assert str(MOST_BYTES) in aside["REASON"].replace(",", "")


def test_a_message_has_the_row_under_the_names_of_oracle(world: EventsWorld) -> None:
    world.insert(7)
    world.drain()
    subject, body, headers = world.message(1)
    assert subject == f"{world.stream}.OPENED"
    found = json.loads(body)
    assert (found["ID"], found["CASE_ID"], found["data_type"]) == (7, "case 7", "TXLOG")
    assert headers["Nats-Msg-Id"] == f"{world.schema.program}:7"


def test_a_person_reads_in_etl_prmrec_how_far_it_is(world: EventsWorld) -> None:
    world.insert(1, 2, 3)
    world.drain()
    row = world.schema.row()
    assert (row["STATUS"], row["RECORDS_PROCESSED"], row["ERROR_MESSAGE"]) == ("SUCCESS", 3, None)
    exact = world.schema.exact()
    assert isinstance(exact, datetime)
    assert row["LAST_SUCCESSFUL_TIME"] == exact.replace(microsecond=0)


def test_a_new_copy_goes_on_where_the_first_was(world: EventsWorld) -> None:
    world.insert(1, 2, 3)
    world.drain()
    world.restart()
    world.insert(4)
    world.drain()
    assert world.in_stream() == [1, 2, 3, 4]
    assert world.schema.row()["RECORDS_PROCESSED"] == 4


def test_what_was_stored_and_not_written_down_is_sent_again_and_stored_once(
    world: EventsWorld,
) -> None:
    world.insert(1, 2)
    world.drain()
    world.insert(11, 12, 13)
    world.kill_store_after_send()
    with pytest.raises(StoreUnavailable):
        world.cycle()
    assert world.in_stream() == [1, 2, 11, 12, 13]
    world.schema.server.start()
    world.restart()
    world.drain()
    # Those before them lie in the same slice, of which a new copy knows the count alone.
    assert world.events.relay.get().sender.counts.repeats >= 3
    assert world.in_stream() == world.in_table()


def test_it_goes_on_when_nats_comes_back(world: EventsWorld) -> None:
    world.insert(1, 2)
    world.drain()
    world.nats.kill()
    world.insert(3, 4)
    try:
        with pytest.raises(DestinationUnavailable):
            world.cycle()
    finally:
        world.nats.start()
    world.drain()
    assert world.in_stream() == [1, 2, 3, 4]
    assert world.events.relay.get().sender.counts.repeats == 0


def test_eight_writers_lose_nothing_and_repeat_nothing_while_each_server_dies_once(
    world: EventsWorld,
) -> None:
    world.drain()
    writers = []
    for number in range(WRITERS):
        writers.append(threading.Thread(target=write, args=(world.table, number)))
    for writer in writers:
        writer.start()
    servers: tuple[MariaDbServer | NatsServer, ...] = (world.schema.server, world.nats)
    for number, server in enumerate(servers):
        world.cycle()
        server.kill()
        world.insert(1_000_000 + number)
        with pytest.raises(Unavailable):
            world.cycle()
        server.start()
    while any(map(threading.Thread.is_alive, writers)):
        world.cycle()
    world.restart()
    world.drain()
    assert len(world.in_table()) > WRITERS * TRANSACTIONS
    assert world.in_stream() == world.in_table()


def test_a_password_of_mariadb_that_is_changed_is_taken_up_without_a_restart(
    world: EventsWorld,
) -> None:
    world.insert(1)
    world.drain()
    world.schema.administer(f"SET PASSWORD FOR {world.schema.user}@'127.0.0.1' = PASSWORD('new')")
    world.write_password("new")
    world.schema.kill_sessions()
    world.insert(2)
    with pytest.raises(StoreUnavailable):
        world.cycle()
    world.drain()
    assert world.in_stream() == [1, 2]


def test_an_idle_cycle_asks_oracle_once_and_mariadb_once(world: EventsWorld) -> None:
    world.insert(1)
    world.drain()
    oracle = world.table.server.statistics()["round_trips"]
    mariadb = asked(world.events.tracking)
    for _ in range(5):
        world.cycle()
    assert world.table.server.statistics()["round_trips"] - oracle == 5
    assert asked(world.events.tracking) - mariadb == 1 + 5


def test_nothing_is_connected_while_it_is_put_together(world: EventsWorld) -> None:
    assert world.events.oracle.answers == 0
    assert world.events.publisher.connection is None
    assert world.events.tracking.database.connection is None
    assert world.events.close()


def test_a_table_that_appears_later_is_read_then(world: EventsWorld) -> None:
    world.table.run(f"DROP TABLE {world.table.name}")
    with pytest.raises(OracleConfigurationError, match="no such table"):
        world.events.relay.get()
    world.table.create(EVENTS)
    world.insert(1)
    world.drain()
    assert world.in_stream() == [1]


def test_the_sweep_says_what_the_table_holds_and_what_was_handled(world: EventsWorld) -> None:
    world.insert(*range(20))
    world.drain()
    world.events.sweep.get().run_once()
    while world.events.sweep.get().walk is not None:
        world.events.sweep.get().run_once()
    balance = world.events.sweep.get().balance
    assert balance is not None
    assert (balance.source, balance.handled, balance.missing) == (20, 20, 0)


def test_two_copies_with_a_share_each_publish_every_row_once(world: EventsWorld) -> None:
    world.insert(*range(100))
    for share in ("1/2", "2/2"):
        world.restart(PUBLISHER_SHARE=share)
        world.drain()
        counts = world.events.relay.get().sender.counts
        assert 0 < counts.published < 100
        assert counts.repeats == 0
    assert world.in_stream() == world.in_table()


def test_a_copy_that_is_to_stop_begins_no_batch(world: EventsWorld) -> None:
    world.insert(1)
    world.events.stop.set()
    world.cycle()
    assert world.in_stream() == []
    world.events.stop.clear()
    world.cycle()
    assert world.in_stream() == [1]


def test_a_body_has_no_trace_id_where_none_is_wanted(world: EventsWorld) -> None:
    world.restart(PUBLISHER_ADD_TRACE_ID="false", PUBLISHER_COLUMNS="id,event_type")
    world.insert(7)
    world.drain()
    assert world.message(1)[1] == b'{"data_type":"TXLOG","ID":7,"EVENT_TYPE":"OPENED"}'


def test_rows_are_fetched_by_the_batch_in_the_zone_of_their_column(world: EventsWorld) -> None:
    world.restart(PUBLISHER_BATCH_SIZE="7", PUBLISHER_TIME_ZONE="Pacific/Kiritimati")
    source = world.events.relay.get().source
    ahead = source.look(()).now
    assert isinstance(source, TableSource)
    world.restart()
    assert ahead - world.events.relay.get().source.look(()).now > timedelta(hours=13)
    assert source.reader.batch_size == 7


def test_ids_are_known_again_for_longer_than_a_cycle_looks_back(world: EventsWorld) -> None:
    world.restart(PUBLISHER_OVERLAP_MINUTES="30")
    world.cycle()
    assert world.events.publisher.facts().repeats_known_seconds == 3600
    assert world.events.publisher.wanted_repeats_seconds == 1800
