"""What is sent again: the same bytes, whatever was lost between an answer and the commit."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from awslite.cloud import Cloud
from awslite.faults import Fault
from awslite.treatment import Treatment
from oracle_cdc.changes.lanes.change_log import ChangeLog
from oracle_cdc.changes.rules.pairing import LogRow
from oracle_cdc.errors import DestinationUnavailable, OracleUnavailable
from oracle_cdc.oracle import session
from oracle_cdc.oracle.session import Session
from tests.integration.changeworlds import serve_captured
from tests.integration.shippings import ShippingWorld, serve_shipping


@pytest.fixture
def shipping(tmp_path: Path, cloud: Cloud) -> Iterator[ShippingWorld]:
    with serve_captured(tmp_path) as world, serve_shipping(world, cloud) as shipping:
        yield shipping


def insert(shipping: ShippingWorld, count: int) -> None:
    shipping.run(
        f"INSERT INTO USERS (ID, NAME) SELECT LEVEL, 'n' FROM dual CONNECT BY LEVEL <= {count}"
    )


def test_a_lost_answer_is_sent_again_with_the_same_bytes(shipping: ShippingWorld) -> None:
    insert(shipping, 3)
    lost = Treatment(cut_after=True)
    shipping.cloud.faults.order(Fault("PutRecords", times=1, treatment=lost))
    copy = shipping.copy()
    with pytest.raises(DestinationUnavailable):
        copy.ship()
    assert shipping.left() == 3
    copy.ship()
    raw = shipping.raw()
    assert len(raw) == 6
    assert sorted(raw[:3]) == sorted(raw[3:])
    assert shipping.left() == 0


def test_what_was_accepted_before_the_delete_failed_is_sent_again_the_same(
    shipping: ShippingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert(shipping, 2)
    first = shipping.copy()

    def die(*_: object, **__: object) -> None:
        raise OracleUnavailable("the connection is gone")

    with monkeypatch.context() as patch:
        patch.setattr("oracle_cdc.changes.lanes.change_log.change_made", die)
        with pytest.raises(OracleUnavailable):
            first.ship()
    shipping.copy().ship()
    raw = shipping.raw()
    assert len(raw) == 4
    assert sorted(raw[:2]) == sorted(raw[2:])
    assert shipping.left() == 0


def test_what_was_deleted_and_not_committed_is_sent_again(
    shipping: ShippingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert(shipping, 1200)
    first = shipping.copy(batch_size=100)
    delete = session.change_made

    def die_at_the_commit(*given: Any, commit: bool) -> Sequence[int]:
        if commit:
            raise OracleUnavailable("the connection is gone")
        return delete(*given, commit=False)

    with monkeypatch.context() as patch:
        patch.setattr("oracle_cdc.changes.lanes.change_log.change_made", die_at_the_commit)
        with pytest.raises(OracleUnavailable):
            first.ship()
    assert shipping.left() == 1200
    shipping.copy().ship()
    assert set(shipping.numbers()) == set(range(1, 1201))
    assert shipping.left() == 0


def lose_fetches(monkeypatch: pytest.MonkeyPatch, is_lost: Callable[[int], bool]) -> list[int]:
    """Let some fetches lose Oracle, counted from 1, and return of how many rows visits are."""
    numbers, counts = itertools.count(1), []
    make_rows, stream = ChangeLog.make_rows, ChangeLog.stream

    def make_or_lose(log: ChangeLog, chunk: Sequence[tuple[Any, ...]]) -> Iterator[LogRow]:
        if is_lost(next(numbers)):
            raise OracleUnavailable("the connection is gone")
        return make_rows(log, chunk)

    def note(log: ChangeLog, given: Session, count: int, rows: int) -> Iterator[Sequence[LogRow]]:
        counts.append(count)
        return stream(log, given, count, rows)

    for limit in ("READING_SECONDS", "SENDING_SECONDS"):
        # The rows of a visit alone end it here, not its time.
        monkeypatch.setattr(f"oracle_cdc.changes.outbound.visit.{limit}", 60)
    monkeypatch.setattr(ChangeLog, "make_rows", make_or_lose)
    monkeypatch.setattr(ChangeLog, "stream", note)
    return counts


def test_a_way_to_oracle_that_is_lost_again_and_again_lets_all_changes_leave(
    shipping: ShippingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_fetches(monkeypatch, lambda number: number % 20 == 0)
    insert(shipping, 2000)
    copy = shipping.copy(batch_size=50)
    for _ in range(10):
        with suppress(OracleUnavailable):
            copy.ship()
    assert shipping.left() == 0
    assert set(shipping.numbers()) == set(range(1, 2001))
    assert len(shipping.numbers()) < 2 * 2000


def test_a_visit_is_half_of_one_that_lost_oracle_and_double_of_one_that_committed(
    shipping: ShippingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oracle_cdc.changes.outbound.lane.MOST_ROWS", 400)
    counts = lose_fetches(monkeypatch, lambda number: number in (8, 9, 10))
    insert(shipping, 2000)
    copy = shipping.copy(batch_size=50)
    for _ in range(4):
        with suppress(OracleUnavailable):
            copy.ship()
    assert counts[:8] == [400, 175, 50, 50, 100, 200, 400, 400]
    assert shipping.left() == 0
