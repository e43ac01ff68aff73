"""The metrics of a service: those of each pipeline, and what all of them have."""

from __future__ import annotations

from collections.abc import Sequence

from oracle_cdc.pipeline import Pipeline
from oracle_cdc.running.dependencies import Dependency
from oracle_cdc.running.secret_rotation import Secret
from oracle_cdc.watching.joint_readiness import JointReadiness
from oracle_cdc.watching.measures import ServiceMeasures
from oracle_cdc.watching.metrics import Metrics, Source


def make_metrics(pipelines: Sequence[Pipeline], readiness: JointReadiness) -> Metrics:
    """Return the metrics, what pipelines share once."""
    dependencies: dict[Dependency, None] = {}
    secrets: dict[str, Secret] = {}
    own: list[Source] = []
    for pipeline in pipelines:
        dependencies |= dict.fromkeys(pipeline.dependencies)
        for secret in pipeline.secrets:
            secrets[secret.name] = secret
        own += pipeline.measures()
    measures = ServiceMeasures(readiness, list(dependencies), list(secrets.values()))
    return Metrics([*own, *measures.sources()])
