"""An application as a service of one pipeline runs and shows it."""

from __future__ import annotations

from oracle_cdc.conversations.pipeline import pipeline_of
from oracle_cdc.conversations.wiring import Application
from oracle_cdc.metrics import make_metrics
from oracle_cdc.pipeline import make_service
from oracle_cdc.running.service import Service
from oracle_cdc.watching.metrics import Metrics
from oracle_cdc.watching.together import Together


def metrics_of(application: Application) -> Metrics:
    return make_metrics([pipeline_of(application)], Together([application.readiness]))


def service_of(application: Application) -> Service:
    return make_service([pipeline_of(application)], application.stop)
