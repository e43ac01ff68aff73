"""`backfill` as an operator types it."""

from __future__ import annotations

import signal
from datetime import datetime, timedelta
from pathlib import Path

from tests.acceptance.process import finished, running, wait_for
from tests.integration.backfills import record_at, record_january, sent
from tests.world import USER, World

RANGE = ("backfill", "--from", "2025-01-01", "--to", "2025-02-01")


def cursor(world: World) -> datetime | None:
    sql = (
        f"SELECT LAST_PROCESSED_TIMESTAMP FROM {USER}.CDC_PROCESSING_STATUS "
        "WHERE TABLE_NAME = 'CDC_HISTORICAL_MODE'"
    )
    return world.rows(sql)[0][0]


def test_a_range_is_done_and_its_progress_reported(world: World, tmp_path: Path) -> None:
    record_january(world)

    code, out, err = finished(RANGE, world.environment(str(tmp_path)))

    assert (code, err) == (0, "")
    assert (
        out.splitlines()[0]
        == "2025-01-01T00:00:00 to 2025-02-01T00:00:00, begins at 2025-01-01T00:00:00"
    )
    assert out.splitlines()[-2].startswith("2025-02-01T00:00:00  100.0 %  20 sent")
    assert out.splitlines()[-1] == "done: 20 sent, 0 rejected, 0 failed"
    assert len(sent(world)) == 20


def test_a_range_that_ends_in_the_future_is_refused(world: World, tmp_path: Path) -> None:
    environment = world.environment(str(tmp_path))
    tomorrow = (world.now() + timedelta(days=1)).strftime("%Y-%m-%d")

    for start in ("2025-01-01", (world.now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S")):
        code, out, err = finished(["backfill", "--from", start, "--to", tomorrow], environment)
        assert (code, out) == (2, "")
        assert f"the range ends in the future: {tomorrow}T00:00:00 is to come" in err
    assert cursor(world) is None


def test_a_killed_backfill_goes_on_where_it_was(world: World, tmp_path: Path) -> None:
    record_january(world)
    # Given: a lease that soon ends, for what the kill catches in its hands
    quick = {
        "CDC_LEASE_SECONDS": "3",
        "SQS_CONNECT_TIMEOUT_SECONDS": "1",
        "SQS_READ_TIMEOUT_SECONDS": "1",
    }
    environment = world.environment(str(tmp_path), CDC_HISTORICAL_BATCH_SIZE="2", **quick)
    with running(environment, *RANGE, "--rate", "4") as process:
        wait_for("the first calls", lambda: len(world.states()) >= 4)
        process.kill()
        process.wait(10)
    at = cursor(world)

    code, out, _ = finished([*RANGE, "--rate", "0"], environment)

    assert code == 0
    assert at is not None
    assert len(set(sent(world))) == 20
    assert "goes on at" in out


def test_a_signal_stops_it_and_the_same_command_goes_on(world: World, tmp_path: Path) -> None:
    record_january(world)
    environment = world.environment(str(tmp_path), CDC_HISTORICAL_BATCH_SIZE="2")
    with running(environment, *RANGE, "--rate", "2") as process:
        wait_for("the first calls", lambda: len(world.states()) >= 2)
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=30)

    assert process.returncode == 0
    assert "the same command goes on from here" in out
    assert finished([*RANGE, "--rate", "0"], environment)[0] == 0
    assert len(sent(world)) == 20


def test_another_range_while_one_is_unfinished_is_refused(world: World, tmp_path: Path) -> None:
    record_at(world, "1", datetime(2025, 1, 3))
    environment = world.environment(str(tmp_path))
    world.change(
        f"UPDATE {USER}.CDC_PROCESSING_STATUS "
        "SET JOB_ID = 'j', JOB_START = TIMESTAMP '2024-01-01 00:00:00', "
        "JOB_END = TIMESTAMP '2024-02-01 00:00:00', "
        "LAST_PROCESSED_TIMESTAMP = TIMESTAMP '2024-01-05 00:00:00' "
        "WHERE TABLE_NAME = 'CDC_HISTORICAL_MODE'"
    )

    code, _, err = finished(RANGE, environment)
    assert code == 1
    assert "another historical job is unfinished: 2024-01-01T00:00:00 to 2024-02-01T00:00:00" in err

    assert finished([*RANGE, "--replace"], environment)[0] == 0
    assert sent(world) == ["1"]


def test_wrong_ranges_exit_2(world: World, tmp_path: Path) -> None:
    environment = world.environment(str(tmp_path))

    empty = finished(["backfill", "--from", "2025-02-01", "--to", "2025-01-01"], environment)
    endless = finished(["backfill", "--from", "2025-02-01"], environment)
    mistyped = finished(["backfill", "--from", "yesterday", "--to", "2025-01-01"], environment)

    assert [each[0] for each in (empty, endless, mistyped)] == [2, 2, 2]
    assert "the range is empty" in empty[2]


def test_exit_codes_name_what_is_not_usable(world: World, tmp_path: Path) -> None:
    environment = world.environment(str(tmp_path))

    assert finished(RANGE, environment | {"ORACLE_PASSWORD": "wrong"})[0] == 3
    assert (
        finished(RANGE, environment | {"SQS_OUTBOUND_QUEUE_URL": world.outbound_url + "-nowhere"})[
            0
        ]
        == 4
    )


def test_a_paused_normal_mode_leaves_what_was_put_off_and_says_so(
    world: World, tmp_path: Path
) -> None:
    record_january(world)
    environment = world.environment(str(tmp_path))
    assert finished(RANGE, environment)[0] == 0
    world.change(
        f"UPDATE {USER}.CDC_PROCESSED_CALLS "
        "SET STATE = 'OPEN', DUE_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP) "
        "WHERE CALL_ID = '300'"
    )
    world.change(
        f"UPDATE {USER}.CDC_PROCESSING_STATUS "
        "SET IS_ENABLED = 0, LAST_UPDATED = TIMESTAMP '2020-01-01 00:00:00' "
        "WHERE TABLE_NAME = 'CDC_NORMAL_MODE'"
    )
    world.change(
        f"UPDATE {USER}.CDC_PROCESSING_STATUS "
        "SET LAST_PROCESSED_TIMESTAMP = TIMESTAMP '2025-01-31 00:00:00' "
        "WHERE TABLE_NAME = 'CDC_HISTORICAL_MODE'"
    )

    code, out, _ = finished(RANGE, environment)

    assert code == 1
    assert "CDC_NORMAL_MODE is paused: 1 call waits" in out
