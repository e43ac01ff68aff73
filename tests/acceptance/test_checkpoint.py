"""`checkpoint` as an operator types it: watermarks are shown, and moved with open eyes."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.acceptance.process import finished
from tests.world import USER, World

HELLO = (("A", "שלום, איך אפשר לעזור?"), ("C", "My bill is wrong 😡"), ("A", "Let me look"))


def run(world: World, tmp_path: Path, *arguments: str) -> tuple[int, str, str]:
    return finished(["checkpoint", *arguments], world.environment(str(tmp_path)))


def watermark(world: World, mode: str = "CDC_NORMAL_MODE") -> datetime:
    return row(world, mode)[0]


def row(world: World, mode: str = "CDC_NORMAL_MODE") -> tuple[datetime, datetime]:
    sql = (
        f"SELECT LAST_PROCESSED_TIMESTAMP, COVERAGE_START FROM {USER}.CDC_PROCESSING_STATUS "
        "WHERE TABLE_NAME = :1"
    )
    return world.rows(sql, mode)[0]  # type: ignore[return-value]


def test_show_prints_both_modes(world: World, tmp_path: Path) -> None:
    world.cycle(world.application())

    code, out, _ = run(world, tmp_path, "show")
    _, as_json, _ = run(world, tmp_path, "show", "--json")

    report = json.loads(as_json)
    assert code == 0
    assert datetime.fromisoformat(report["normal"]["watermark"]) == watermark(world)
    assert (report["normal"]["enabled"], report["normal"]["totalProcessed"]) == (True, 0)
    assert set(report) == {"normal", "historical"}
    historical = {
        name: report["historical"][name]
        for name in ("enabled", "enabledBySetting", "enabledByTable")
    }
    assert historical == {"enabled": False, "enabledBySetting": False, "enabledByTable": True}
    assert "historical.enabledByTable   yes" in out
    assert "None" not in out
    assert report["normal"]["watermark"] in out


def test_a_reset_back_says_what_is_read_again_and_a_running_service_follows(
    world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    # Given: a service that has worked, and calls that it never looked at, from before its coverage
    service = world.application()
    world.record("1", *HELLO)
    world.cycle(service)
    world.record("2", *HELLO, ago_seconds=7200)
    world.cycle(service)
    assert world.states() == {"1": "SENT"}
    world.received()
    # When
    to = world.now() - timedelta(hours=3)
    code, out, _ = run(world, tmp_path, "reset", "normal", "--to", to.isoformat(), "--yes")
    assert row(world) == (to, to)
    with caplog.at_level("INFO"):
        world.cycle(service)
    # Then
    assert (
        "the watermark was moved by `checkpoint reset`, by SQL or by another copy: " in caplog.text
    )
    assert f"-> {to.isoformat()}, followed" in caplog.text
    assert code == 0
    assert "2 calls with 6 segments, 1 of the calls not in the ledger" in out
    assert f"coverage will begin at {to.isoformat()}" in out
    assert [body["callId"] for body in world.received()] == ["2"]
    assert world.states() == {"1": "SENT", "2": "SENT"}
    assert watermark(world) > to


def test_a_reset_during_a_cycle_wins_over_that_cycles_watermark(
    world: World, tmp_path: Path
) -> None:
    service = world.application()
    world.cycle(service)
    seen = watermark(world)
    to = world.now() - timedelta(hours=3)
    run(world, tmp_path, "reset", "normal", "--to", to.isoformat(), "--yes")

    with service.database.session() as session:
        service.heartbeat.record(session, seen=seen, watermark=world.now())

    assert watermark(world) == to


def test_a_reset_forward_says_what_is_given_up(world: World, tmp_path: Path) -> None:
    world.cycle(world.application())
    old, to = world.now() - timedelta(hours=5), world.now()
    world.change(
        f"UPDATE {USER}.CDC_PROCESSING_STATUS "
        "SET LAST_PROCESSED_TIMESTAMP = :1, COVERAGE_START = :2 "
        "WHERE TABLE_NAME = 'CDC_NORMAL_MODE'",
        old,
        old,
    )
    world.record("1", *HELLO, ago_seconds=7200)

    code, out, _ = run(world, tmp_path, "reset", "normal", "--to", to.isoformat(), "--yes")

    assert (code, watermark(world)) == (0, to)
    assert "will be given up" in out
    assert "1 call with 3 segments, 1 of the calls not in the ledger" in out


def test_the_historical_cursor_moves_and_nothing_else(world: World, tmp_path: Path) -> None:
    world.cycle(world.application())
    before = row(world)
    world.change(
        f"UPDATE {USER}.CDC_PROCESSING_STATUS "
        "SET LAST_PROCESSED_TIMESTAMP = TIMESTAMP '2025-06-01 00:00:00' "
        "WHERE TABLE_NAME = 'CDC_HISTORICAL_MODE'"
    )

    code, out, _ = run(world, tmp_path, "reset", "historical", "--to", "2025-05-01", "--yes")

    assert (code, watermark(world, "CDC_HISTORICAL_MODE"), row(world)) == (
        0,
        datetime(2025, 5, 1),
        before,
    )
    assert "will be read again: 2025-05-01T00:00:00 to 2025-06-01T00:00:00, 0 calls" in out


def test_a_historical_job_that_never_was_is_not_reset(world: World, tmp_path: Path) -> None:
    world.cycle(world.application())

    code, _, err = run(world, tmp_path, "reset", "historical", "--to", "2025-05-01", "--yes")

    assert (code, watermark(world, "CDC_HISTORICAL_MODE")) == (2, None)
    assert "backfill" in err


def test_a_time_to_come_is_refused(world: World, tmp_path: Path) -> None:
    world.cycle(world.application())
    before = row(world)

    to = (world.now() + timedelta(hours=1)).isoformat()
    code, _, err = run(world, tmp_path, "reset", "normal", "--to", to, "--yes")

    assert (code, row(world)) == (2, before)
    assert "is to come" in err


def test_without_a_terminal_and_without_yes_nothing_is_moved(world: World, tmp_path: Path) -> None:
    world.cycle(world.application())
    before = row(world)

    code, out, err = run(world, tmp_path, "reset", "normal", "--to", "2025-01-01")

    assert (code, row(world)) == (2, before)
    assert "will be read again" in out
    assert "--yes" in err


def test_a_row_that_a_dba_has_locked_is_said_to_be(world: World, tmp_path: Path) -> None:
    world.cycle(world.application())
    dba = world.connect()
    dba.cursor().execute(f"UPDATE {USER}.CDC_PROCESSING_STATUS SET IS_ENABLED = 1")

    code, _, err = run(world, tmp_path, "reset", "normal", "--to", "2025-01-01", "--yes")

    assert code == 3
    assert "move_watermark" in err
    assert "locked" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["reset", "normal", "--to", "yesterday"],
        ["reset", "normal", "--to", "2025-01-01T00:00:00+02:00"],
        ["reset", "both", "--to", "2025-01-01"],
        ["reset", "normal"],
        [],
    ],
)
def test_wrong_usage_of_checkpoint_exits_2(
    world: World, tmp_path: Path, arguments: list[str]
) -> None:
    code, _, err = run(world, tmp_path, *arguments)

    assert code == 2
    assert "Traceback" not in err
