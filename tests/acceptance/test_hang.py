"""A database that hangs, not one that is down: its process is stopped while its sockets stay
open."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.process import log_text, running, wait_for
from tests.acceptance.test_run import HELLO
from tests.acceptance.watching import HangingServer, ask, free_port, hanging_server, manager
from tests.world import World, open_world

READY_SECONDS, CALL_SECONDS, PROGRESS_SECONDS = 2, 2, 12


@pytest.fixture
def hanging(queue_server: str) -> Iterator[tuple[World, HangingServer]]:
    """Make a world whose database is a process of its own."""
    with hanging_server() as server:
        world = open_world(server, queue_server)  # type: ignore[arg-type]
        yield world, server
        server.thaw()
        world.close()


def short_deadlines(world: World, log_dir: Path, **more: str) -> dict[str, str]:
    deadlines = {
        "CDC_READY_DEADLINE_SECONDS": str(READY_SECONDS),
        "CDC_PROGRESS_DEADLINE_SECONDS": str(PROGRESS_SECONDS),
        "ORACLE_CALL_TIMEOUT_SECONDS": str(CALL_SECONDS),
        "ORACLE_CONNECT_TIMEOUT_SECONDS": "2",
        "ORACLE_POOL_WAIT_SECONDS": "2",
        "SQS_READ_TIMEOUT_SECONDS": "5",
        "SQS_CONNECT_TIMEOUT_SECONDS": "2",
    }
    return world.environment(str(log_dir), **deadlines, **more)


def test_a_service_whose_database_hangs_is_alive_and_not_ready_and_recovers(
    hanging: tuple[World, HangingServer], tmp_path: Path
) -> None:
    # Given: a service at work, watched by a service manager
    world, server = hanging
    port = free_port()
    with manager("hang") as systemd:
        environment = short_deadlines(
            world,
            tmp_path,
            HEALTH_PORT=str(port),
            NOTIFY_SOCKET=systemd.address,
            WATCHDOG_USEC="500000",
        )
        with running(environment):
            wait_for("readiness", lambda: ask(port, "/readyz")[0] == 200)
            # When: the database hangs
            server.freeze()
            frozen_at = time.monotonic()
            wait_for("the end of readiness", lambda: ask(port, "/readyz")[0] == 503)
            took_seconds = time.monotonic() - frozen_at
            # Then: it is not ready in time, and says what for, while the watchdog is fed for longer
            # than its deadline
            content = ask(port, "/readyz")[1]
            assert took_seconds < READY_SECONDS + CALL_SECONDS + 1
            reason = content["dependencies"]["oracle"]["reason"]
            assert reason.startswith(("failing for", "no answer for"))
            assert content["dependencies"]["results"]["ok"]
            seen: set[tuple[int, int]] = set()
            while time.monotonic() < frozen_at + 1.5 * PROGRESS_SECONDS:
                before = systemd.beats
                wait_for("the watchdog's next beat", lambda before=before: systemd.beats > before)
                seen.add((ask(port, "/livez")[0], ask(port, "/readyz")[0]))
            assert seen == {(200, 503)}
            assert "oracle: failing for" in systemd.status
            # And: it recovers by itself
            server.thaw()
            wait_for("readiness again", lambda: ask(port, "/readyz")[0] == 200)
            world.record("1", *HELLO)
            wait_for("a call", lambda: world.states() == {"1": "SENT"})
            wait_for("the status", lambda: systemd.status == "ready")


def test_a_service_that_starts_while_its_database_hangs_begins_when_it_wakes(
    hanging: tuple[World, HangingServer], tmp_path: Path
) -> None:
    world, server = hanging
    world.record("1", *HELLO)
    port = free_port()
    server.freeze()

    with running(short_deadlines(world, tmp_path, HEALTH_PORT=str(port))):
        wait_for("a complaint", lambda: "capture: " in log_text(tmp_path, "cdc_errors.log"))
        status, content = ask(port, "/readyz")
        server.thaw()
        wait_for("the call", lambda: world.states() == {"1": "SENT"})
        wait_for("readiness", lambda: ask(port, "/readyz")[0] == 200)

    assert (status, content["dependencies"]["oracle"]["ok"]) == (503, False)


@pytest.mark.parametrize("call_seconds", [2, 60], ids=["short calls", "calls longer than the stop"])
def test_a_service_whose_database_hangs_stops_within_ten_seconds(
    hanging: tuple[World, HangingServer], tmp_path: Path, call_seconds: int
) -> None:
    world, server = hanging
    port = free_port()
    environment = {
        **short_deadlines(world, tmp_path, HEALTH_PORT=str(port)),
        "ORACLE_CALL_TIMEOUT_SECONDS": str(call_seconds),
        "CDC_PROGRESS_DEADLINE_SECONDS": "600",
    }
    with running(environment) as service:
        wait_for("readiness", lambda: ask(port, "/readyz")[0] == 200)
        server.freeze()
        wait_for("a call that hangs", lambda: ask(port, "/readyz")[0] == 503)
        service.send_signal(signal.SIGTERM)
        assert service.wait(10) == 0


def test_a_delivery_that_hangs_at_the_stop_is_abandoned_and_the_exit_code_says_so(
    world: World, tmp_path: Path
) -> None:
    world.server.faults.set('freeze on execute when "ASSEMBLED_AT = :assembled_at"')
    world.record("1", *HELLO)
    with running(world.environment(str(tmp_path), CDC_PROGRESS_DEADLINE_SECONDS="600")) as service:
        wait_for("a delivery that hangs", lambda: world.server.faults.struck() == 1)
        service.send_signal(signal.SIGTERM)
        assert service.wait(10) == 1
    world.server.faults.clear()

    assert "abandoned at the stop limit: capture" in log_text(tmp_path)


def test_the_service_manager_is_notified_of_the_whole_life(world: World, tmp_path: Path) -> None:
    environment = world.environment(str(tmp_path))
    with (
        manager("life") as systemd,
        running({**environment, "NOTIFY_SOCKET": systemd.address}) as service,
    ):
        wait_for("the status", lambda: systemd.status == "ready")
        service.send_signal(signal.SIGHUP)
        wait_for("the reload", lambda: systemd.lines().count("READY=1") == 2)
        service.send_signal(signal.SIGTERM)
        assert service.wait(10) == 0
        wait_for("the goodbye", lambda: "STOPPING=1" in systemd.lines())

    states = [line for line in systemd.lines() if not line.startswith(("STATUS", "MONOTONIC"))]
    assert states == ["READY=1", "RELOADING=1", "READY=1", "STOPPING=1"]
