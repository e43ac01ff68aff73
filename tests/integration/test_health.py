"""The health endpoint over HTTP, in front of a service with a real database and real queues."""

from __future__ import annotations

import logging
import socket
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from oracle_cdc.conversations.wiring import make_application
from oracle_cdc.watching.health_endpoint import Endpoint, make_pages
from tests.acceptance.process import wait_for
from tests.acceptance.test_run import HELLO
from tests.acceptance.watching import ask, free_port
from tests.running import metrics_of
from tests.world import USER, World


class Served:
    """An application whose steps the test takes, with its endpoint."""

    def __init__(self, world: World) -> None:
        settings = world.settings().model_copy(update={"health_port": 1})
        self.service = make_application(settings)
        world.applications.append(self.service)
        metrics = metrics_of(self.service)
        self.endpoint = Endpoint(0, make_pages(self.service.readiness, metrics.text), "127.0.0.1")
        self.endpoint.start()
        assert self.endpoint.port is not None
        self.port = self.endpoint.port

    def work(self) -> None:
        """Take one step of each loop, as their threads take them."""
        for loop, step in (
            ("capture", self.service.capture_leg.step),
            ("results", self.service.results_leg.step),
        ):
            self.service.progress.begin(loop)
            step()
            self.service.progress.stepped(loop, succeeded=True)

    def metric(self, name: str, **labels: str) -> float | None:
        """Return a sample's value, or None where the page has none."""
        for family in text_string_to_metric_families(ask(self.port, "/metrics")[1]):
            for sample in family.samples:
                if sample.name == f"oracle_cdc_{name}" and sample.labels == labels:
                    return float(sample.value)
        return None


@pytest.fixture
def served(world: World) -> Iterator[Served]:
    served = Served(world)
    yield served
    served.endpoint.close()


def reasons(content: dict[str, Any]) -> dict[str, str]:
    return {name: check["reason"] for name, check in content["dependencies"].items()}


def test_before_the_loops_run_it_is_neither_live_nor_ready(served: Served) -> None:
    status, content = ask(served.port, "/readyz")
    assert (ask(served.port, "/livez")[0], status, content["ready"]) == (503, 503, False)
    assert reasons(content) == {
        "oracle": "has not answered yet",
        "outbound": "has not answered yet",
        "results": "has not answered yet",
        "tables": "not validated yet",
    }


def test_a_service_that_works_is_live_and_ready(served: Served) -> None:
    served.work()

    status, content = ask(served.port, "/readyz")

    assert ask(served.port, "/livez") == (
        200,
        {
            "live": True,
            "loops": {name: {"ok": True, "reason": ""} for name in ("capture", "results")},
        },
    )
    assert (status, content["missing"], set(reasons(content).values())) == (200, [], {""})


def test_a_loop_that_hangs_is_named(served: Served) -> None:
    served.work()
    served.service.progress.loops["results"].stepped_at -= 1000

    status, content = ask(served.port, "/livez")

    assert (status, content["loops"]["capture"]["ok"]) == (503, True)
    assert content["loops"]["results"]["reason"].startswith("no progress for 1000 s")


def test_a_pause_by_the_dba_is_reported_and_stays_ready(served: Served, world: World) -> None:
    world.change(
        f"UPDATE {USER}.CDC_PROCESSING_STATUS SET IS_ENABLED = 0 "
        "WHERE TABLE_NAME = 'CDC_NORMAL_MODE'"
    )
    served.work()

    status, content = ask(served.port, "/readyz")

    assert (status, content["paused"]) == (200, ["CDC_NORMAL_MODE"])
    assert served.metric("paused", mode="CDC_NORMAL_MODE") == 1


def test_the_metrics_count_what_was_done(served: Served, world: World) -> None:
    world.record("1", *HELLO)
    world.record("2", ("A", "hello?"))
    served.work()
    world.answer("1", revision=1, summary="fine")
    served.work()

    assert served.metric("conversations_total", outcome="sent") == 1
    assert served.metric("conversations_total", outcome="rejected") == 1
    assert served.metric("results_total", outcome="written") == 1
    assert served.metric("batch_seconds_count", direction="outbound") == 1
    assert served.metric("batch_seconds_count", direction="results") == 1
    assert served.metric("breaker", state="closed") == 1
    assert served.metric("ready") == 1
    assert served.metric("dependency_ok", dependency="tables") == 1
    assert (served.metric("watermark_lag_seconds") or 0) < 60
    assert (served.metric("round_trips_total", to="oracle") or 0) > 10


def test_the_figures_that_sql_knows_are_reported(served: Served, world: World) -> None:
    # Given: a sent call whose answer is overdue, a call that still talks, and a result that was set
    # aside
    world.record("1", *HELLO)
    served.work()
    world.move_clock(2 * 3600)
    world.answer_raw("no result")
    served.service.results_leg.step()
    talking = world.application(settle_seconds=3000.0, max_wait_minutes=120)
    world.record("2", *HELLO, ago_seconds=600)
    world.cycle(talking)
    # When: they are asked for again
    served.service.figures.due_at = 0
    served.work()
    # Then
    assert served.metric("overdue_calls") == 1
    assert served.metric("failures") == 1
    assert 600 <= (served.metric("oldest_unsent_seconds") or 0) < 1200


def test_leases_are_reported_by_who_holds_them(served: Served, world: World) -> None:
    world.change(
        f"INSERT INTO {USER}.CDC_PROCESSED_CALLS (CALL_ID, STATE, LEASE_OWNER, LEASE_TOKEN, "
        "DUE_AT, LEASE_UNTIL) "
        "VALUES ('7', 'LEASED', 'other:1', 't', SYSTIMESTAMP + 1, SYSTIMESTAMP + 1)"
    )
    served.work()
    assert served.metric("leased_calls", owner="other:1") == 1


def test_figures_cost_two_round_trips_a_minute(served: Served, world: World) -> None:
    served.work()
    before = world.server.statistics()["round_trips"]
    served.service.capture_leg.step()
    idle = world.server.statistics()["round_trips"] - before
    served.service.figures.due_at = 0
    served.service.capture_leg.step()

    assert (idle, world.server.statistics()["round_trips"] - before - idle) == (2, 4)


def test_round_trips_are_counted_as_the_database_counts_them(served: Served, world: World) -> None:
    served.work()
    counted, real = served.service.oracle.calls, world.server.statistics()["round_trips"]
    served.service.capture_leg.step()

    assert world.server.statistics()["round_trips"] - real == 2
    assert served.service.oracle.calls - counted == 2


def test_figures_that_cannot_be_read_do_not_stop_the_work(served: Served, world: World) -> None:
    served.work()
    world.change(f"DROP TABLE {USER}.SQS_PERMANENT_FAILURES")
    served.service.figures.due_at = 0
    served.work()
    assert ask(served.port, "/readyz")[0] == 200


def test_other_paths_are_not_found_and_other_methods_are_refused(served: Served) -> None:
    url = f"http://127.0.0.1:{served.port}"
    for request in (
        urllib.request.Request(url + "/"),
        urllib.request.Request(url + "/readyz", method="POST"),
    ):
        with pytest.raises(urllib.error.HTTPError) as refusal:
            urllib.request.urlopen(request, timeout=10)
        with refusal.value:
            assert refusal.value.code in (404, 501)


def test_a_port_in_use_is_said_once_and_had_when_it_is_free(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oracle_cdc.watching.health_endpoint.BIND_SECONDS", 0.02)
    port = free_port()
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        endpoint = Endpoint(port, {}, "127.0.0.1")
        endpoint.start()
        wait_for("a second try", lambda: endpoint.tries > 2)
    wait_for("the port", lambda: endpoint.port == port)
    endpoint.close()

    said = [record for record in caplog.records if "can't be had" in record.getMessage()]
    assert [record.levelno for record in said if record.levelno > logging.DEBUG] == [logging.ERROR]
