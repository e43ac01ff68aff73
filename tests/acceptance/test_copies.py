"""Several copies on one schema, each a process of its own: they share the work, and nobody's work
is lost."""

from __future__ import annotations

import json
import signal
from collections import Counter
from datetime import timedelta
from pathlib import Path

from tests.acceptance.process import finished, running, wait_for
from tests.acceptance.test_run import HELLO
from tests.world import USER, World

CALLS = 50


def copy(world: World, log_dir: Path, name: str, **variables: str) -> dict[str, str]:
    """Return the environment of one copy."""
    log_dir.joinpath(name).mkdir()
    settings = {"CDC_INSTANCE_ID": name, "CDC_MAX_BATCH_SIZE": "5", **variables}
    return world.environment(str(log_dir / name), **settings)


def batches(world: World, log_dir: Path, name: str) -> int:
    """Count the batches that a copy has sent, as its own log says."""
    path = log_dir / name / "cdc_performance.log"
    return path.read_text(encoding="utf-8").count("batch sent=5") if path.exists() else 0


def sent(world: World) -> int:
    return sum(state == "SENT" for state in world.states().values())


def test_two_copies_share_the_work_and_send_each_call_once(world: World, tmp_path: Path) -> None:
    # Given: two copies at work, neither of whom has anything to do
    first, second = (copy(world, tmp_path, name) for name in ("first", "second"))
    with running(first), running(second):
        wait_for(
            "both copies", lambda: all(is_running(tmp_path, name) for name in ("first", "second"))
        )
        # When: calls come, wave after wave, until both had a part of them
        waves = 0
        while not (
            waves >= 2 and all(batches(world, tmp_path, name) for name in ("first", "second"))
        ):
            record_wave(world, waves)
            waves += 1
            wait_for("the wave", lambda waves=waves: sent(world) == waves * CALLS)
            assert waves < 10, "one copy got nothing of ten waves"
    # Then
    sendings = Counter(message["callId"] for message in world.received())
    assert (len(sendings), set(sendings.values())) == (waves * CALLS, {1})
    counted = (
        f"SELECT TOTAL_PROCESSED FROM {USER}.CDC_PROCESSING_STATUS "
        "WHERE TABLE_NAME = 'CDC_NORMAL_MODE'"
    )
    assert world.rows(counted) == [(waves * CALLS,)]


def record_wave(world: World, wave: int) -> None:
    """Record many calls in one transaction, so that a search finds them together."""
    spoken_at = world.now() - timedelta(seconds=120)
    world.insert(
        [
            (str(wave * CALLS + number + 1), "B-1", None, owner, text, spoken_at, spoken_at)
            for number in range(CALLS)
            for owner, text in HELLO[:2]
        ]
    )


def is_running(log_dir: Path, name: str) -> bool:
    path = log_dir / name / "cdc_service.log"
    return path.exists() and "SQS connection successful" in path.read_text(encoding="utf-8")


def test_what_a_killed_copy_held_is_taken_over_when_its_lease_ends(
    world: World, tmp_path: Path
) -> None:
    # Given: a copy that was killed while it held calls
    world.server.faults.set('delay 60 on execute when "ASSEMBLED_AT = :assembled_at"')
    killed, heir = (
        copy(world, tmp_path, name, CDC_LEASE_SECONDS="40") for name in ("killed", "heir")
    )
    for number in range(5):
        world.record(str(number + 1), *HELLO)
    with running(killed) as process:
        wait_for("its claims", lambda: list(world.states().values()) == ["LEASED"] * 5)
        process.kill()
    world.server.faults.clear()
    # When: another one works
    with running(heir):
        world.record("6", *HELLO)
        wait_for("a call of its own", lambda: world.states().get("6") == "SENT")
        # Then: `status` shows who holds what, and it keeps its hands off until the lease ends
        report = json.loads(finished(["status", "--json"], heir)[1])
        assert [(lease["owner"], lease["calls"]) for lease in report["leases"]] == [("killed", 5)]
        assert sent(world) == 1
        world.move_clock(60)
        wait_for("the takeover", lambda: sent(world) == 6)

    assert Counter(message["callId"] for message in world.received()) == Counter("123456")


def test_a_copy_that_hangs_does_not_delay_the_other(world: World, tmp_path: Path) -> None:
    first, second = (copy(world, tmp_path, name) for name in ("first", "second"))
    with running(first) as process, running(second):
        wait_for(
            "both copies", lambda: all(is_running(tmp_path, name) for name in ("first", "second"))
        )
        process.send_signal(signal.SIGSTOP)
        record_wave(world, 0)
        wait_for("the calls", lambda: sent(world) == CALLS)

    assert len(world.received()) == CALLS
