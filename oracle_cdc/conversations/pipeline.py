"""Conversations as one of the pipelines that a service runs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from oracle_cdc.conversations.chores.backfill import OF_OTHERS
from oracle_cdc.conversations.settings import Settings
from oracle_cdc.conversations.wiring import (
    Application,
    make_application,
    make_backfill,
    make_loops,
)
from oracle_cdc.pipeline import Pipeline
from oracle_cdc.running.shared_oracle import SharedOracle
from oracle_cdc.settings.service import CONVERSATIONS

if TYPE_CHECKING:
    from oracle_cdc.watching.metrics import Source


def make_pipeline(settings: Settings, shared: SharedOracle) -> Pipeline:
    """Make the pipeline, without connecting anything."""
    return pipeline_of(make_application(settings, shared))


def pipeline_of(app: Application) -> Pipeline:
    """Return what runs and shows an application."""
    return Pipeline(
        CONVERSATIONS,
        make_loops(app),
        app.readiness,
        run_once=partial(run_once, app),
        statistics=app.statistics.text,
        cancel=app.database.cancel,
        close=app.close,
        dependencies=[app.oracle, *app.sqs.values()],
        secrets=[app.database.password],
        measures=partial(make_measures, app),
    )


def make_measures(app: Application) -> Sequence[Source]:
    """Return what yields the metrics of conversations."""
    # Who scrapes nothing needs no prometheus-client.
    from oracle_cdc.conversations.measures import Measures

    return Measures(app.progress, app.breaker, lambda: app.figures.latest).sources()


def run_once(app: Application) -> None:
    """Do one outbound cycle, then write results until none are left. Raises what failed."""
    app.startup.ensure_database()
    app.startup.ensure_queue(app.settings.sqs.outbound_queue_url)
    app.startup.ensure_queue(app.settings.sqs.results_queue_url)
    app.capture_leg.step()
    app.capture_leg.finish()
    if app.settings.cdc.historical_mode_enabled:
        run_history(app)
    app.results.drain_all()


def run_history(app: Application) -> None:
    """Do the historical job to its end, or until a DBA or the stop event pauses it.

    What others hold is left to who runs next.
    """
    backfill = make_backfill(app, is_foreground=False)
    try:
        while not app.stop.is_set():
            result = backfill.run_once()
            is_left = result.waits_for == OF_OTHERS
            if is_left or backfill.is_done or backfill.is_paused:
                return
            app.progress.rest(result.next_seconds, app.stop)
    finally:
        app.row_lock.forget()
        backfill.end()
