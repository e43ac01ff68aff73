"""The health look as a function of AWS Lambda, on a schedule or by hand."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from oracle_cdc.aws.cloudwatch.metrics import Metric, put_metrics
from oracle_cdc.lambdas.container import CONTAINER
from oracle_cdc.processor.health import Finding, HealthLook
from oracle_cdc.running.clock import utc_now

logger = logging.getLogger(__name__)

#: The metrics: 1 while a part, or all of them, are well, and how many dead letters wait.
PART, ALL, DEPTH = "PartHealthy", "Healthy", "DeadLettersWaiting"


def handler(event: Mapping[str, Any], context: Any = None) -> dict[str, object]:
    """Look at bus, stream, tables and dead letters, and return what was found.

    The answer has `status` (healthy or unhealthy) and `checks`, each with `name`, `healthy` and
    `words`. The same goes to CloudWatch.

    Raises SettingsError.
    """
    container = CONTAINER.get()
    processor = container.processor
    findings = HealthLook(processor.settings, processor.edges).look()
    for finding in findings:
        if not finding.is_well:
            logger.error("%s: %s", finding.name, finding.words)
    for error in put_metrics(container.figures.client, measure(findings), utc_now()):
        logger.warning("metrics were not taken: %s", error)
    return describe(findings)


def are_well(findings: Sequence[Finding]) -> bool:
    return all(finding.is_well for finding in findings)


def measure(findings: Sequence[Finding]) -> Iterator[Metric]:
    """Yield the metrics of a look."""
    yield Metric(ALL, float(are_well(findings)))
    for finding in findings:
        yield Metric(PART, float(finding.is_well), dimensions={"Part": finding.name})
        if finding.name == "dead letters" and finding.value is not None:
            yield Metric(DEPTH, finding.value)


def describe(findings: Sequence[Finding]) -> dict[str, object]:
    """Return the answer."""
    status = "unhealthy"
    if are_well(findings):
        status = "healthy"
    checks: list[dict[str, object]] = []
    for finding in findings:
        checks.append({"name": finding.name, "healthy": finding.is_well, "words": finding.words})
    return {"status": status, "checks": checks}
