"""What can't be shipped: a dead letter, or a lane by itself that stops no other."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

import pytest

from awslite.cloud import Cloud
from awslite.faults import read_fault
from oracle_cdc.changes.outbound.building import Builder, Outgoing
from oracle_cdc.changes.rules.errors import TransformationFailed
from oracle_cdc.changes.rules.pairing import Paired
from oracle_cdc.changes.rules.table_models import JsonType
from oracle_cdc.changes.rules.turns import Waiting
from oracle_cdc.errors import SqsUnavailable
from oracle_cdc.redaction.marking import Marker
from oracle_cdc.running.privacy import format_error
from tests.integration.changelanes import make_model
from tests.integration.changeworlds import serve_captured
from tests.integration.shippings import Copy, ShippingWorld, serve_shipping


@pytest.fixture
def shipping(tmp_path: Path, cloud: Cloud) -> Iterator[ShippingWorld]:
    with serve_captured(tmp_path) as world, serve_shipping(world, cloud) as shipping:
        yield shipping


def insert(shipping: ShippingWorld, count: int) -> None:
    shipping.run(
        f"INSERT INTO USERS (ID, NAME) SELECT LEVEL, 'n' FROM dual CONNECT BY LEVEL <= {count}"
    )


def test_what_is_too_large_for_the_stream_is_a_dead_letter_and_no_key_waits_for_it(
    shipping: ShippingWorld,
) -> None:
    insert(shipping, 2)
    for name in ("x" * 40, "y", "z"):
        shipping.run(f"UPDATE USERS SET NAME = '{name}' WHERE ID = 1")
    copy = shipping.copy(max_record_bytes=490)
    copy.ship()
    for buried, number in zip(copy.buried, (3, 4), strict=True):
        assert buried.change.metadata.event_id == f"users-{number:020}"
        assert buried.refusal is not None
        assert buried.refusal.reason_code == "VALIDATION_ERROR"
    assert sorted(shipping.numbers()) == [1, 2, 5]
    assert shipping.left() == 0


def test_a_dead_letter_that_nobody_takes_stays_and_holds_back_its_key_alone(
    shipping: ShippingWorld,
) -> None:
    insert(shipping, 2)
    shipping.world.run("UPDATE CDC_C_USERS SET ID = 1.5 WHERE CDC_CHANGE_ID = 1", user="CDC")
    copy = shipping.copy(bury_error=SqsUnavailable("the queue is down"))
    copy.ship()
    assert shipping.shown() == [("INSERT", 2)]
    assert shipping.left() == 1
    copy.bury_error = None
    time.sleep(0.002)
    copy.ship()
    assert shipping.left() == 0
    assert len(copy.buried) == 1


def add_orders(shipping: ShippingWorld) -> None:
    """Add a second table that is captured, and change both."""
    shipping.run("CREATE TABLE ORDERS (ID NUMBER PRIMARY KEY, NAME VARCHAR2(40))")
    shipping.world.install("ORDERS")
    shipping.run("INSERT INTO ORDERS VALUES (1, 'o')", "INSERT INTO USERS (ID) VALUES (1)")


def order_copy(shipping: ShippingWorld) -> Copy:
    types = {"ID": JsonType.INTEGER, "NAME": JsonType.STRING}
    models = {"users": make_model(), "orders": make_model(types, table="orders")}
    shipping.transformers["orders"] = {}
    return shipping.copy(models=models)


def test_a_lane_whose_change_table_is_gone_stops_no_other(shipping: ShippingWorld) -> None:
    add_orders(shipping)
    copy = order_copy(shipping)
    copy.ship()
    assert len(shipping.records()) == 2
    shipping.world.run("DROP TABLE CDC_C_ORDERS", user="CDC")
    shipping.run("INSERT INTO USERS (ID) VALUES (2)")
    copy.ship()
    assert [record["table"] for record in shipping.records()][2:] == ["users"]
    (concern,) = copy.progress.concerns.standing()
    assert "changes of orders" in concern


def test_a_record_that_its_shard_refuses_stops_no_other_table(shipping: ShippingWorld) -> None:
    add_orders(shipping)
    copy = order_copy(shipping)
    refused = {"orders|": "ProvisionedThroughputExceededException"}
    fault = read_fault({"action": "PutRecords", "marked_entries": refused})
    shipping.cloud.faults.order(fault)
    copy.ship()
    assert [record["table"] for record in shipping.records()] == ["users"]
    fault.times = 0
    time.sleep(0.002)
    copy.ship()
    assert [record["table"] for record in shipping.records()] == ["users", "orders"]


def test_a_bug_that_one_table_meets_stops_no_other(
    shipping: ShippingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_orders(shipping)
    copy = order_copy(shipping)
    build = Builder.build

    def build_or_break(
        builder: Builder, paired: Paired, number: int
    ) -> Sequence[Waiting[Outgoing]]:
        if paired.changes[0].table == "orders":
            raise TypeError("a bug")
        return build(builder, paired, number)

    monkeypatch.setattr(Builder, "build", build_or_break)
    copy.ship()
    assert [record["table"] for record in shipping.records()] == ["users"]
    assert copy.progress.concerns.standing() == ["changes of orders: a bug: TypeError"]
    monkeypatch.undo()
    time.sleep(0.002)
    copy.ship()
    assert [record["table"] for record in shipping.records()] == ["users", "orders"]
    assert copy.progress.concerns.standing() == []


def test_a_table_without_a_model_is_said_and_stays_in_oracle(shipping: ShippingWorld) -> None:
    add_orders(shipping)
    copy = shipping.copy()
    copy.ship()
    assert [record["table"] for record in shipping.records()] == ["users"]
    (concern,) = copy.progress.concerns.standing()
    assert "orders has no model" in concern
    assert shipping.world.rows("SELECT COUNT(*) FROM CDC_C_ORDERS") == [(1,)]


def test_a_lane_that_a_person_paused_is_shipped_once_he_lets_it(shipping: ShippingWorld) -> None:
    insert(shipping, 1)
    shipping.world.run("UPDATE CDC_CHANGE_TABLES SET IS_ENABLED = 0", user="CDC")
    copy = shipping.copy()
    copy.ship()
    assert shipping.left() == 1
    assert copy.progress.paused == {"changes of users"}
    shipping.world.run("UPDATE CDC_CHANGE_TABLES SET IS_ENABLED = 1", user="CDC")
    copy.ship()
    assert shipping.left() == 0
    assert copy.progress.paused == set()


def test_a_lane_that_is_unregistered_while_it_is_paused_is_paused_no_more(
    shipping: ShippingWorld,
) -> None:
    shipping.world.run("UPDATE CDC_CHANGE_TABLES SET IS_ENABLED = 0", user="CDC")
    copy = shipping.copy()
    copy.progress.paused.add("events")
    copy.ship()
    assert copy.progress.paused == {"changes of users", "events"}
    shipping.world.run("DELETE FROM CDC_CHANGE_TABLES", user="CDC")
    copy.ship()
    assert copy.progress.paused == {"events"}


def test_what_is_to_be_redacted_leaves_in_no_record_and_no_dead_letter(
    shipping: ShippingWorld,
) -> None:
    canary = "canary-4580"
    shipping.transformers["users"] = {"redactFields": ["name"]}
    shipping.run(f"INSERT INTO USERS (ID, NAME) VALUES (1, '{canary}')")
    shipping.run(f"INSERT INTO USERS (ID, NAME, CODE) VALUES (2, '{canary}', 'x')")
    shipping.run(f"INSERT INTO USERS (ID, NAME, BYTES) VALUES (3, '{canary}', '{'0F' * 16}')")
    shipping.world.run("UPDATE CDC_C_USERS SET ID = 1.5 WHERE ID = 2", user="CDC")
    copy = shipping.copy(max_record_bytes=405)
    copy.ship()
    odd, large = (buried.change for buried in copy.buried)
    assert canary.encode() not in b"".join(shipping.raw())
    assert (odd.before, odd.after, odd.keys) == (None, None, {"id": "1.5"})
    assert large.after is not None
    assert large.after["name"] == "[REDACTED]"
    assert shipping.records()[0]["after"]["name"] == "[REDACTED]"
    assert sum(copy.opener.redactions.values()) == 3


def test_what_could_not_be_redacted_leaves_in_no_way(
    shipping: ShippingWorld, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="oracle_cdc")
    canary = "canary-4580"
    shipping.transformers["users"] = {"scanFields": ["name"]}
    shipping.run(f"INSERT INTO USERS (ID, NAME) VALUES (1, '{canary}')")
    copy = shipping.copy()
    redactor = copy.opener.transformation.redactor
    assert redactor is not None
    redactor.marker = cast("Marker", None)
    copy.ship()
    (buried,) = copy.buried
    assert (buried.change.after, buried.change.keys, buried.is_whole) == (None, {}, False)
    assert buried.attempts == 3
    assert isinstance(buried.refusal, TransformationFailed)
    assert canary not in format_error(buried.refusal)
    assert canary not in caplog.text
    assert shipping.records() == []
    assert shipping.left() == 0
