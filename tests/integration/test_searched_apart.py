"""A search that some call ends is made in parts: nothing is passed by, and a wish stays a wish."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest

from oracle_cdc.errors import CdcError
from tests.integration.backfills import JANUARY, alone, finish, order, record_at, sent
from tests.integration.cycles import fall_behind
from tests.integration.samples import HELLO
from tests.integration.test_overdue import HOUR, look
from tests.world import USER, World

LEDGER = f"{USER}.CDC_PROCESSED_CALLS"


def record_some(world: World, count: int) -> None:
    """Record calls from 100 on, one after the other."""
    for number in range(count):
        record_at(world, str(100 + number), JANUARY + timedelta(days=2, seconds=20 * number))


def spoil(world: World, call_id: str) -> None:
    """Have the ledger know a call by bytes that are no text, so that no search can bring it."""
    world.change(f"DELETE FROM {LEDGER} WHERE CALL_ID = '{call_id}'")
    world.change(
        f"INSERT INTO {LEDGER} (CALL_ID, STATE, ROWS_READ, CONTENT_HASH, PROCESSED_AT) VALUES "
        f"('{call_id}', 'SENT', 0, UTL_RAW.CAST_TO_VARCHAR2(HEXTORAW('41FF')), "
        "CAST(SYSTIMESTAMP AS TIMESTAMP))"
    )


def test_a_backfill_whose_search_was_cut_beside_a_call_that_ends_it_sends_all_others(
    world: World,
) -> None:
    # The call that was set aside did not count among those of the search, which looked whole
    # then: thirty calls were in no table, and the job was done.
    record_some(world, 40)
    service = world.application(historical_batch_size=4)
    order(service)
    spoil(world, "100")

    finish(alone(service))

    assert len(sent(world)) == 39
    assert world.states()["100"] == "FAILED"


def test_the_watermark_stays_behind_what_a_cut_search_left_beside_a_call_that_ends_it(
    world: World,
) -> None:
    fall_behind(world, hours=90)
    for number in range(20):
        world.record(str(100 + number), *HELLO, ago_seconds=80 * 3600 - 20 * number)
    spoil(world, "100")
    service = world.application(max_batch_size=4)

    for _ in range(6):
        with suppress(CdcError):
            world.cycle(service)

    assert len(world.states()) == 20


@pytest.mark.parametrize("ends_by", ["a row that can't be brought", "lost connections"])
def test_calls_that_a_job_sends_again_are_sent_again_from_a_search_in_parts(
    world: World, ends_by: str
) -> None:
    # The wish to send again was lost with the search: the job was done, and nothing was sent.
    record_some(world, 6)
    service = world.application()
    order(service)
    finish(alone(service))
    assert len(sent(world)) == 6
    if ends_by == "lost connections":
        world.server.faults.set(f'drop before execute times 3 when "w.RESEND" for {USER}')
        expected = 6
    else:
        spoil(world, "100")
        expected = 5
    order(service, is_resend=True)
    job = alone(service)
    for _ in range(3):
        with suppress(CdcError):
            job.run_once()

    finish(job)

    assert len(sent(world)) == expected


def test_a_call_whose_answer_is_overdue_is_sent_again_from_a_search_in_parts(
    world: World,
) -> None:
    world.record("1", *HELLO)
    service = world.application()
    world.cycle(service)
    assert len(world.received()) == 1
    world.move_clock(2 * HOUR)
    world.record("7", *HELLO, ago_seconds=120)
    spoil(world, "7")

    look(world, service)

    assert [body["callId"] for body in world.received()] == ["1"]


def test_a_job_that_replaces_another_one_with_the_same_start_begins_where_it_starts(
    world: World,
) -> None:
    # The first one's turn was under way, and moved the cursor of the second.
    for number in range(5):
        record_at(world, str(100 + number), JANUARY + timedelta(minutes=number))
    service = world.application()
    order(service)
    finish(alone(service))
    assert len(sent(world)) == 5
    order(service)
    job = alone(service)
    take = job.turns.take

    def take_once(*given: object, **named: object) -> object:
        found = take(*given, **named)
        job.turns.take = take
        order(service, is_resend=True, replaces=True)
        return found

    job.turns.take = take_once

    finish(job)

    assert len(sent(world)) == 5
