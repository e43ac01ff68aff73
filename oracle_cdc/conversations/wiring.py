"""From what is shared to the legs, the chores and the service that runs them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from oracle_cdc.conversations.chores.backfill import Backfill
from oracle_cdc.conversations.chores.housekeeping import Housekeeping
from oracle_cdc.conversations.chores.overdue import Overdue
from oracle_cdc.conversations.chores.reconcile import Reconciliation
from oracle_cdc.conversations.counters import CallStatistics
from oracle_cdc.conversations.error_log import write_failure
from oracle_cdc.conversations.figures import FigureReader
from oracle_cdc.conversations.legs import CaptureLeg, ResultsLeg
from oracle_cdc.conversations.not_ready_announcement import Announcement
from oracle_cdc.conversations.outbound.cycle import Capture
from oracle_cdc.conversations.outbound.delivery import Delivery
from oracle_cdc.conversations.outbound.lanes import Lanes
from oracle_cdc.conversations.outbound.turns import Scope, Turns
from oracle_cdc.conversations.readiness_reasons import CAPTURE, RESULTS
from oracle_cdc.conversations.settings import Settings
from oracle_cdc.conversations.signs import Signs
from oracle_cdc.conversations.tables.heartbeat import Heartbeat
from oracle_cdc.conversations.tables.modes import HISTORICAL_MODE
from oracle_cdc.conversations.wiring_parts import Parts, make_parts
from oracle_cdc.conversations.wiring_values import (
    make_backfill_rules,
    make_historical_scope,
    make_job_request,
    make_limits,
    make_retention,
    make_rules,
    make_scope,
    make_sweep_limit,
    make_sweep_rules,
)
from oracle_cdc.running.chore import Chore
from oracle_cdc.running.once import Once
from oracle_cdc.running.pauses import Pauses
from oracle_cdc.running.retrying import Backoff
from oracle_cdc.running.service import Leg, Loop
from oracle_cdc.running.shared_oracle import SharedOracle


@dataclass
class Application(Parts):
    """Everything of one run: what is shared, and the legs that share it."""

    statistics: CallStatistics
    figures: FigureReader
    capture_leg: CaptureLeg
    results_leg: ResultsLeg


def make_application(settings: Settings, shared: SharedOracle | None = None) -> Application:
    """Make everything of one run, without connecting anything.

    Parameters:
        shared: what other pipelines of the process have too. None: there are none.
    """
    parts = make_parts(settings, shared)
    cdc = settings.cdc
    statistics = CallStatistics(parts.progress, cdc.statistics_every_cycles)
    # Figures cost Oracle something, and without an endpoint nobody asks for them.
    figures = FigureReader(
        parts.database, cdc.result_deadline_minutes, is_wanted=bool(settings.health_port)
    )
    return Application(
        **vars(parts),
        statistics=statistics,
        figures=figures,
        capture_leg=make_capture_leg(parts, statistics, figures),
        results_leg=ResultsLeg(
            parts.startup, settings.sqs.results_queue_url, parts.results, figures
        ),
    )


def make_capture_leg(parts: Parts, statistics: CallStatistics, figures: FigureReader) -> CaptureLeg:
    def late() -> str:
        if parts.reconciliation is None:
            return ""
        return parts.reconciliation().text

    cdc = parts.settings.cdc
    capture = None
    if cdc.normal_mode_enabled:
        capture = Once(lambda: make_capture(parts))
    return CaptureLeg(
        parts.startup,
        parts.heartbeat,
        capture,
        Once(lambda: make_pauses(parts)),
        announcement=Announcement(
            parts.database, parts.row_lock, cdc.instance_id, parts.readiness.missing
        ),
        signs=Signs(parts.progress, parts.repeats, statistics, figures, late),
    )


def make_loops(app: Application) -> list[Loop]:
    """Make the two loops, ready to run."""
    write_error = partial(write_failure, app.database)
    capture = Leg(
        CAPTURE,
        app.capture_leg.step,
        app.settings.cdc.normal_poll_interval_seconds,
        write_error,
        use_pause=app.capture_leg.use_pause,
        finish=app.capture_leg.finish,
    )
    results = Leg(RESULTS, app.results_leg.step, 0.0, write_error, app.results_leg.may_be_abandoned)
    return [make_loop(app, capture), make_loop(app, results)]


def make_loop(app: Application, leg: Leg) -> Loop:
    backoff = Backoff(
        initial_seconds=app.settings.cdc.retry_initial_seconds,
        max_seconds=app.settings.cdc.retry_max_seconds,
    )
    return Loop(leg, backoff, app.progress, app.repeats, app.stop)


def make_capture(parts: Parts) -> Capture:
    """Make normal mode. Raises what keeps it from reading the queue's attributes."""
    scope = make_scope(parts.settings)
    turns = make_turns(parts, parts.heartbeat, scope)
    lanes = Lanes(parts.progress, parts.stop)
    return Capture(
        parts.database, turns, parts.heartbeat, scope=scope, lanes=lanes, stop=parts.stop
    )


def make_pauses(parts: Parts) -> Pauses:
    """Make what is done beside normal mode."""
    cdc = parts.settings.cdc
    chores: list[Chore] = [make_housekeeping(parts)]
    if cdc.normal_mode_enabled and cdc.resend_overdue:
        overdue = Overdue(
            parts.database, cdc.result_deadline_minutes, cdc.resend_overdue, cdc.max_batch_size
        )
        chores.append(overdue)
    if make_sweep_limit(parts.settings) is not None:
        chores.append(make_reconciliation(parts))
    if cdc.historical_mode_enabled:
        chores.append(make_backfill(parts, is_foreground=False))
    return Pauses(
        chores,
        parts.progress,
        parts.repeats,
        stop=parts.stop,
        may_send=parts.breaker.is_closed,
    )


def make_housekeeping(parts: Parts) -> Housekeeping:
    return Housekeeping(parts.database, make_retention(parts.settings))


def make_backfill(parts: Parts, *, is_foreground: bool) -> Backfill:
    """Make the historical mode: in the foreground, or beside normal mode for what the settings ask
    for.
    """
    heartbeat = Heartbeat(HISTORICAL_MODE, parts.row_lock, is_one_mode=is_foreground)
    turns = make_turns(parts, heartbeat, make_historical_scope(parts.settings))
    rules = make_backfill_rules(parts.settings, is_foreground=is_foreground)
    request = None
    if not is_foreground:
        request = make_job_request(parts.settings)
    return Backfill(parts.database, turns, heartbeat, rules, request)


def make_reconciliation(parts: Parts) -> Reconciliation:
    turns = make_turns(parts, parts.heartbeat, make_scope(parts.settings))
    return Reconciliation(parts.database, turns, parts.row_lock, make_sweep_rules(parts.settings))


def make_turns(parts: Parts, heartbeat: Heartbeat, scope: Scope) -> Turns:
    """Make turns that are counted with this heartbeat.

    Raises what keeps it from reading the queue's attributes.
    """
    delivery = make_delivery(parts, heartbeat)
    return Turns(delivery, parts.breaker, delivery.rules, scope, parts.repeats)


def make_delivery(parts: Parts, heartbeat: Heartbeat) -> Delivery:
    """Make what sends claimed calls.

    Raises what keeps it from reading the queue's attributes.
    """
    return Delivery(
        parts.persistence,
        parts.outbound.get(),
        heartbeat,
        breaker=parts.breaker,
        progress=parts.progress,
        rules=make_rules(parts.settings),
        limits=make_limits(parts.settings),
        stop=parts.stop,
    )
