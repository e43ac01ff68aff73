"""What is sent again: the same bytes, whatever was lost between an answer and the commit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from awslite.cloud import Cloud
from awslite.faults import Fault
from awslite.treatment import Treatment
from oracle_cdc.errors import DestinationUnavailable, OracleUnavailable
from oracle_cdc.oracle import session
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
        patch.setattr("oracle_cdc.changes.lanes.log.change_made", die)
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
        patch.setattr("oracle_cdc.changes.lanes.log.change_made", die_at_the_commit)
        with pytest.raises(OracleUnavailable):
            first.ship()
    assert shipping.left() == 1200
    shipping.copy().ship()
    assert set(shipping.numbers()) == set(range(1, 1201))
    assert shipping.left() == 0
