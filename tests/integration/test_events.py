"""Rows of Oracle in a stream of NATS, with their progress in MariaDB: all of it together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from oracle_cdc.errors import (
    DestinationUnavailable,
    OracleConfigurationError,
    StoreUnavailable,
)
from standins import mariadbserver, natsserver
from standins.mariadbserver import MariaDbServer
from standins.natsserver import NatsServer
from tests.integration.eventworlds import MOST_BYTES, EventsWorld, serve_events
from tests.integration.rowtables import EVENTS, RowTable, connect
from tests.mariadb.needs import do_without
from tests.mariadb.schema import new_schema
from tests.mariadb.test_cost import asked


@pytest.fixture(scope="module")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDbServer]:
    if mariadbserver.PROGRAM is None:
        do_without()
    with mariadbserver.serving(tmp_path_factory.mktemp("mariadb")) as server:
        yield server


@pytest.fixture(scope="module")
def nats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    settings = f"max_payload: {MOST_BYTES}"
    with natsserver.serving(tmp_path_factory.mktemp("nats"), settings) as server:
        yield server


@pytest.fixture
def world(
    table: RowTable, nats: NatsServer, mariadb: MariaDbServer, tmp_path: Path
) -> Iterator[EventsWorld]:
    mariadb.restore()
    table.create(EVENTS)
    with new_schema(mariadb) as schema, serve_events(table, nats, schema, tmp_path) as world:
        yield world


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
