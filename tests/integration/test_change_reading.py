"""Rows of a lane that are read while those before them are sent."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from awslite.cloud import Cloud
from oracle_cdc.aws.kinesis.limits import StreamRecord
from oracle_cdc.aws.kinesis.outbound import PutOutcome, StreamWriter
from oracle_cdc.changes.lanes.change_log import ChangeLog, Named
from oracle_cdc.changes.rules.pairing import LogRow
from oracle_cdc.errors import OracleUnavailable
from oracle_cdc.oracle.session import Session
from tests.integration.changeworlds import serve_captured
from tests.integration.shippings import ShippingWorld, serve_shipping

#: After this a test fails instead of hanging.
WAITS_SECONDS = 30


@pytest.fixture
def shipping(tmp_path: Path, cloud: Cloud) -> Iterator[ShippingWorld]:
    with serve_captured(tmp_path) as world, serve_shipping(world, cloud) as shipping:
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


def test_a_delete_that_fails_beside_the_requests_leaves_all_rows(
    shipping: ShippingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream, delete, send = ChangeLog.stream, ChangeLog.delete, StreamWriter.send
    is_read, has_failed = threading.Event(), threading.Event()
    requests = itertools.count(1)

    def note_the_end(*arguments: Any) -> Iterator[Sequence[LogRow]]:
        yield from stream(*arguments)
        is_read.set()

    def fail_at_the_end(*arguments: Any, commit: bool) -> int:
        if is_read.is_set() and not has_failed.is_set():
            has_failed.set()
            raise OracleUnavailable("gone")
        return delete(*arguments, commit=commit)

    def send_late(writer: StreamWriter, records: Sequence[StreamRecord]) -> list[PutOutcome]:
        # The last two of four requests: a read finds no end, and no delete fails, before them.
        number = next(requests)
        if number == 3:
            assert is_read.wait(WAITS_SECONDS)
        elif number == 4:
            assert has_failed.wait(WAITS_SECONDS)
        return send(writer, records)

    shipping.run("INSERT INTO USERS (ID) SELECT LEVEL FROM dual CONNECT BY LEVEL <= 2000")
    copy = shipping.copy(batch_size=500)
    with monkeypatch.context() as broken:
        # A visit whose time is up would read no end.
        for limit in ("READING_SECONDS", "SENDING_SECONDS"):
            broken.setattr(f"oracle_cdc.changes.outbound.visit.{limit}", WAITS_SECONDS)
        broken.setattr(ChangeLog, "stream", note_the_end)
        broken.setattr(ChangeLog, "delete", fail_at_the_end)
        broken.setattr(StreamWriter, "send", send_late)
        with pytest.raises(OracleUnavailable):
            copy.ship()
    assert shipping.left() == 2000
    copy.ship()
    assert shipping.left() == 0


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
