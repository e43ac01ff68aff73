"""The metrics of several pipelines of one process."""

from __future__ import annotations

from collections.abc import Sequence

from prometheus_client.parser import text_string_to_metric_families

from oracle_cdc.metrics import make_metrics
from oracle_cdc.pipeline import Pipeline
from oracle_cdc.running.dependencies import Dependency
from oracle_cdc.watching.joint_readiness import JointReadiness
from tests.unit.watched import Watched


def nothing() -> None:
    return


def make_pipeline(name: str, dependencies: Sequence[Dependency]) -> Pipeline:
    return Pipeline(
        name,
        [],
        Watched().readiness,
        run_once=nothing,
        statistics=lambda: "",
        cancel=nothing,
        close=lambda: True,
        dependencies=dependencies,
    )


def samples_of(pipelines: Sequence[Pipeline], name: str) -> dict[str, float]:
    """Return the values of a metric by what was called."""
    text = make_metrics(pipelines, JointReadiness([each.readiness for each in pipelines])).text()
    values: dict[str, float] = {}
    for family in text_string_to_metric_families(text.decode()):
        for sample in family.samples:
            if sample.name == name:
                values[sample.labels["to"]] = sample.value
    return values


def test_calls_of_two_pipelines_to_one_dependency_are_counted_together() -> None:
    # Given: Oracle, which both share, and Kinesis, which one writes and the other one reads
    oracle, written, read = Dependency("oracle"), Dependency("kinesis"), Dependency("kinesis")
    for dependency, times in ((oracle, 5), (written, 3), (read, 1)):
        for _ in range(times):
            with dependency.calling():
                pass
    pipelines = [
        make_pipeline("changes", [oracle, written]),
        make_pipeline("processor", [oracle, read]),
    ]
    # Then
    expected = {"oracle": 5, "kinesis": 4}
    assert samples_of(pipelines, "oracle_cdc_round_trips_total") == expected
    assert samples_of(pipelines, "oracle_cdc_request_seconds_count") == expected
