"""The rows of a demo of events: as many as wanted, some odd, some late, also in a small one."""

from __future__ import annotations

import random

import pytest

from oracle_cdc.demo.events.rows import (
    FEWEST_ROWS,
    LARGEST_ID,
    LATE_SECONDS,
    LONGEST_SECONDS,
    MAX_PAYLOAD_BYTES,
    ODD_TYPES,
    NewRow,
    Transaction,
    make_transactions,
)
from oracle_cdc.demo.events.table import EventTable
from oracle_cdc.demo.events.writers import Writers


def made(count: int) -> tuple[list[Transaction], list[NewRow]]:
    transactions = make_transactions(count, random.Random(1))
    rows: list[NewRow] = []
    for transaction in transactions:
        rows += transaction.rows
    return transactions, rows


@pytest.mark.parametrize("count", [FEWEST_ROWS, 5000])
def test_there_are_as_many_rows_as_wanted_each_with_its_own_id(count: int) -> None:
    transactions, rows = made(count)
    assert len({row.id for row in rows}) == len(rows) == count
    assert all(0 <= each.begin_seconds < LONGEST_SECONDS for each in transactions)


@pytest.mark.parametrize("count", [FEWEST_ROWS, 1200])
def test_a_demo_has_everything_that_is_odd(count: int) -> None:
    transactions, rows = made(count)
    assert {each.gate for each in transactions} == {0, 1}
    assert set(ODD_TYPES) <= {row.event_type for row in rows}
    assert LARGEST_ID in {row.id for row in rows}
    for row in rows:
        assert row.is_too_large == (len(row.data.encode()) > MAX_PAYLOAD_BYTES)
    assert sum(row.is_too_large for row in rows) == 2


@pytest.mark.parametrize("count", [FEWEST_ROWS, 5000])
def test_about_one_transaction_in_fifty_is_committed_seconds_late(count: int) -> None:
    transactions, _ = made(count)
    late = [each.late_seconds for each in transactions if each.late_seconds]
    first, last = LATE_SECONDS
    assert all(first <= seconds <= last for seconds in late)
    assert 0 <= len(late) - len(transactions) / 50 <= 1


def test_rows_wait_for_one_thing_more_behind_each_gate() -> None:
    transactions = make_transactions(200, random.Random(1), 16.0, (0.25, 0.5))
    gates = [each.gate for each in transactions]
    assert gates == sorted(gates)
    assert {*gates} == {0, 1, 2}
    writers = Writers(no_table, transactions)
    assert len(writers.gates) == 2
    writers.release()
    assert [gate.is_set() for gate in writers.gates] == [True, False]


def no_table() -> EventTable:
    raise AssertionError("nobody writes")
