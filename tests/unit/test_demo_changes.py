"""The balance of a demo of row changes finds every change and row that is not as it must be."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from oracle_cdc.demo.changes.balance import Found, balance
from oracle_cdc.demo.changes.cloud import CloudPages
from oracle_cdc.demo.changes.consumer import Consumer
from oracle_cdc.demo.changes.dead_letters import Letter, read_letter
from oracle_cdc.demo.changes.picture import ChangesPicture
from oracle_cdc.demo.changes.report import count_lines, sum_lines
from oracle_cdc.demo.changes.watch import Delivery, Standing, read_received
from tests.unit.demochanges import demo_table

PRIORITIES = demo_table("priorities")


def an_event(number: int, key: int = 1, **metadata: Any) -> Mapping[str, Any]:
    sequence = f"{number:020}"
    return {
        "table": "priorities",
        "operation": "UPDATE",
        "keys": {"queue_id": key, "segment": "A  "},
        "after": {"factor": "0.5"},
        "metadata": {"sequenceNumber": sequence, "eventId": f"priorities-{sequence}", **metadata},
    }


def a_row(key: int, factor: str | None = "0.5") -> Mapping[str, Any]:
    """Return a row as the driver brings it: numbers as texts."""
    return {"queue_id": str(key), "segment": "A  ", "priority_level": "7", "factor": factor}


def an_image(key: int, factor: str | None = "0.500") -> tuple[str, Mapping[str, Any]]:
    image = {"queue_id": key, "segment": "A  ", "priority_level": 7, "factor": factor}
    return "priorities", image


DEAD = Letter(f"priorities-{3:020}", "priorities", "VALIDATION_ERROR", "{}")
#: Changes 1, 2 and 3, of which 3 was a dead letter first, and 4 of a snapshot.
GOOD = Found(
    tables=[PRIORITIES],
    committed=3,
    snapshot_count=1,
    rows={"priorities": [a_row(1), a_row(2)]},
    details=[
        an_event(1),
        an_event(2, key=2),
        an_event(1),
        an_event(4, key=2, snapshot=True),
        an_event(3, key=2),
    ],
    deliveries=[Delivery("priorities-1", True), Delivery("priorities-1", False)],
    letters=[DEAD, DEAD],
    left=0,
    images=[an_image(1), an_image(2)],
    canaries_outside=0,
)


def test_a_good_run_balances() -> None:
    result = balance(GOOD)
    assert result.mistakes == []
    said = "\n".join([*count_lines(result), *sum_lines(result, 9)])
    assert "published               2  1 times again" in said
    assert "dead letters            1  1 VALIDATION_ERROR; 1 published by `dlq process`" in said
    assert "deliveries              2  1 of them late or again" in said
    assert "2 of 2 rows in Oracle, column for column as the consumer has them" in said
    assert "Balance: 3 committed = 2 published + 1 dead letters: it balances" in said


@pytest.mark.parametrize(
    ("changed", "mistake"),
    [
        ({"committed": 4}, "4 changes committed, 2 published, 1 dead"),
        ({"snapshot_count": 2}, "2 rows in the snapshot, 1 events of it"),
        ({"left": 1}, "1 dead letters are there still"),
        ({"canaries_outside": 1}, "1 times outside Oracle what must not leave it"),
        ({"images": [an_image(1)]}, "priorities: Oracle has a row that the consumer has not"),
        (
            {"images": [an_image(1), an_image(2), an_image(5)]},
            "priorities: the consumer has a row that Oracle has not",
        ),
        (
            {"images": [an_image(1), an_image(2, "0.51")]},
            "priorities: factor of a row is other than in Oracle",
        ),
        (
            {"images": [an_image(1), an_image(2, None)]},
            "priorities: factor of a row is other than in Oracle",
        ),
        (
            {"details": GOOD.details[:-1]},
            f"event {DEAD.event_id}: dead, and never published",
        ),
        (
            {"details": [an_event(2), *GOOD.details[:1], *GOOD.details[3:]]},
            f"event priorities-{1:020}: after a newer one of its row",
        ),
        (
            {"details": [*GOOD.details, an_event(1, key=2)]},
            f"event priorities-{1:020}: other than the first time",
        ),
    ],
)
def test_what_is_not_as_it_must_be_is_named(changed: dict[str, Any], mistake: str) -> None:
    result = balance(replace(GOOD, **changed))
    assert mistake in result.mistakes
    assert "it balances" not in "\n".join(sum_lines(result, 0))


def test_the_picture_has_each_count() -> None:
    standing = Standing(200, committed=11, late=12, waiting=13, published=140, repeats=15, dead=10)
    output = io.StringIO()
    Console(file=output, width=140).print(ChangesPicture(standing).draw(3.0))
    for shown in ("11/200", "12", "13", "140", "15", "10", "75%", "3 s"):
        assert shown in output.getvalue()
    assert "committed 11/200, 12 late" in ChangesPicture(standing).describe()


def test_a_dead_letter_says_which_event_it_is_about() -> None:
    document = (
        '{"originalEvent": {"table": "t", "metadata": {"eventId": "t-1"}}, '
        '"error": {"code": "VALIDATION_ERROR"}, "attempts": 1}'
    )
    assert read_letter(document) == Letter("t-1", "t", "VALIDATION_ERROR", document)


class Pages(CloudPages):
    """Has one page of deliveries, then none."""

    def __init__(self, *events: Mapping[str, Any]) -> None:
        self.page = list(events)

    def read_deliveries(self, bus: str, after: int) -> tuple[Sequence[Mapping[str, Any]], int]:
        return self.page[after:], len(self.page)


def test_the_consumer_passes_over_what_is_no_row_change(tmp_path: Path) -> None:
    checked = {"source": "cdc-pipeline.health", "detail-type": "CDC.HealthCheck", "detail": {}}
    change = {"source": "cdc-pipeline", "detail-type": "CDC.TableChange", "detail": an_event(1)}
    received = tmp_path / "received.jsonl"
    consumer = Consumer(Pages(checked, change, checked), "bus", received, tmp_path / "rows.json")
    assert consumer.take()
    assert not consumer.take()
    [delivery] = read_received(received)
    assert delivery.is_new
