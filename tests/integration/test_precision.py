"""Times finer than the driver brings them: what was read is not found again, and nothing new is
missed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from oracle_cdc.conversations.figures import read_figures
from oracle_cdc.conversations.wiring import make_reconciliation
from standins.oracle import SOURCE, SOURCE_DDL, USER
from tests.integration.backfills import alone, finish, order
from tests.integration.samples import HELLO
from tests.integration.test_reconcile import begin, figures, report, sweep
from tests.world import World

HOUR = 3600
LEDGER = f"SELECT CALL_ID, REVISION, VERSION FROM {USER}.CDC_PROCESSED_CALLS ORDER BY CALL_ID"
#: Below what a datetime holds.
NANOSECONDS = "250"


@pytest.fixture
def fine(world: World) -> World:
    """Make a world whose source has nine digits of a second."""
    world.change(f"DROP TABLE {SOURCE}")
    for statement in SOURCE_DDL:
        world.change(statement.replace("TEXT_TIME TIMESTAMP", "TEXT_TIME TIMESTAMP(9)"))
    world.change(f"GRANT SELECT ON {SOURCE} TO {USER}")
    return world


def record_fine(
    world: World, call_id: str, newest: datetime, nanoseconds: str = NANOSECONDS
) -> None:
    """Record HELLO, one second apart, with digits below the microsecond."""
    for offset, said in enumerate(HELLO):
        time = newest - timedelta(seconds=len(HELLO) - 1 - offset)
        add_row(world, call_id, said, time, nanoseconds)


def add_row(
    world: World, call_id: str, said: tuple[str, str], time: datetime, nanoseconds: str
) -> None:
    """Insert a row whose TEXT_TIME has nine digits of a second."""
    owner, text = said
    fraction = f"{time.microsecond:06d}{nanoseconds}"
    world.change(
        f"INSERT INTO {SOURCE} VALUES (TO_NUMBER(:1), 'B', NULL, :2, :3, "
        f"TIMESTAMP '{time:%Y-%m-%d %H:%M:%S}.{fraction}', TIMESTAMP '2025-01-15 14:20:00')",
        call_id,
        owner,
        text,
    )


def ago(world: World, seconds: float) -> datetime:
    return world.now() - timedelta(seconds=seconds)


@pytest.mark.parametrize("nanoseconds", ["001", "250", "500", "999"])
def test_digits_below_the_microsecond_do_not_lease_a_call_again(
    fine: World, nanoseconds: str
) -> None:
    record_fine(fine, "1", ago(fine, 120), nanoseconds)
    service = fine.application()
    fine.cycle(service)
    before = fine.rows(LEDGER)

    for _ in range(3):
        fine.cycle(service)

    assert fine.rows(LEDGER) == before
    assert [body["revision"] for body in fine.received()] == [1]


def test_more_calls_of_one_moment_than_a_batch_come_to_an_end(fine: World) -> None:
    # All of a full search are of one moment: the next began at the same one, and found them again.
    moment = datetime(2025, 1, 3, 9, 0, 0, 123_456)
    for call in range(7):
        record_fine(fine, str(call + 1), moment)
    service = fine.application(historical_batch_size=3)
    order(service)

    finish(alone(service))

    sent = sorted(int(body["callId"]) for body in fine.received())
    assert sent == list(range(1, 8))


def test_a_sweep_finds_nothing_missing_or_shrunk_for_them(fine: World) -> None:
    service = begin(fine)
    record_fine(fine, "1", ago(fine, 5 * HOUR))
    sweep(make_reconciliation(service))
    fine.received()
    fine.move_clock(55 * HOUR)
    fine.cycle(service)

    said = report(service)

    assert figures(fine)[3] == 0
    assert "0 were missing, 0 still are" in said
    assert fine.received() == []


def test_a_purged_call_is_reported_whatever_its_digits(fine: World) -> None:
    service = begin(fine)
    record_fine(fine, "1", ago(fine, 120))
    fine.cycle(service)
    fine.change(f"DELETE FROM {SOURCE} WHERE OWNER = 'C'")

    said = report(service)

    assert "1 call has fewer rows than were read" in said


def test_a_row_newer_by_one_microsecond_is_new(fine: World) -> None:
    # Not more rows than before, so that only the time differs.
    newest = ago(fine, 120)
    record_fine(fine, "1", newest, "000")
    service = fine.application()
    fine.cycle(service)
    fine.change(f"DELETE FROM {SOURCE} WHERE TEXT_TIME = (SELECT MAX(TEXT_TIME) FROM {SOURCE})")

    add_row(fine, "1", ("A", "Let me look closer"), newest + timedelta(microseconds=1), "000")
    fine.cycle(service)

    assert [body["revision"] for body in fine.received()] == [1, 2]


def test_a_sent_call_that_is_looked_at_again_is_not_unsent_for_them(fine: World) -> None:
    record_fine(fine, "1", ago(fine, 120))
    service = fine.application()
    fine.cycle(service)
    fine.change(f"UPDATE {USER}.CDC_PROCESSED_CALLS SET STATE = 'OPEN'")

    with service.database.session() as session:
        assert read_figures(session, 60).oldest_unsent_seconds == 0


def test_a_watermark_finer_than_the_driver_moves(world: World) -> None:
    # SET LAST_PROCESSED_TIMESTAMP = SYSTIMESTAMP in a column of nine digits: it was never again
    # equal to what was seen.
    service = world.application()
    world.cycle(service)
    world.change(
        f"ALTER TABLE {USER}.CDC_PROCESSING_STATUS MODIFY (LAST_PROCESSED_TIMESTAMP TIMESTAMP(9))"
    )
    world.change(
        f"UPDATE {USER}.CDC_PROCESSING_STATUS "
        "SET COVERAGE_START = COVERAGE_START - INTERVAL '2' HOUR, "
        f"LAST_PROCESSED_TIMESTAMP = TIMESTAMP '{ago(world, HOUR):%Y-%m-%d %H:%M:%S}.123456789'"
    )
    before = world.now()

    world.cycle(service)

    ((watermark,),) = world.rows(
        f"SELECT LAST_PROCESSED_TIMESTAMP FROM {USER}.CDC_PROCESSING_STATUS "
        "WHERE TABLE_NAME = 'CDC_NORMAL_MODE'"
    )
    assert watermark >= before
