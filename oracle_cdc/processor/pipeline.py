"""The processor as one of the pipelines that a service runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from oracle_cdc.aws.cloudwatch.client import open_metrics
from oracle_cdc.pipeline import Pipeline
from oracle_cdc.processor.cloudwatch_metrics import CloudWatchMetrics
from oracle_cdc.processor.counters import ProcessorStatistics
from oracle_cdc.processor.legs import ProcessorLeg
from oracle_cdc.processor.readiness_reasons import LOOP, make_requirements
from oracle_cdc.processor.settings import ProcessorSettings
from oracle_cdc.processor.signs import Signs
from oracle_cdc.processor.startup import Startup
from oracle_cdc.processor.wiring import Processor, make_processor
from oracle_cdc.running.retrying import Backoff
from oracle_cdc.running.service import Leg, Loop
from oracle_cdc.settings.service import PROCESSOR
from oracle_cdc.watching.readiness import Deadlines, Readiness

if TYPE_CHECKING:
    from oracle_cdc.watching.metrics import Source


def make_pipeline(settings: ProcessorSettings, stop: threading.Event) -> Pipeline:
    """Make the pipeline, without connecting anything. Raises SettingsError."""
    return pipeline_of(make_processor(settings, stop))


def pipeline_of(processor: Processor) -> Pipeline:
    """Return what runs and shows the processor."""
    leg = make_leg(processor)
    return Pipeline(
        PROCESSOR,
        [make_loop(processor, leg)],
        make_readiness(processor),
        run_once=leg.run_once,
        statistics=leg.signs.statistics.text,
        # Each request has a deadline of its own, and nothing is lost that was not settled.
        cancel=lambda: None,
        close=processor.close,
        dependencies=processor.edges.watched.all,
        measures=partial(make_measures, leg),
    )


def make_leg(processor: Processor) -> ProcessorLeg:
    startup = Startup(processor)
    every_cycles = processor.settings.cdc.statistics_every_cycles
    statistics = ProcessorStatistics(processor.progress, every_cycles)

    def retention_hours() -> int | None:
        if startup.stream is None:
            return None
        return startup.stream.retention_hours

    signs = Signs(processor.progress, processor.repeats, statistics, retention_hours)
    return ProcessorLeg(processor, startup, signs, make_figures(processor, lambda: signs.lags))


def make_figures(
    processor: Processor, lags: Callable[[], Mapping[str, float]]
) -> CloudWatchMetrics:
    """Make what sends metrics to CloudWatch.

    Parameters:
        lags: by shard of this copy, the seconds that its oldest record waits.
    """
    settings = processor.settings
    return CloudWatchMetrics(
        open_metrics(processor.edges.session, settings.metrics.namespace),
        processor.progress,
        processor.repeats,
        processor=settings.processor.id,
        interval_seconds=settings.metrics.interval_seconds,
        lags=lags,
    )


def make_loop(processor: Processor, leg: ProcessorLeg) -> Loop:
    retry = processor.settings.retry
    backoff = Backoff(initial_seconds=retry.base_delay_seconds, max_seconds=retry.max_delay_seconds)
    runs = Leg(LOOP, leg.step, 0.0, finish=leg.finish)
    return Loop(runs, backoff, processor.progress, processor.repeats, processor.stop)


def make_readiness(processor: Processor) -> Readiness:
    settings = processor.settings
    deadlines = Deadlines(settings.cdc.progress_deadline_seconds, settings.ready_limit_seconds)
    return Readiness(processor.progress, make_requirements(processor.edges), deadlines)


def make_measures(leg: ProcessorLeg) -> Sequence[Source]:
    """Return what yields the metrics of the processor."""
    # Who scrapes nothing needs no prometheus-client.
    from oracle_cdc.processor.measures import Measures

    return Measures(leg.progress, lambda: leg.signs.lags).sources()
