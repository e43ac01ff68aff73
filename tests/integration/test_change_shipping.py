"""Changes from a change table to a stream: nothing lost, per key in order, whatever fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest

from awslite.cloud import Cloud
from awslite.faults import Fault
from awslite.treatment import PLAIN, Request, Treatment
from oracle_cdc.errors import DestinationUnavailable
from oracle_cdc.running.dependencies import Dependency
from tests.integration.changeworlds import serve_captured, serve_world
from tests.integration.shippings import ShippingWorld, serve_shipping


@pytest.fixture
def shipping(tmp_path: Path, cloud: Cloud) -> Iterator[ShippingWorld]:
    with serve_captured(tmp_path) as world, serve_shipping(world, cloud) as shipping:
        yield shipping


def test_each_change_becomes_a_record_and_leaves_the_change_table(
    shipping: ShippingWorld,
) -> None:
    shipping.run(
        "INSERT INTO USERS (ID, NAME) SELECT LEVEL, 'a' FROM dual CONNECT BY LEVEL <= 2",
        "UPDATE USERS SET NAME = 'b' WHERE ID = 1",
        "DELETE FROM USERS WHERE ID = 2",
    )
    shipping.copy().ship()
    assert shipping.left() == 0
    assert sorted(shipping.numbers()) == [1, 2, 3, 4]
    by_number = {record["metadata"]["eventId"]: record for record in shipping.records()}
    updated = by_number["users-00000000000000000003"]
    assert (updated["operation"], updated["keys"]) == ("UPDATE", {"id": 1})
    assert (updated["before"]["name"], updated["after"]["name"]) == ("a", "b")
    assert updated["metadata"]["eventType"] == "users.changed"


def insert(shipping: ShippingWorld, count: int) -> None:
    shipping.run(
        f"INSERT INTO USERS (ID, NAME) SELECT LEVEL, 'n' FROM dual CONNECT BY LEVEL <= {count}"
    )


def when_put(shipping: ShippingWorld, act: Callable[[], None]) -> None:
    """Do something once a request has come to the stream, before it is carried out."""
    waiting = [act]

    def treat(request: Request) -> Treatment:
        if request.action == "PutRecords" and waiting:
            waiting.pop()()
        return PLAIN

    shipping.cloud.treat = treat


def test_what_commits_late_while_a_batch_is_on_its_way_is_shipped_next(
    shipping: ShippingWorld,
) -> None:
    with shipping.world.connect("COREDB") as late:
        late.cursor().execute("INSERT INTO USERS (ID) VALUES (1)")
        shipping.run("INSERT INTO USERS (ID) VALUES (2)")
        when_put(shipping, late.commit)
        shipping.copy().ship()
        assert shipping.numbers() == [2]
        assert shipping.left() == 1
    shipping.copy().ship()
    assert shipping.numbers() == [2, 1]
    assert shipping.left() == 0


def test_what_was_rolled_back_is_not_shipped(shipping: ShippingWorld) -> None:
    with shipping.world.connect("COREDB") as connection:
        cursor = connection.cursor()
        cursor.execute("INSERT INTO USERS (ID) VALUES (1)")
        cursor.execute("SAVEPOINT here")
        cursor.execute("UPDATE USERS SET NAME = 'gone'")
        cursor.execute("ROLLBACK TO here")
        shipping.copy().ship()
        connection.commit()
        cursor.execute("DELETE FROM USERS")
        connection.rollback()
    shipping.copy().ship()
    assert shipping.shown() == [("INSERT", 1)]


def test_the_changes_of_a_key_by_several_sessions_are_shipped_as_they_were_made(
    shipping: ShippingWorld,
) -> None:
    insert(shipping, 1)
    with shipping.world.connect("COREDB") as one, shipping.world.connect("COREDB") as other:
        one.cursor().execute("DELETE FROM USERS")
        blocked = threading.Thread(
            target=other.cursor().execute, args=("INSERT INTO USERS (ID, NAME) VALUES (1, 'x')",)
        )
        blocked.start()
        one.commit()
        blocked.join()
        shipping.copy().ship()
        other.commit()
    shipping.copy().ship()
    assert shipping.shown() == [("INSERT", 1), ("DELETE", 1), ("INSERT", 1)]
    assert shipping.numbers() == sorted(shipping.numbers())


def test_keys_that_move_are_deletes_and_inserts_in_an_order_that_each_key_can_follow(
    shipping: ShippingWorld,
) -> None:
    insert(shipping, 3)
    shipping.run("UPDATE USERS SET ID = ID + 10", "UPDATE USERS SET ID = ID - 9 WHERE ID = 11")
    shipping.copy().ship()
    kept: set[int] = set()
    for operation, id in shipping.shown():
        if operation == "DELETE":
            kept.remove(id)
        else:
            assert id not in kept
            kept.add(id)
    assert sorted(kept) == [2, 12, 13]
    ids = [record["metadata"]["eventId"][-2:] for record in shipping.records()]
    assert sorted(ids) == sorted(["01", "02", "03", *["-D", "-I"] * 4])


def test_a_record_that_failed_holds_back_its_key_and_nobody_else(shipping: ShippingWorld) -> None:
    insert(shipping, 2)
    shipping.run("UPDATE USERS SET NAME = 'b'", "UPDATE USERS SET NAME = 'c'")
    marked = Treatment(marked_entries={'{"id":1}': "InternalFailure"})
    shipping.cloud.faults.order(Fault("PutRecords", treatment=marked))
    copy = shipping.copy()
    copy.ship()
    assert shipping.shown() == [("INSERT", 2), ("UPDATE", 2), ("UPDATE", 2)]
    assert shipping.left() == 5
    shipping.cloud.faults.clear()
    copy.ship()
    assert shipping.shown()[3:] == [("INSERT", 1), ("UPDATE", 1), ("UPDATE", 1)]
    assert shipping.left() == 0
    assert copy.buried == []


def test_a_key_that_is_held_back_at_the_front_keeps_nobody_from_being_read(
    shipping: ShippingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oracle_cdc.changes.outbound.lane.MOST_ROWS", 4)
    insert(shipping, 1)
    shipping.run(*[f"UPDATE USERS SET NAME = '{n}'" for n in range(5)])
    shipping.run("INSERT INTO USERS (ID) VALUES (2)")
    marked = Treatment(marked_entries={'{"id":1}': "ProvisionedThroughputExceededException"})
    shipping.cloud.faults.order(Fault("PutRecords", treatment=marked))
    copy = shipping.copy(batch_size=4)
    for _ in range(6):
        with suppress(DestinationUnavailable):
            copy.ship()
        time.sleep(0.002)
    assert shipping.shown() == [("INSERT", 2)]


def test_two_copies_never_have_one_lane_at_a_time(shipping: ShippingWorld) -> None:
    insert(shipping, 3)
    one, other = shipping.copy(), shipping.copy()
    found: list[int] = []

    def ship_meanwhile() -> None:
        other.ship()
        found.append(sum(other.shipping.counts.shipped.values()))

    when_put(shipping, ship_meanwhile)
    one.ship()
    assert found == [0]
    assert len(shipping.records()) == 3


def test_half_an_update_at_the_end_of_a_read_is_shipped_whole(shipping: ShippingWorld) -> None:
    insert(shipping, 1)
    shipping.run("UPDATE USERS SET NAME = 'b'")
    shipping.copy(batch_size=2).ship()
    assert shipping.shown() == [("INSERT", 1), ("UPDATE", 1)]
    assert shipping.records()[1]["before"]["name"] == "n"


def test_a_stop_lets_what_was_accepted_be_deleted_and_leaves_the_rest(
    shipping: ShippingWorld,
) -> None:
    insert(shipping, 1)
    shipping.run(*[f"UPDATE USERS SET NAME = '{n}'" for n in range(3)])
    copy = shipping.copy()
    when_put(shipping, copy.stop.set)
    copy.shipping.run_round()
    assert shipping.shown() == [("INSERT", 1)]
    assert shipping.left() == 6


def test_a_stream_that_is_down_leaves_everything_where_it_is(shipping: ShippingWorld) -> None:
    insert(shipping, 2)
    down = Treatment(refusal=(500, "InternalFailure"))
    shipping.cloud.faults.order(Fault("PutRecords", treatment=down))
    copy = shipping.copy()
    with pytest.raises(DestinationUnavailable):
        copy.ship()
    assert shipping.left() == 2
    assert copy.buried == []


def test_an_update_that_changes_nothing_published_is_not_sent_where_its_table_says_so(
    shipping: ShippingWorld,
) -> None:
    shipping.transformers["users"] = {"skipUnchanged": True, "includeFields": ["id", "name"]}
    insert(shipping, 1)
    shipping.run("UPDATE USERS SET NAME = NAME")
    shipping.copy().ship()
    assert shipping.shown() == [("INSERT", 1)]
    assert shipping.left() == 0


def test_a_lane_batch_costs_three_round_trips_and_an_idle_look_one(
    shipping: ShippingWorld,
) -> None:
    insert(shipping, 50)
    copy = shipping.copy(batch_size=200)
    calls = Dependency("oracle")
    copy.database.calling = calls.calling
    copy.shipping.run_round()
    insert_calls = calls.calls
    copy.shipping.run_round()
    assert calls.calls - insert_calls == 1
    shipping.run("UPDATE USERS SET NAME = 'b'")
    before = calls.calls
    copy.shipping.run_round()
    assert calls.calls - before == 1 + 3


def test_a_slow_read_is_followed_by_a_turn(shipping: ShippingWorld) -> None:
    insert(shipping, 2)
    copy = shipping.copy()
    # Each look at the clock is longer after the last one than a visit takes.
    copy.shipping.visitor.clock = count(step=10).__next__
    copy.shipping.run_round()
    assert shipping.left() == 0


def test_a_table_that_was_widened_is_not_shipped_as_it_was_before(
    tmp_path: Path, cloud: Cloud
) -> None:
    with serve_world(tmp_path) as world:
        world.install(included=["NAME"])
        shipping = ShippingWorld(world, cloud)
        copy = shipping.copy()
        try:
            insert(shipping, 1)
            copy.shipping.look(copy.progress.clock())
            world.install()
            shipping.run("UPDATE USERS SET CODE = 'later' WHERE ID = 1")
            copy.shipping.look_seconds = 3600
            assert not copy.shipping.run_round()
            assert shipping.left() == 3
            copy.shipping.look_seconds = 0
            copy.ship()
            assert [record["after"].get("code") for record in shipping.records()] == [None, "later"]
        finally:
            shipping.close()


def test_many_changes_of_one_row_are_sent_on_at_once_when_time_is_up(
    shipping: ShippingWorld,
) -> None:
    insert(shipping, 1)
    shipping.run("UPDATE USERS SET NAME = 'b'", "UPDATE USERS SET NAME = 'c'")
    copy = shipping.copy()
    # After the first turn of each visit.
    copy.shipping.visitor.clock = count(step=10).__next__
    copy.ship()
    assert (shipping.left(), len(shipping.numbers())) == (0, 3)
