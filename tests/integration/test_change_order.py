"""Any history of a few rows, whatever the stream fails with: all of it, per row in its order."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from awslite.cloud import Cloud
from awslite.faults import Fault
from awslite.treatment import Treatment
from oracle_cdc.errors import DestinationUnavailable
from tests.integration.changeworlds import World, serve_captured
from tests.integration.shippings import Copy, ShippingWorld, serve_shipping

ROWS = 6
#: What happens to requests: some are not answered, of others single entries fail.
FAULTS = (
    Fault("PutRecords", rate=0.15, treatment=Treatment(cut_after=True)),
    Fault("PutRecords", rate=0.1, treatment=Treatment(cut_before=True)),
    Fault("PutRecords", rate=0.1, treatment=Treatment(refusal_after=(500, "InternalFailure"))),
    Fault("PutRecords", rate=0.5, entry_rate=0.3),
)


@pytest.fixture
def shipping(tmp_path: Path, cloud: Cloud) -> Iterator[ShippingWorld]:
    with serve_captured(tmp_path) as world, serve_shipping(world, cloud) as shipping:
        yield shipping


class Writer:
    """Changes rows, in transactions that end late or never. Each row is one writer's alone."""

    def __init__(self, world: World, number: int, chance: random.Random) -> None:
        self.connection = world.connect("COREDB")
        self.chance = chance
        self.first = 100 * number
        #: How often a row was moved to a key that nobody had.
        self.moves = 0

    def act(self) -> None:
        """Do one thing to the rows, or end the transaction."""
        cursor = self.connection.cursor()
        id = self.first + self.chance.randrange(ROWS)
        action = self.chance.randrange(8)
        if action < 3:
            cursor.execute(
                "MERGE INTO USERS u USING (SELECT :1 AS ID, :2 AS NAME FROM dual) n ON"
                " (u.ID = n.ID) WHEN MATCHED THEN UPDATE SET u.NAME = n.NAME"
                " WHEN NOT MATCHED THEN INSERT (ID, NAME) VALUES (n.ID, n.NAME)",
                [id, str(self.chance.random())],
            )
        elif action == 3:
            cursor.execute("DELETE FROM USERS WHERE ID = :1", [id])
        elif action == 4:
            self.moves += 1
            cursor.execute(
                "UPDATE USERS SET ID = :1 WHERE ID = :2", [self.first + ROWS + self.moves, id]
            )
        elif action == 5:
            last = self.first + ROWS
            cursor.execute(
                "UPDATE USERS SET CODE = 'all' WHERE ID BETWEEN :1 AND :2", [self.first, last]
            )
        elif action == 6:
            self.connection.rollback()
        else:
            self.connection.commit()


def attempt(copy: Copy) -> None:
    """Run rounds, and let the stream fail: the next call begins anew."""
    with suppress(DestinationUnavailable):
        copy.ship()


def events_of(shipping: ShippingWorld) -> list[dict[str, Any]]:
    """Return what the stream has, each event once, where it came first."""
    firsts: dict[str, dict[str, Any]] = {}
    for record in shipping.records():
        known = firsts.setdefault(record["metadata"]["eventId"], record)
        assert known == record
    return list(firsts.values())


def apply(events: list[dict[str, Any]]) -> dict[int, Any]:
    """Return the rows that a consumer has who applies events as they come."""
    rows: dict[int, Any] = {}
    latest: dict[int, int] = {}
    for event in events:
        id, number = event["keys"]["id"], int(event["metadata"]["sequenceNumber"])
        assert number > latest.get(id, 0), "the first sendings of a key are in its order"
        latest[id] = number
        if event["operation"] == "DELETE":
            del rows[id]
        else:
            rows[id] = event["after"]["name"]
    return rows


@pytest.mark.parametrize("seed", range(4))
def test_whatever_fails_a_consumer_has_the_rows_that_oracle_has(
    shipping: ShippingWorld, seed: int
) -> None:
    chance = random.Random(seed)
    shipping.cloud.faults.reseed(seed)
    for fault in FAULTS:
        shipping.cloud.faults.order(fault)
    writers = [Writer(shipping.world, number, chance) for number in range(3)]
    copies = [shipping.copy(batch_size=chance.choice((2, 7, 50))) for _ in range(2)]
    for _ in range(150):
        chance.choice(writers).act()
        if chance.random() < 0.2:
            attempt(chance.choice(copies))
    for writer in writers:
        writer.connection.commit()
        writer.connection.close()
    for _ in range(200):
        if not shipping.left():
            break
        attempt(chance.choice(copies))
    shipping.cloud.faults.clear()
    assert shipping.left() == 0
    expected = dict(shipping.world.rows("SELECT ID, NAME FROM USERS", user="COREDB"))
    assert apply(events_of(shipping)) == expected
