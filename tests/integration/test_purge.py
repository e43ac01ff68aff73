"""Old rows go, and never one that is still needed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from oracle_cdc.conversations.chores import housekeeping
from oracle_cdc.conversations.chores.housekeeping import (
    BATCH_ROWS,
    LOOK_SECONDS,
    NEXT_BATCH_SECONDS,
)
from oracle_cdc.conversations.chores.job_requests import JobRequest, begin_or_resume
from oracle_cdc.conversations.tables import purges
from oracle_cdc.conversations.wiring import Application, make_housekeeping
from oracle_cdc.errors import OracleConfigurationError
from tests.integration.samples import HELLO
from tests.integration.test_clocks import hook
from tests.integration.test_held_rows import LEDGER, lock_rows
from tests.world import USER, World

DAY = 86_400
KEPT = ("SENT", "FAILED", "OPEN", "LEASED")
GONE = ("SUMMARIZED", "REJECTED_TOO_SHORT", "REJECTED_MISSING_CHANNEL")
LOGS = (("CDC_PROCESSING_LOG", "CREATED_AT"), ("ERROR_LOG", "ERROR_TIMESTAMP"))


def purge(service: Application) -> float:
    return make_housekeeping(service).run_once().next_seconds


def count(world: World, table: str) -> int:
    return int(world.rows(f"SELECT COUNT(*) FROM {USER}.{table}")[0][0])


def add_call(
    world: World, call_id: str, state: str, *, days: float, newest_days: float | None = None
) -> None:
    world.change(
        f"INSERT INTO {USER}.CDC_PROCESSED_CALLS (CALL_ID, STATE, ROWS_READ, PROCESSED_AT, "
        "NEWEST_READ) "
        "VALUES (:1, :2, 1, "
        f"CAST(SYSTIMESTAMP AS TIMESTAMP) - NUMTODSINTERVAL({days}, 'DAY'), "
        "CAST(SYSTIMESTAMP AS TIMESTAMP) - "
        f"NUMTODSINTERVAL({days if newest_days is None else newest_days}, 'DAY'))",
        call_id,
        state,
    )


def add_logged(world: World, table: str, time: str, number: int) -> None:
    """Add an old row to a log table, the first the oldest."""
    world.change(
        f"INSERT INTO {USER}.{table} (CALL_ID, {time}) "
        f"VALUES ('{number}', TIMESTAMP '2001-01-01 00:00:00' + NUMTODSINTERVAL({number}, 'DAY'))"
    )


def test_old_rows_of_the_log_tables_go_and_new_ones_stay(world: World) -> None:
    service = world.application(retention_days=30)
    world.cycle(service)
    for days in (29, 31):
        ago = f"CAST(SYSTIMESTAMP AS TIMESTAMP) - INTERVAL '{days}' DAY"
        world.change(
            f"INSERT INTO {USER}.CDC_PROCESSING_LOG (CALL_ID, CREATED_AT) VALUES ('{days}', {ago})"
        )
        world.change(
            f"INSERT INTO {USER}.ERROR_LOG (CALL_ID, ERROR_TIMESTAMP) VALUES ('{days}', {ago})"
        )

    purge(service)

    assert world.rows(f"SELECT CALL_ID FROM {USER}.CDC_PROCESSING_LOG") == [("29",)]
    assert world.rows(f"SELECT CALL_ID FROM {USER}.ERROR_LOG") == [("29",)]


def test_retention_0_keeps_all(world: World) -> None:
    service = world.application(retention_days=0)
    world.cycle(service)
    world.change(
        f"INSERT INTO {USER}.CDC_PROCESSING_LOG (CALL_ID, CREATED_AT) "
        "VALUES ('1', TIMESTAMP '2001-01-01 00:00:00')"
    )
    add_call(world, "1", "SUMMARIZED", days=1000)

    purge(service)

    assert (count(world, "CDC_PROCESSING_LOG"), count(world, "CDC_PROCESSED_CALLS")) == (1, 1)


def test_many_rows_go_in_small_batches(world: World) -> None:
    service = world.application()
    world.cycle(service)
    rows = [("1", datetime(2001, 1, 1))] * (BATCH_ROWS + 1)
    with world.connect() as connection:
        connection.cursor().executemany(
            f"INSERT INTO {USER}.CDC_PROCESSING_LOG (CALL_ID, CREATED_AT) VALUES (:1, :2)", rows
        )
        connection.commit()

    assert purge(service) < 10
    assert count(world, "CDC_PROCESSING_LOG") == 1
    assert purge(service) > 10
    assert count(world, "CDC_PROCESSING_LOG") == 0


def test_only_calls_with_nothing_left_to_do_leave_the_ledger(world: World) -> None:
    service = world.application(ledger_retention_days=10)
    world.cycle(service)
    for state in (*KEPT, *GONE):
        add_call(world, f"old {state}", state, days=11)
        add_call(world, f"new {state}", state, days=9)

    purge(service)

    old = {call for call in world.states() if call.startswith("old")}
    assert old == {f"old {state}" for state in KEPT}
    assert sum(call.startswith("new") for call in world.states()) == 7


def test_a_call_that_the_sweep_may_still_find_stays(world: World) -> None:
    service = world.application(ledger_retention_days=1, reconcile_hours=72)
    world.cycle(service)
    world.change(
        f"UPDATE {USER}.CDC_PROCESSING_STATUS SET COVERAGE_START = TIMESTAMP '2020-01-01 00:00:00'"
    )
    add_call(world, "1", "SUMMARIZED", days=2)
    add_call(world, "2", "SUMMARIZED", days=4)

    purge(service)

    assert set(world.states()) == {"1"}


def test_a_call_that_the_window_needs_after_a_downtime_stays(world: World) -> None:
    service = world.application(ledger_retention_days=1, reconcile_hours=0)
    world.record("1", *HELLO)
    world.cycle(service)
    world.change(f"UPDATE {USER}.CDC_PROCESSED_CALLS SET STATE = 'SUMMARIZED'")
    world.received()
    world.move_clock(30 * DAY)

    purge(service)
    world.cycle(service)

    assert (set(world.states()), world.received()) == ({"1"}, [])


def test_a_call_ahead_of_an_unfinished_historical_job_stays(world: World) -> None:
    service = world.application(ledger_retention_days=1, reconcile_hours=0)
    world.cycle(service)
    add_call(world, "1", "SUMMARIZED", days=100)
    add_call(world, "2", "SUMMARIZED", days=300)
    with service.database.session() as session:
        start = world.now() - timedelta(days=200)
        begin_or_resume(session, JobRequest(start, start + timedelta(days=10)))

    purge(service)

    assert set(world.states()) == {"1"}


def test_calls_that_others_have_locked_are_passed_over_and_the_rest_go_in_whole_batches(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One statement deleted a batch, and waited for the first such row until its time-out.
    monkeypatch.setattr(housekeeping, "BATCH_ROWS", 2)
    service = world.application(ledger_retention_days=10)
    world.cycle(service)
    for number in range(9):
        add_call(world, str(number), "SUMMARIZED", days=20 - number)
    dba = lock_rows(world, "CALL_ID IN ('0', '1', '2', '4')")

    waits = [purge(service) for _ in range(3)]
    while_held = set(world.states())
    dba.rollback()
    purge(service)

    assert while_held == {"0", "1", "2", "4"}
    assert waits == [NEXT_BATCH_SECONDS, NEXT_BATCH_SECONDS, LOOK_SECONDS]
    assert set(world.states()) == {"2", "4"}


@pytest.mark.parametrize(("table", "time"), LOGS)
def test_old_rows_of_the_log_tables_that_others_have_locked_keep_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch, table: str, time: str
) -> None:
    # One statement deleted a batch, and waited for such a row until its time-out. Normal mode waits
    # for it.
    monkeypatch.setattr(housekeeping, "BATCH_ROWS", 2)
    service = world.application(ledger_retention_days=10)
    world.cycle(service)
    for number in range(6):
        add_logged(world, table, time, number)
    add_call(world, "1", "SUMMARIZED", days=20)
    with world.visit() as dba:
        dba.cursor().execute(f"DELETE FROM {USER}.{table} WHERE CALL_ID IN ('0', '1', '3')")

        waits = [purge(service) for _ in range(2)]

    assert world.rows(f"SELECT CALL_ID FROM {USER}.{table} ORDER BY CALL_ID") == [
        ("0",),
        ("1",),
        ("3",),
    ]
    assert waits == [NEXT_BATCH_SECONDS, LOOK_SECONDS]
    assert world.states() == {}


@pytest.mark.parametrize(("table", "time"), LOGS)
def test_a_row_that_lies_where_an_old_one_was_found_stays(
    world: World, monkeypatch: pytest.MonkeyPatch, table: str, time: str
) -> None:
    service = world.application()
    world.cycle(service)
    add_logged(world, table, time, 1)
    hook(
        monkeypatch,
        purges,
        "lock_free",
        lambda: world.change(f"UPDATE {USER}.{table} SET {time} = SYSDATE"),
    )

    purge(service)

    assert count(world, table) == 1


def test_a_purge_ends_however_many_calls_others_have_locked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "BATCH_ROWS", 2)
    monkeypatch.setattr(purges, "MOST_LOCKED", 4)
    service = world.application(ledger_retention_days=10)
    world.cycle(service)
    for number in range(6):
        add_call(world, str(number), "SUMMARIZED", days=20 - number)
    dba = lock_rows(world, "CALL_ID < '5'")

    purge(service)
    while_held = set(world.states())
    dba.rollback()
    purge(service)

    assert while_held == {"0", "1", "2", "3", "4", "5"}
    assert set(world.states()) == {"2", "3", "4", "5"}


def test_a_call_that_is_claimed_again_before_it_is_purged_stays(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = world.application(ledger_retention_days=10, retention_days=0)
    world.cycle(service)
    for call_id in ("1", "2", "3"):
        add_call(world, call_id, "SUMMARIZED", days=20)

    def claim() -> None:
        world.change(f"UPDATE {LEDGER} SET STATE = 'LEASED' WHERE CALL_ID = '1'")
        world.change(f"UPDATE {LEDGER} SET PROCESSED_AT = SYSDATE WHERE CALL_ID = '2'")

    hook(monkeypatch, purges, "lock_free", claim)

    purge(service)

    assert set(world.states()) == {"1", "2"}


def test_a_table_that_can_not_be_purged_keeps_no_other(world: World) -> None:
    service = world.application()
    world.cycle(service)
    world.change(
        f"INSERT INTO {USER}.ERROR_LOG (CALL_ID, ERROR_TIMESTAMP) "
        "VALUES ('1', TIMESTAMP '2001-01-01 00:00:00')"
    )
    world.change(f"DROP TABLE {USER}.CDC_PROCESSING_LOG")

    with pytest.raises(OracleConfigurationError):
        purge(service)

    assert count(world, "ERROR_LOG") == 0
