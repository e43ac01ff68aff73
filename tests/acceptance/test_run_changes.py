"""`run` with row changes: what an application commits is in the stream, whatever dies meanwhile."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from awslite.cloud import Cloud
from awslite.faults import Fault
from awslite.treatment import Treatment
from tests.acceptance.process import finished, log_text, running, wait_for
from tests.acceptance.watching import ask, free_port
from tests.integration.changepipelines import PipelineWorld, serve_pipeline
from tests.integration.changeworlds import serve_captured
from tests.integration.shippings import serve_shipping


@pytest.fixture
def world(tmp_path: Path, cloud: Cloud) -> Iterator[PipelineWorld]:
    with (
        serve_captured(tmp_path) as database,
        serve_shipping(database, cloud) as shipping,
        serve_pipeline(shipping, tmp_path) as world,
    ):
        yield world


class Copy:
    """What one copy of the service is started with."""

    def __init__(self, world: PipelineWorld, logs: Path) -> None:
        self.logs = logs
        self.port = free_port()
        self.environment = world.environment(
            PYTHONUNBUFFERED="1",
            LOG_DIR=str(logs),
            HEALTH_PORT=str(self.port),
            CHANGES_POLL_INTERVAL_SECONDS="0.05",
            CDC_READY_DEADLINE_SECONDS="1",
        )

    def ready(self) -> dict[str, Any]:
        """Return what /readyz says, nothing before it can be asked."""
        return ask(self.port, "/readyz")[1] or dict.fromkeys(("ready", "missing"))

    def metrics(self) -> str:
        return str(ask(self.port, "/metrics")[1])


@pytest.fixture
def copy(world: PipelineWorld, tmp_path: Path) -> Copy:
    return Copy(world, tmp_path / "logs")


def test_changes_travel_and_sigterm_ends_it_with_exit_code_0(
    world: PipelineWorld, copy: Copy
) -> None:
    shipping = world.shipping
    world.insert(1)
    with running(copy.environment) as service:
        wait_for("the first change", lambda: shipping.shown() == [("INSERT", 1)])
        shipping.run("UPDATE USERS SET NAME = 'b'", "DELETE FROM USERS")
        wait_for("the next changes", lambda: len(shipping.shown()) == 3)
        wait_for("an empty change table", lambda: shipping.left() == 0)
        wait_for("readiness", lambda: bool(copy.ready()["ready"]))
        assert 'oracle_cdc_changes_total{outcome="shipped",table="users"} 3.0' in copy.metrics()
        service.send_signal(signal.SIGTERM)
        assert service.wait(10) == 0
    assert shipping.shown() == [("INSERT", 1), ("UPDATE", 1), ("DELETE", 1)]
    assert "✅ Kinesis connection successful" in log_text(copy.logs)
    assert "records took" in log_text(copy.logs, "cdc_performance.log")


def test_what_a_killed_copy_had_on_its_way_is_sent_again_the_same(
    world: PipelineWorld, copy: Copy
) -> None:
    shipping = world.shipping
    world.insert(1, 2)
    # The answer comes when nobody is there any more.
    slow = Treatment(delay_after_seconds=1.0)
    shipping.cloud.faults.order(Fault("PutRecords", times=1, treatment=slow))
    with running(copy.environment) as service:
        wait_for("the records", lambda: len(shipping.raw()) == 2)
        service.kill()
        service.wait(10)
    assert shipping.left() == 2
    assert finished(["run", "--once"], copy.environment)[0] == 0
    raw = shipping.raw()
    assert sorted(raw[:2]) == sorted(raw[2:])
    assert shipping.left() == 0


def test_a_stream_that_is_not_there_keeps_it_from_being_ready_and_nothing_is_lost(
    world: PipelineWorld, copy: Copy
) -> None:
    world.insert(1)
    copy.environment["KINESIS_STREAM_NAME"] = "not-there"
    with running(copy.environment):
        wait_for("a reason", lambda: "kinesis" in str(copy.ready()["missing"]))
    assert finished(["run", "--once"], copy.environment)[0] == 4
    assert world.shipping.left() == 1
