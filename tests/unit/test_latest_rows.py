"""The rule for consumers: however events come, and however often, the rows are the same."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import pytest

from oracle_cdc.demo.changes.latest_rows import LatestRows


def event(number: int, operation: str, key: int, value: object = None) -> Mapping[str, Any]:
    after = {"id": key, "value": value}
    if operation == "DELETE":
        after = None  # type: ignore[assignment]
    return {
        "table": "users",
        "operation": operation,
        "keys": {"id": key},
        "after": after,
        "metadata": {"sequenceNumber": f"{number:020}"},
    }


#: Row 1 is made, changed, deleted and made again; row 2 gets the key 3; row 4 is deleted.
EVENTS = (
    event(9, "INSERT", 1, "a"),
    event(10, "UPDATE", 1, "b"),
    event(11, "DELETE", 1),
    event(100, "INSERT", 1, "c"),
    event(12, "INSERT", 2, "d"),
    event(13, "DELETE", 2),
    event(13, "INSERT", 3, "d"),
    event(14, "INSERT", 4, "e"),
    event(15, "DELETE", 4),
)


@pytest.mark.parametrize("seed", range(20))
def test_late_and_repeated_events_change_nothing(seed: int) -> None:
    chance = random.Random(seed)
    deliveries = [*EVENTS, *chance.choices(EVENTS, k=20)]
    chance.shuffle(deliveries)
    latest = LatestRows()
    for detail in deliveries:
        latest.apply(detail)
    rows = sorted((row["id"], row["value"]) for row in latest.rows.values())
    assert rows == [(1, "c"), (3, "d")]


def test_it_says_whether_an_event_was_new() -> None:
    latest = LatestRows()
    assert latest.apply(EVENTS[1])
    assert not latest.apply(EVENTS[1])
    assert not latest.apply(EVENTS[0])
    assert latest.apply(EVENTS[2])
    assert latest.rows == {}


def test_the_order_of_a_key_s_columns_says_nothing() -> None:
    latest = LatestRows()
    one = {**event(2, "INSERT", 1), "keys": {"a": 1, "b": 2}}
    other = {**event(1, "INSERT", 1), "keys": {"b": 2, "a": 1}}
    assert latest.apply(one)
    assert not latest.apply(other)


def test_tables_do_not_share_keys() -> None:
    latest = LatestRows()
    assert latest.apply(event(2, "INSERT", 1))
    assert latest.apply({**event(1, "INSERT", 1), "table": "orders"})
