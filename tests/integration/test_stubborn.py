"""Calls that cannot be read, and searches that take too long."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

import pytest

from oracle_cdc.conversations.rules.windows import Window
from oracle_cdc.conversations.tables import segments
from oracle_cdc.conversations.tables.search import Query, Work, find_work
from oracle_cdc.errors import CdcError, OracleUnavailable
from oracle_cdc.model import Segment
from tests.integration.cycles import (
    FAILURES,
    are_sent,
    cycle_until,
    fall_behind,
    once,
    record_calls,
    sendings,
)
from tests.integration.samples import HELLO
from tests.world import USER, World


def spoil(monkeypatch: pytest.MonkeyPatch, call_id: str, fail: Callable[[], object]) -> None:
    """Fail the reading of one call.

    Patched in, because the stand-in has no damaged LOBs, keeps no text that is not UTF-8, and its
    faults can't distinguish the calls of one statement.
    """
    read = segments.read_segments

    def read_spoiled(
        fetched: Iterator[tuple[Sequence[str], Sequence[tuple[Any, ...]]]],
    ) -> Iterator[Segment]:
        for segment in read(fetched):
            if segment.call_id == call_id:
                fail()
            yield segment

    monkeypatch.setattr(segments, "read_segments", read_spoiled)


def raise_damaged() -> None:
    raise OracleUnavailable("ORA-01555 at fetch_segments")


def test_one_call_that_can_not_be_read_does_not_delay_the_others_and_is_sent_once_it_can(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A damaged LOB answers ORA-01555 for ever. That is an error that passes, so no call was
    # suspected: the same batch
    # was claimed and given back at each cycle, and new calls joined it.
    record_calls(world, "1", "2", "3", "4", "5")
    service = world.application()
    with monkeypatch.context() as damage:
        spoil(damage, "3", raise_damaged)
        cycle_until(world, service, are_sent(world, "1", "2", "4", "5"))
        record_calls(world, "11", "12")
        cycle_until(world, service, are_sent(world, "11", "12"))
        assert world.states()["3"] == "OPEN"

    cycle_until(world, service, are_sent(world, "3"))

    assert sendings(world) == once("1", "2", "3", "4", "5", "11", "12")


def test_text_that_can_not_be_decoded_concerns_its_call_only(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The driver raises UnicodeDecodeError, which is no error of Oracle: it passed by what gives
    # leases back, so all
    # calls of the batch stayed leased to the end of the lease, and failed together again after it.
    record_calls(world, "1", "2", "3", "4", "5")
    spoil(monkeypatch, "3", b"\xe9\xe0".decode)
    service = world.application(max_attempts=2)

    cycle_until(world, service, are_sent(world, "1", "2", "4", "5"))
    cycle_until(world, service, lambda: world.states()["3"] == "FAILED")

    assert sendings(world) == once("1", "2", "4", "5")
    assert [call_id for call_id, _ in world.rows(FAILURES)] == ["3"]


def test_calls_of_which_none_can_be_read_are_no_batch_that_was_delivered(world: World) -> None:
    record_calls(world, "1", "2")
    service = world.application()
    world.server.faults.set(
        f'error 4031 before execute times always when "s.SUBSCRIBER_NO" for {USER}'
    )

    with pytest.raises(CdcError, match="ORA-04031"):
        world.cycle(service)

    assert service.progress.batches["outbound"].read()[0][-1] == 0


@pytest.mark.parametrize("code", [4031, 604])
def test_an_error_of_oracle_itself_gives_up_no_call(world: World, code: int) -> None:
    # What nobody foresaw counted as a call's own fault: a few minutes of ORA-04031, and call after
    # call was claimed
    # alone, failed like all of them, and was set aside as one that kills its process.
    record_calls(world, "1", "2", "3")
    service = world.application()
    world.server.faults.set(
        f'error {code} before execute times 11 when "s.SUBSCRIBER_NO" for {USER}'
    )

    cycle_until(world, service, are_sent(world, "1", "2", "3"))

    assert sendings(world) == once("1", "2", "3")
    assert world.rows(FAILURES) == []


def test_a_failure_row_that_oracle_refuses_has_no_other_call_sent_again(world: World) -> None:
    # What was accepted and what was set aside were one transaction: with the failure row refused,
    # the accepted calls of
    # the batch were never settled, and went out again with each cycle.
    world.sqs.set_queue_attributes(
        QueueUrl=world.outbound_url, Attributes={"MaximumMessageSize": "1024"}
    )
    record_calls(world, "1", "2", "4", "5")
    world.record("3", ("A", noise(5000)), ("C", "yes"))
    service = world.application()
    world.server.faults.set(
        f'error 12899 before execute times 6 when "INSERT INTO SQS_PERMANENT_FAILURES" for {USER}'
    )

    cycle_until(world, service, lambda: world.states().get("3") == "FAILED")

    assert sendings(world) == once("1", "2", "4", "5")
    assert are_sent(world, "1", "2", "4", "5")()
    assert [call_id for call_id, _ in world.rows(FAILURES)] == ["3"]


def noise(length: int) -> str:
    """Return text that gzip can't make much smaller."""
    letters = Random(7)
    return "".join(chr(letters.randrange(0x4E00, 0x9FFF)) for _ in range(length))


def test_a_search_that_times_out_is_tried_with_a_shorter_slice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # After a long stop the first slice held more than Oracle could search within the call time-out.
    # The next cycle
    # asked for the same slice, and so did all that followed. Patched in is only what a stand-in
    # without load can't
    # know: which windows are too much; the time-out itself is the driver's own.
    fall_behind(world, hours=6)
    world.record("1", *HELLO, ago_seconds=4 * 3600)
    too_long: list[Window] = []

    def search(session: Any, query: Query) -> Work:
        window = query.window
        if not window.is_newest and (window.end - window.start).total_seconds() > 3600:
            too_long.append(window)
            world.server.faults.set('hang before execute times 1 when "m.IS_ENABLED"')
        return find_work(session, query)

    monkeypatch.setattr("oracle_cdc.conversations.outbound.searching.find_work", search)
    service = world.application()
    service.database.settings = service.database.settings.model_copy(
        update={"call_timeout_seconds": 0.5}
    )

    cycle_until(world, service, are_sent(world, "1"))

    assert too_long
    assert sendings(world) == once("1")
