"""Row changes as one of the pipelines that a service runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from oracle_cdc.changes.capture.findings import Limits
from oracle_cdc.changes.capture.heartbeat import Heartbeat
from oracle_cdc.changes.capture.minute_check import Watch
from oracle_cdc.changes.counters import ChangeStatistics
from oracle_cdc.changes.legs import ChangesLeg
from oracle_cdc.changes.readiness_reasons import LOOP, make_requirements
from oracle_cdc.changes.settings import ChangesSettings
from oracle_cdc.changes.signs import Signs
from oracle_cdc.changes.startup import Startup
from oracle_cdc.changes.wiring import Changes, make_backoff, make_changes
from oracle_cdc.pipeline import Pipeline
from oracle_cdc.running.chore import Chore
from oracle_cdc.running.pauses import Pauses
from oracle_cdc.running.service import Leg, Loop
from oracle_cdc.running.shared_oracle import SharedOracle
from oracle_cdc.settings.service import CHANGES
from oracle_cdc.watching.readiness import Deadlines, Readiness

if TYPE_CHECKING:
    from oracle_cdc.watching.metrics import Source


def make_pipeline(settings: ChangesSettings, shared: SharedOracle) -> Pipeline:
    """Make the pipeline, without connecting anything."""
    return pipeline_of(make_changes(settings, shared))


def pipeline_of(changes: Changes) -> Pipeline:
    """Return what runs and shows row changes."""
    watch = make_watch(changes)
    leg = make_leg(changes, watch)
    return Pipeline(
        CHANGES,
        [make_loop(changes, leg)],
        make_readiness(changes),
        run_once=leg.run_to_end,
        statistics=leg.signs.statistics.text,
        cancel=changes.cancel,
        close=changes.close,
        dependencies=changes.edges.all,
        secrets=changes.secrets,
        measures=partial(make_measures, changes, watch),
    )


def make_watch(changes: Changes) -> Watch:
    """Make the check of captured tables, which has its turn between two rounds."""
    rules = changes.settings.changes
    limits = Limits(rules.max_log_rows, rules.max_log_age_seconds)
    concerns = changes.progress.concerns
    return Watch(changes.oracle, limits, rules.check_seconds, changes.repeats, concerns)


def make_leg(changes: Changes, watch: Watch) -> ChangesLeg:
    startup = Startup(
        changes.oracle,
        changes.stream,
        changes.queue,
        keeps_event=changes.settings.dlq.keep_event,
        redacts=changes.opener.transformation.redactor is not None,
    )
    chores: list[Chore] = [watch, changes.shipping.shipped_counts]
    rules = changes.settings.changes
    if rules.heartbeat_seconds:
        name = changes.settings.cdc.instance_id
        chores.append(Heartbeat(changes.oracle, rules.heartbeat_seconds, name))
    pauses = Pauses(chores, changes.progress, changes.repeats, stop=changes.stop)
    statistics = ChangeStatistics(
        changes.progress,
        changes.shipping.counts,
        changes.opener.redactions,
        changes.settings.cdc.statistics_every_cycles,
    )
    return ChangesLeg(changes, startup, pauses, Signs(changes.progress, statistics))


def make_loop(changes: Changes, leg: ChangesLeg) -> Loop:
    rules = changes.settings.changes
    runs = Leg(
        LOOP,
        leg.run_cycles,
        rules.poll_interval_seconds,
        use_pause=leg.use_pause,
        finish=leg.finish,
    )
    return Loop(runs, make_backoff(rules), changes.progress, changes.repeats, changes.stop)


def make_readiness(changes: Changes) -> Readiness:
    settings, edges = changes.settings, changes.edges
    deadlines = Deadlines(settings.cdc.progress_deadline_seconds, settings.ready_limit_seconds)
    requirements = make_requirements(edges.oracle, edges.kinesis)
    return Readiness(changes.progress, requirements, deadlines)


def make_measures(changes: Changes, watch: Watch) -> Sequence[Source]:
    """Return what yields the metrics of row changes."""
    # Who scrapes nothing needs no prometheus-client.
    from oracle_cdc.changes.capture_measures import CaptureMeasures
    from oracle_cdc.changes.measures import Measures

    counts = changes.shipping.counts
    shipped = Measures(
        changes.progress, counts, changes.opener.redactions, partial(count_rows, watch)
    )
    return [*shipped.sources(), *CaptureMeasures(watch).sources()]


def count_rows(watch: Watch) -> Mapping[str, float]:
    """Return how many rows each change table had at the last check."""
    rows: dict[str, float] = {}
    if watch.latest is not None:
        for look in watch.latest.looks:
            if look.backlog is not None:
                rows[look.registered.table] = look.backlog.rows
    return rows
