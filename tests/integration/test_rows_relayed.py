"""The whole way from a table: writers that commit late, and every row published once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from random import Random

import oracledb
import pytest

from oracle_cdc.errors import OracleUnavailable
from oracle_cdc.events.rules.encoding import Encoder
from oracle_cdc.events.rules.subjects import Subjects
from oracle_cdc.oracle.row_sql import Share
from oracle_cdc.relay.cycle import Relay, RelayRules
from oracle_cdc.relay.delivery import Delivery
from oracle_cdc.relay.slices import Grid
from tests.integration.rowtables import EVENTS, READER, RowTable, connect
from tests.relay.doubles import MemoryDestination, MemoryTracking

WRITERS = 8
TRANSACTIONS = 40
#: Of these transactions one is left open until others of its writer are committed.
LATE = 10


class Relayed:
    """A relay from a table to a destination and a store in memory."""

    def __init__(self, table: RowTable, share: Share | None = None, max_rows: int = 500) -> None:
        shape = table.shape
        self.table = table
        self.destination = MemoryDestination()
        self.tracking = MemoryTracking()
        self.source = table.read_with(share=share)
        self.max_rows = max_rows
        self.encode = Encoder(
            "P",
            "TXLOG",
            columns=shape.column_names,
            numbers=shape.number_names,
            subjects=Subjects("txlog.events.{EVENT_TYPE}", shape.column_names),
        )
        self.restart()

    def restart(self) -> None:
        """Forget everything but what the store has."""
        rules = RelayRules(
            program="P",
            settle=timedelta(0),
            overlap=timedelta(minutes=10),
            keep=timedelta(hours=1),
            max_rows=self.max_rows,
        )
        delivery = Delivery(self.destination, self.encode, max_retries=0, rest=lambda _: None)
        grid = Grid(timedelta(seconds=1))
        self.relay = Relay(self.source, delivery, self.tracking, rules=rules, grid=grid)

    def drain(self) -> None:
        """Run cycles until nothing is left."""
        before = -1
        while before != self.relay.sender.counts.read:
            before = self.relay.sender.counts.read
            self.relay.run_cycle()


@pytest.fixture
def events(table: RowTable) -> Iterator[RowTable]:
    table.create(EVENTS)
    yield table


def insert(connection: oracledb.Connection, table: RowTable, number: int, writer: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table.name} (ID, CASE_ID, EVENT_TYPE, EVENT_DATA) "
            "VALUES (:1, :2, 'OPENED', :3)",
            [writer * 10_000 + number, f"case {number}", f"data {number}"],
        )


def write(table: RowTable, writer: int) -> None:
    """Commit transactions of a few rows, and some of them after later ones."""
    random = Random(writer)
    connection = connect(table.server)
    late: list[oracledb.Connection] = []
    for transaction in range(TRANSACTIONS):
        used = connection
        if transaction % LATE == 3:
            used = connect(table.server)
            late.append(used)
        for row in range(random.randint(1, 5)):
            insert(used, table, transaction * 10 + row, writer)
        if used is connection:
            connection.commit()
        if transaction % LATE == LATE - 1 and late:
            commit_and_close(late.pop())
    for left in (*late, connection):
        commit_and_close(left)


def commit_and_close(connection: oracledb.Connection) -> None:
    connection.commit()
    connection.close()


def ids(table: RowTable) -> set[str]:
    with table.dba.cursor() as cursor:
        cursor.execute(f"SELECT TO_CHAR(ID) FROM {table.name}")
        return {row[0] for row in cursor}


def test_no_row_of_eight_writers_is_lost_or_sent_twice_however_late_it_is_committed(
    events: RowTable,
) -> None:
    relayed = Relayed(events)
    relayed.relay.run_cycle()
    writers = [threading.Thread(target=write, args=(events, number)) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    while any(map(threading.Thread.is_alive, writers)):
        relayed.relay.run_cycle()
    relayed.drain()
    written = ids(events)
    assert len(written) > WRITERS * TRANSACTIONS
    assert relayed.destination.keys == written
    assert relayed.destination.sent == len(written)


def test_a_late_row_is_published_though_the_watermark_has_passed_it(events: RowTable) -> None:
    relayed = Relayed(events)
    relayed.relay.run_cycle()
    late = connect(events.server)
    insert(late, events, 1, 0)
    insert(events.dba, events, 2, 0)
    events.dba.commit()
    relayed.drain()
    assert relayed.destination.order == ["2"]
    commit_and_close(late)
    relayed.drain()
    assert relayed.destination.order == ["2", "1"]
    assert relayed.relay.sender.counts.late == 1
    assert relayed.destination.sent == 2


def test_a_start_anew_and_a_read_that_breaks_lose_and_repeat_nothing(events: RowTable) -> None:
    relayed = Relayed(events, max_rows=50)
    relayed.relay.run_cycle()
    for number in range(300):
        insert(events.dba, events, number, 0)
    events.dba.commit()
    relayed.relay.run_cycle()
    relayed.restart()
    events.server.faults.set(f"error 1555 on fetch 2 for {READER}")
    with pytest.raises(OracleUnavailable, match="ORA-01555"):
        relayed.drain()
    relayed.drain()
    assert relayed.destination.keys == ids(events)
    assert len(relayed.destination.order) == 300


def test_copies_with_a_share_each_publish_every_row_once(events: RowTable) -> None:
    copies = [Relayed(events, Share(number, 3)) for number in (1, 2, 3)]
    for copy in copies:
        copy.relay.run_cycle()
    for number in range(100):
        insert(events.dba, events, number, 0)
    events.dba.commit()
    found: list[str] = []
    for copy in copies:
        copy.drain()
        found += copy.destination.order
    assert len(found) == 100
    assert set(found) == ids(events)
