"""Rows of a lane that are read while those before them are sent."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from awslite.cloud import Cloud
from oracle_cdc.changes.lanes.log import ChangeLog, Named
from oracle_cdc.changes.rules.pairing import LogRow
from oracle_cdc.oracle.session import Session
from tests.integration.changeworlds import serve_world
from tests.integration.shippings import ShippingWorld, serve_shipping


@pytest.fixture
def shipping(tmp_path: Path, cloud: Cloud) -> Iterator[ShippingWorld]:
    with serve_world(tmp_path) as world, serve_shipping(world, cloud) as shipping:
        yield shipping


def test_nothing_is_deleted_while_the_next_rows_are_read(
    shipping: ShippingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = threading.Event()
    stream, delete = ChangeLog.stream, ChangeLog.delete
    deletes: list[bool] = []

    def read_slowly(
        log: ChangeLog, session: Session, count: int, rows_per_fetch: int
    ) -> Iterator[Sequence[LogRow]]:
        chunks = stream(log, session, count, rows_per_fetch)
        rows: Sequence[LogRow] | None = ()
        while rows is not None:
            reading.set()
            time.sleep(0.1)
            rows = next(chunks, None)
            reading.clear()
            if rows is not None:
                yield rows

    def note(log: ChangeLog, session: Session, rows: Sequence[Named], *, commit: bool) -> int:
        deletes.append(reading.is_set())
        return delete(log, session, rows, commit=commit)

    monkeypatch.setattr(ChangeLog, "stream", read_slowly)
    monkeypatch.setattr(ChangeLog, "delete", note)
    shipping.run("INSERT INTO USERS (ID) SELECT LEVEL FROM dual CONNECT BY LEVEL <= 2000")
    shipping.copy(batch_size=500).ship()
    assert shipping.left() == 0
    assert len(deletes) > 1 and not any(deletes)


def test_a_read_that_fails_is_the_failure_of_its_lane(
    shipping: ShippingWorld, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(log: ChangeLog, chunk: Sequence[tuple[Any, ...]]) -> Iterator[LogRow]:
        raise ZeroDivisionError

    shipping.run("INSERT INTO USERS (ID) VALUES (1)")
    copy = shipping.copy()
    with monkeypatch.context() as broken:
        broken.setattr(ChangeLog, "make_rows", fail)
        copy.shipping.run_round()
    assert "a bug at changes of users" in caplog.text
    assert shipping.left() == 1
