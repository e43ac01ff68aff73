"""An application as a service of one pipeline runs and shows it."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from oracle_cdc.changes.capture.findings import Limits
from oracle_cdc.changes.capture.minute_check import Watch
from oracle_cdc.changes.capture.survey import Survey
from oracle_cdc.changes.capture_measures import CaptureMeasures
from oracle_cdc.changes.counters import LAG as CHANGES_LAG
from oracle_cdc.changes.measures import Measures as ChangeMeasures
from oracle_cdc.changes.outbound.shipping import Counts as ChangeCounts
from oracle_cdc.conversations.pipeline import pipeline_of
from oracle_cdc.conversations.wiring import Application
from oracle_cdc.events.counters import LAG
from oracle_cdc.events.measures import Measures
from oracle_cdc.metrics import make_metrics
from oracle_cdc.pipeline import make_service
from oracle_cdc.processor.measures import Measures as ProcessorMeasures
from oracle_cdc.processor.publishing.processing import HEARTBEAT
from oracle_cdc.relay.sending import Counts
from oracle_cdc.relay.sweep import Balance
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.repeats import RepeatLimiter
from oracle_cdc.running.service import Service
from oracle_cdc.watching.joint_readiness import JointReadiness
from oracle_cdc.watching.metrics import Metrics


def metrics_of(application: Application) -> Metrics:
    return make_metrics([pipeline_of(application)], JointReadiness([application.readiness]))


def service_of(application: Application) -> Service:
    return make_service([pipeline_of(application)], application.stop)


def event_metrics() -> set[str]:
    """Return the metrics of events that were published and swept."""
    progress = Progress()
    progress.age(LAG).see(0)
    measures = Measures(progress, Counts(), lambda: Balance(datetime(2026, 11, 20)))
    return names_of(Metrics(measures.sources()))


def change_metrics() -> set[str]:
    """Return the metrics of row changes that were shipped and checked."""
    progress = Progress()
    progress.age(CHANGES_LAG).see(0)
    shipped = ChangeMeasures(progress, ChangeCounts(), {}, dict)
    nowhere: Any = None
    watch = Watch(nowhere, Limits(0, 0), 60.0, RepeatLimiter(), progress.concerns)
    watch.latest = Survey((), "Y", None, datetime(2026, 11, 20))
    return names_of(Metrics([*shipped.sources(), *CaptureMeasures(watch).sources()]))


def processor_metrics() -> set[str]:
    """Return the metrics of the processor once a heartbeat came."""
    progress = Progress()
    progress.age(HEARTBEAT).see(0)
    return names_of(Metrics(ProcessorMeasures(progress, dict).sources()))


def names_of(metrics: Metrics) -> set[str]:
    return set(re.findall(r"^# TYPE (\w+)", metrics.text().decode(), re.MULTILINE))
