"""`health`: each part asked, one line each, metrics, and 0 or 1."""

from __future__ import annotations

from tests.processor.commands import Watcher


def health_events(watcher: Watcher) -> list[dict[str, object]]:
    return [event for event in watcher.world.publishing.events if event["source"] != "cdc-pipeline"]


def test_what_is_well_is_said_part_by_part_and_a_test_event_is_published(watcher: Watcher) -> None:
    done = watcher.type("health")
    assert done.code == 0, done.out
    for part in ("bus", "event", "stream", "checkpoint table", "state table", "dead letters"):
        assert f"✅ {part}: " in done.out
    (event,) = health_events(watcher)
    assert (event["source"], event["detail-type"]) == ("cdc-pipeline.health", "CDC.HealthCheck")


def test_one_part_that_is_not_well_is_exit_code_1_and_keeps_no_other_from_being_asked(
    watcher: Watcher,
) -> None:
    done = watcher.type("health", STATE_TABLE_NAME="nowhere")
    assert done.code == 1
    assert "❌ state table: " in done.out
    assert "✅ dead letters: 0 wait" in done.lines


def test_a_bus_that_is_not_there_gets_no_test_event(watcher: Watcher) -> None:
    done = watcher.type("health", EVENT_BUS_NAME="nowhere")
    assert done.code == 1
    assert "event:" not in done.out
    assert health_events(watcher) == []


def test_the_report_is_one_object(watcher: Watcher) -> None:
    report = watcher.type("health", "--json").report
    assert report["status"] == "healthy"
    assert {check["name"] for check in report["checks"]} >= {"bus", "stream", "dead letters"}


def test_metrics_go_to_the_namespace(watcher: Watcher) -> None:
    watcher.type("health", METRICS_INTERVAL_SECONDS="60", METRICS_NAMESPACE="Mine")
    with watcher.world.cloud.lock:
        accepted = [
            each for each in watcher.world.cloud.metrics.accepted if each.namespace == "Mine"
        ]
        names = {each.datum["MetricName"] for each in accepted}
    assert {"Healthy", "PartHealthy"} <= names


def test_metrics_that_are_not_taken_are_a_warning(watcher: Watcher) -> None:
    watcher.world.publishing.order(action="PutMetricData", refusal=[500, "InternalFailure"])
    done = watcher.type("health", METRICS_INTERVAL_SECONDS="60")
    assert done.code == 0
    assert "metrics were not taken" in done.out


def test_whatever_pipelines_run_here_the_chain_can_be_asked(watcher: Watcher) -> None:
    assert watcher.type("health", PIPELINES="conversations").code == 0
