"""An application as a service of one pipeline runs and shows it."""

from __future__ import annotations

import re
from datetime import datetime

from oracle_cdc.conversations.pipeline import pipeline_of
from oracle_cdc.conversations.wiring import Application
from oracle_cdc.events.counters import LAG
from oracle_cdc.events.measures import Measures
from oracle_cdc.metrics import make_metrics
from oracle_cdc.pipeline import make_service
from oracle_cdc.relay.sending import Counts
from oracle_cdc.relay.sweep import Balance
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.service import Service
from oracle_cdc.watching.metrics import Metrics
from oracle_cdc.watching.together import Together


def metrics_of(application: Application) -> Metrics:
    return make_metrics([pipeline_of(application)], Together([application.readiness]))


def service_of(application: Application) -> Service:
    return make_service([pipeline_of(application)], application.stop)


def event_metrics() -> set[str]:
    """Return the metrics of events that were published and swept."""
    progress = Progress()
    progress.age(LAG).see(0)
    measures = Measures(progress, Counts(), lambda: Balance(datetime(2026, 11, 20)))
    return names_of(Metrics(measures.sources()))


def names_of(metrics: Metrics) -> set[str]:
    return set(re.findall(r"^# TYPE (\w+)", metrics.text().decode(), re.MULTILINE))
