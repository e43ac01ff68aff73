"""What a service shows as metrics whatever its pipelines are, see metrics.py."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from prometheus_client.core import Metric

from oracle_cdc.running.dependencies import Dependency
from oracle_cdc.running.durations import Durations
from oracle_cdc.running.secret_rotation import Secret
from oracle_cdc.watching.joint_readiness import JointReadiness
from oracle_cdc.watching.metrics import (
    Source,
    counters,
    counters_of_pairs,
    gauge,
    histogram,
    labelled,
)


class ServiceMeasures:
    """Yields the metrics.

    Parameters:
        dependencies: of all pipelines, each once. Those of one name are counted together.
        secrets: which log-ins need, and which may change.
    """

    def __init__(
        self,
        readiness: JointReadiness,
        dependencies: Sequence[Dependency],
        secrets: Sequence[Secret] = (),
    ) -> None:
        self.readiness = readiness
        self.progresses = [part.progress for part in readiness.parts]
        self.dependencies = dependencies
        self.secrets = secrets

    def sources(self) -> list[Source]:
        """Return what yields them, in their order."""
        return [self.states, self.moments, self.calls, self.rereads]

    def states(self) -> Iterator[Metric]:
        checks = {check.name: float(check.ok) for check in self.readiness.dependencies()}
        yield gauge("ready", "Whether /readyz says so", float(self.readiness.is_ready()))
        yield labelled(
            "dependency_ok",
            "Whether what /readyz names as a dependency is usable",
            "dependency",
            checks,
        )
        yield labelled(
            "paused",
            "What a person has paused: modes by IS_ENABLED = 0, events by their STATUS",
            "mode",
            dict.fromkeys(self.readiness.paused(), 1.0),
        )
        yield labelled(
            "standing_by",
            "Pipelines that another copy runs, while this one waits for its end",
            "pipeline",
            dict.fromkeys(self.readiness.standing_by(), 1.0),
        )

    def moments(self) -> Iterator[Metric]:
        ages: dict[str, float] = {}
        succeeded: dict[str, float] = {}
        batches: dict[str, Durations] = {}
        for progress in self.progresses:
            ages |= progress.late_loops(float("-inf"))
            now = progress.clock()
            for name, moments in dict(progress.loops).items():
                succeeded[name] = now - moments.succeeded_at
            batches |= progress.batches
        yield labelled(
            "loop_progress_age_seconds",
            "Seconds since a loop last got on; below 0 while it pauses",
            "loop",
            ages,
        )
        yield labelled(
            "loop_success_age_seconds", "Seconds since a loop's last success", "loop", succeeded
        )
        yield histogram("batch_seconds", "Duration of batches", "direction", batches)

    def calls(self) -> Iterator[Metric]:
        calls: Counter[str] = Counter()
        durations: defaultdict[str, Durations] = defaultdict(Durations)
        for dependency in self.dependencies:
            calls[dependency.name] += dependency.calls
            durations[dependency.name].include(dependency.durations)
        yield counters(
            "round_trips", "Calls to each dependency: statements, requests, batches", "to", calls
        )
        yield histogram(
            "request_seconds", "Duration of round trips, long polls left out", "to", durations
        )

    def rereads(self) -> Iterator[Metric]:
        values: dict[tuple[str, str], float] = {}
        for secret in self.secrets:
            for outcome, count in secret.rereads.items():
                values[secret.name, outcome] = count
        yield counters_of_pairs(
            "secret_rereads",
            "Secrets that were refused and read again from their place, by what that showed",
            ("secret", "outcome"),
            values,
        )
