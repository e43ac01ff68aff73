"""What the running service does beside normal mode."""

from __future__ import annotations

import json
from pathlib import Path

from tests.acceptance.process import finished, log_text, running, wait_for
from tests.integration.backfills import record_january
from tests.integration.samples import HELLO
from tests.integration.test_reconcile import begin
from tests.world import World

HOUR = 3600


def test_the_service_finds_late_calls_and_its_status_shows_them(
    world: World, tmp_path: Path
) -> None:
    begin(world)
    world.record("1", *HELLO, ago_seconds=5 * HOUR)
    environment = world.environment(str(tmp_path), CDC_RECONCILE_PAUSE_SECONDS="0")

    with running(environment):
        wait_for("the late call", lambda: world.states() == {"1": "SENT"})
        wait_for("the end of the sweep", lambda: "reconciled from" in log_text(tmp_path))
    _, out, _ = finished(["status", "--json"], environment)

    reconcile = json.loads(out)["reconcile"]
    assert reconcile.pop("finishedAt").endswith("Z")
    assert 0 <= reconcile.pop("ageSeconds") < HOUR
    assert reconcile == {
        "source": 1,
        "sent": 1,
        "summarized": 0,
        "missing": 0,
        "oldestMissing": None,
    }


def test_the_service_works_on_history_and_live_calls_at_once(world: World, tmp_path: Path) -> None:
    record_january(world)
    environment = world.environment(
        str(tmp_path),
        CDC_HISTORICAL_MODE_ENABLED="true",
        CDC_HISTORICAL_START_DATE="2025-01-01",
        CDC_HISTORICAL_BATCH_SIZE="1",
        CDC_HISTORICAL_CALLS_PER_SECOND="5",
    )

    with running(environment):
        wait_for("some of the history", lambda: len(world.states()) >= 3)
        world.record("7", *HELLO)
        wait_for("the live call", lambda: world.states().get("7") == "SENT")
        wait_for(
            "the rest of the history", lambda: list(world.states().values()).count("SENT") == 21
        )

    assert len(world.received()) == 21


def test_the_service_sends_overdue_calls_again(world: World, tmp_path: Path) -> None:
    world.record("1", *HELLO)
    environment = world.environment(str(tmp_path), CDC_RESEND_OVERDUE="1")
    assert finished(["run", "--once"], environment)[0] == 0
    world.move_clock(2 * HOUR)

    with running(environment):
        wait_for("the repeat", lambda: world.waiting(world.outbound_url) == 2)

    first, second = world.received_bodies()
    assert first == second
