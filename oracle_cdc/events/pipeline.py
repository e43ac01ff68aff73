"""Events as one of the pipelines that a service runs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from oracle_cdc.events.counters import EventStatistics
from oracle_cdc.events.legs import EventsLeg, Sweeping
from oracle_cdc.events.readiness_reasons import LOOP, make_requirements
from oracle_cdc.events.settings import EventsSettings
from oracle_cdc.events.signs import Signs
from oracle_cdc.events.startup import Startup
from oracle_cdc.events.wiring import Events, make_events
from oracle_cdc.pipeline import Pipeline
from oracle_cdc.relay.sweep import Balance
from oracle_cdc.running.pauses import Pauses
from oracle_cdc.running.repeats import RepeatLimiter
from oracle_cdc.running.retrying import Backoff
from oracle_cdc.running.service import Leg, Loop
from oracle_cdc.running.shared_oracle import SharedOracle
from oracle_cdc.settings.service import EVENTS
from oracle_cdc.watching.readiness import Deadlines, Readiness

if TYPE_CHECKING:
    from oracle_cdc.watching.metrics import Source


def make_pipeline(settings: EventsSettings, shared: SharedOracle) -> Pipeline:
    """Make the pipeline, without connecting anything."""
    return pipeline_of(make_events(settings, shared))


def pipeline_of(events: Events) -> Pipeline:
    """Return what runs and shows events."""
    repeats = RepeatLimiter()
    leg = make_leg(events, repeats)
    return Pipeline(
        EVENTS,
        [make_loop(events, leg, repeats)],
        make_readiness(events),
        run_once=leg.run_cycles,
        statistics=leg.signs.statistics.text,
        cancel=events.cancel,
        close=events.close,
        dependencies=events.edges.all,
        secrets=events.secrets,
        measures=partial(make_measures, events),
    )


def make_leg(events: Events, repeats: RepeatLimiter) -> EventsLeg:
    startup = Startup(events.tracking.database, events.publisher)
    pauses = Pauses([Sweeping(events)], events.progress, repeats, stop=events.stop)
    every_cycles = events.settings.cdc.statistics_every_cycles
    statistics = EventStatistics(events.progress, events.counts, every_cycles)
    return EventsLeg(events, startup, pauses, Signs(events.progress, repeats, statistics))


def make_loop(events: Events, leg: EventsLeg, repeats: RepeatLimiter) -> Loop:
    publisher = events.settings.publisher
    backoff = Backoff(
        initial_seconds=publisher.retry_initial_seconds,
        max_seconds=publisher.retry_max_seconds,
    )
    runs = Leg(LOOP, leg.step, publisher.poll_interval_seconds, use_pause=leg.use_pause)
    return Loop(runs, backoff, events.progress, repeats, events.stop)


def make_readiness(events: Events) -> Readiness:
    settings, edges = events.settings, events.edges
    deadlines = Deadlines(settings.cdc.progress_deadline_seconds, settings.ready_limit_seconds)
    requirements = make_requirements(edges.oracle, edges.nats, edges.mariadb)
    return Readiness(events.progress, requirements, deadlines)


def make_measures(events: Events) -> Sequence[Source]:
    """Return what yields the metrics of events."""
    # Who scrapes nothing needs no prometheus-client.
    from oracle_cdc.events.measures import Measures

    def balance() -> Balance | None:
        sweep = events.sweep.made
        if sweep is None:
            return None
        return sweep.balance

    return Measures(events.progress, events.counts, balance).sources()
