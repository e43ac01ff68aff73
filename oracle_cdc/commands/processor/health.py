"""`health`: whether row changes come through, part by part, for people and for monitoring."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timezone

from oracle_cdc.aws.cloudwatch.client import open_metrics
from oracle_cdc.aws.cloudwatch.metrics import put_metrics
from oracle_cdc.changes.settings import ChangesSettings
from oracle_cdc.errors import ExitCode
from oracle_cdc.lambdas.health_check import are_well, describe, measure
from oracle_cdc.processor.edges import make_edges
from oracle_cdc.processor.health import Finding, HealthLook
from oracle_cdc.processor.settings import ProcessorSettings
from oracle_cdc.programs import Enabled
from oracle_cdc.running.log_setup import configure_console
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.terminal import complain, say, warn


def health(enabled: Enabled, *, as_json: bool) -> int:
    """Look at each part, send what was found to CloudWatch, and return 0 where all are well."""
    configure_console("ERROR")
    settings = enabled.need(ProcessorSettings, "health")
    findings = list(look(settings))
    changes = enabled.find(ChangesSettings)
    if changes is not None:
        # A machine of the processor has no driver of Oracle.
        from oracle_cdc.commands.changes.health import look_at_oracle

        findings += look_at_oracle(changes)
    send(settings, findings)
    if as_json:
        say(json.dumps(describe(findings), ensure_ascii=False))
    else:
        show(findings)
    if are_well(findings):
        return ExitCode.DONE
    return ExitCode.FAILED


def look(settings: ProcessorSettings) -> Sequence[Finding]:
    """Look at the bus, the stream, the tables and the dead letters."""
    edges = make_edges(settings, Progress())
    with closing(edges.session):
        return HealthLook(settings, edges).look()


def send(settings: ProcessorSettings, findings: Sequence[Finding]) -> None:
    """Send what was found to CloudWatch, unless METRICS_INTERVAL_SECONDS is 0.

    That this fails is a warning.
    """
    if not settings.metrics.interval_seconds:
        return
    edges = make_edges(settings, Progress())
    with closing(edges.session) as session:
        client = open_metrics(session, settings.metrics.namespace)
        for error in put_metrics(client, measure(findings), datetime.now(timezone.utc)):
            warn(f"metrics were not taken: {error}")


def show(findings: Sequence[Finding]) -> None:
    """Print a line for each part."""
    for finding in findings:
        if finding.is_well:
            say(f"✅ {finding.name}: {finding.words}")
        else:
            complain(finding.name, finding.words)
