"""From settings to the objects that work together; the only file that names every implementation."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from datetime import datetime, timezone

from oracle_cdc.announcement import Announcement
from oracle_cdc.answer_reports import AnswerReports
from oracle_cdc.aws.session import AwsSession, RequestLimits
from oracle_cdc.capture import Capture
from oracle_cdc.chore import Chore
from oracle_cdc.delivery import Delivery
from oracle_cdc.dependencies import Calling, Dependency, unwatched
from oracle_cdc.errors import CdcError, OracleCredentialsError
from oracle_cdc.figures import FigureReader, Figures
from oracle_cdc.history import Backfill
from oracle_cdc.housekeeping import Housekeeping
from oracle_cdc.intake import Intake
from oracle_cdc.lanes import SESSIONS, Lanes
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.journal import system_failed, write_events
from oracle_cdc.oracle.modes import HISTORICAL_MODE, NORMAL_MODE, Heartbeat, RowLock
from oracle_cdc.overdue import Overdue
from oracle_cdc.pauses import Pauses
from oracle_cdc.persistence import Persistence
from oracle_cdc.progress import Progress
from oracle_cdc.readiness import Deadlines, Readiness
from oracle_cdc.reconcile import Reconciliation
from oracle_cdc.recording import Recorder
from oracle_cdc.repeats import RepeatLimiter
from oracle_cdc.results import Results
from oracle_cdc.retrying import Backoff, Breaker, Doubling
from oracle_cdc.service import Fatal, Leg, Loop, Service
from oracle_cdc.settings import Settings
from oracle_cdc.sqs.client import SqsClient
from oracle_cdc.sqs.complaints import Complaints
from oracle_cdc.sqs.inbound import Inbound
from oracle_cdc.sqs.outbound import Outbound
from oracle_cdc.sqs.overflow import StoredBodies
from oracle_cdc.sqs.requests import RetryTimes
from oracle_cdc.startup import Startup
from oracle_cdc.statements import render
from oracle_cdc.terms import (
    make_backfill_rules,
    make_historical_scope,
    make_job_request,
    make_limits,
    make_overflow,
    make_result_limits,
    make_retention,
    make_rules,
    make_scope,
    make_sweep_limit,
    make_sweep_rules,
)
from oracle_cdc.turns import Scope, Turns

logger = logging.getLogger(__name__)

BAD_CREDENTIALS = 3


class Application:
    """Everything of one run. `capture_step` and `results_step` are the two legs' steps."""

    def __init__(self, settings: Settings) -> None:
        cdc = settings.cdc
        self.settings = settings
        self.stop = threading.Event()
        self.progress = Progress()
        self.repeats = RepeatLimiter()
        self.oracle = Dependency("oracle", moved=self.progress.moved)
        self.sqs = {
            name: Dependency(name, moved=self.progress.moved) for name in ("outbound", "results")
        }
        self.database = open_database(settings, sessions=SESSIONS, calling=self.oracle.calling)
        self.aws = make_session(settings)
        poll_seconds = cdc.results_wait_seconds
        self.clients = {
            name: SqsClient(self.aws, poll_seconds=poll_seconds, calling=sqs.calling)
            for name, sqs in self.sqs.items()
        }
        self.startup = make_startup(settings, self.database, self.clients)
        self.persistence = Persistence(
            self.database,
            self.progress,
            self.stop,
            waits=Doubling(cdc.retry_initial_seconds, cdc.retry_max_seconds),
        )
        self.row_lock = RowLock()
        self.heartbeat = Heartbeat(NORMAL_MODE, self.row_lock)
        self.breaker = Breaker(
            name="the outbound queue",
            failures=cdc.breaker_failures,
            probe_seconds=cdc.breaker_probe_seconds,
        )
        self.readiness = make_readiness(settings, self)
        self.announcement = Announcement(
            self.database, self.row_lock, cdc.instance_id, self.readiness.missing
        )
        self.figures = FigureReader(self.database, cdc.result_deadline_minutes)
        self.results = make_results(settings, self)
        self.outbound: Outbound | None = None
        self.capture: Capture | None = None
        self.pauses: Pauses | None = None

    def capture_step(self) -> None:
        """One outbound cycle, and what `status` shall know of this copy."""
        try:
            self.work_outbound()
        finally:
            self.announcement.update()

    def work_outbound(self) -> None:
        """A cycle that is paused or hindered still tells that it is alive."""
        try:
            self.startup.ensure_database()
            self.run_capture()
        except OracleCredentialsError as error:
            self.refuse(error)
        self.tell_lag()
        self.tell_reconciled()
        self.refresh_figures()
        self.tell_statistics()

    def use_pause(self, seconds: float) -> float:
        """What is done between two outbound cycles: sweep, history, overdue answers, purge. What ails Oracle or SQS
        as a whole the next cycle tells."""
        try:
            self.pauses = self.pauses or make_pauses(self.settings, self)
            return self.pauses.use(seconds)
        except CdcError as error:
            logger.debug("the pause is not used: %s", error)
            return 0.0

    def run_capture(self) -> None:
        if not self.settings.cdc.normal_mode_enabled:
            self.tell_alive()
            return
        try:
            self.capture = self.capture or make_capture(self.settings, self)
        except CdcError:
            self.tell_alive()
            raise
        self.capture.run_cycle()

    def finish_capture(self) -> None:
        """Wait for the deliveries that no cycle waited for."""
        if self.capture:
            self.capture.lanes.finish()

    def results_step(self) -> None:
        """One inbound cycle."""
        try:
            self.startup.ensure_database()
            self.startup.ensure_queue(self.settings.sqs.results_queue_url)
            self.results.run_cycle()
        except OracleCredentialsError as error:
            self.refuse(error)
        self.refresh_figures()

    def tell_lag(self) -> None:
        position = self.capture.position if self.capture else None
        if position is not None:
            self.progress.lag.see((position.clocks.now - position.watermark).total_seconds())

    def tell_reconciled(self) -> None:
        """A reconciliation that has not finished for a day loses nothing by itself, but nobody would notice."""
        self.repeats.tell(
            "the end of the reconciliation", logger, self.readiness.reconciliation().told
        )

    def refresh_figures(self) -> None:
        """Figures cost Oracle something; without an endpoint nobody asks for them."""
        if self.settings.health_port:
            self.figures.refresh()

    def latest_figures(self) -> Figures | None:
        return self.figures.latest

    def tell_alive(self) -> None:
        with self.database.session() as session:
            self.heartbeat.record(session)

    def tell_statistics(self) -> None:
        cycles = self.progress.cycle_done(datetime.now(timezone.utc).astimezone())
        if cycles % self.settings.cdc.statistics_every_cycles == 0:
            logger.info(self.progress.statistics())

    def refuse(self, error: OracleCredentialsError) -> None:
        """Bad credentials: end after the second try, because more of them lock the account."""
        if self.database.guard.is_final:
            raise Fatal(
                BAD_CREDENTIALS, f"{error}; ending, because repeated log-ins lock the account"
            ) from error
        raise error

    def report(self, error: CdcError) -> None:
        """Put a system error into ERROR_LOG, if Oracle takes it; that it does not is no news."""
        if self.database.answered_at is None:
            return
        try:
            with self.database.session() as session:
                write_events(session, "", [system_failed(error)])
                session.commit()
        except CdcError as failure:
            logger.debug("ERROR_LOG could not be written: %s", failure)

    def make_service(self) -> Service:
        """The two loops, ready to run."""
        cdc = self.settings.cdc
        legs = [
            Leg(
                "capture",
                self.capture_step,
                cdc.normal_poll_interval_seconds,
                self.report,
                use_pause=self.use_pause,
                finish=self.finish_capture,
            ),
            Leg("results", self.results_step, 0.0, self.report, lambda: self.results.is_polling),
        ]
        loops = [
            Loop(
                leg,
                Backoff(
                    initial_seconds=cdc.retry_initial_seconds, max_seconds=cdc.retry_max_seconds
                ),
                self.progress,
                self.repeats,
                self.stop,
            )
            for leg in legs
        ]
        return Service(loops, self.stop, self.database.cancel)

    def run_once(self) -> None:
        """One outbound cycle, then results until none are left. Raises what failed."""
        self.startup.ensure_database()
        self.startup.ensure_queue(self.settings.sqs.outbound_queue_url)
        self.startup.ensure_queue(self.settings.sqs.results_queue_url)
        self.capture_step()
        self.finish_capture()
        if self.settings.cdc.historical_mode_enabled:
            self.run_history()
        self.results.drain_all()

    def run_history(self) -> None:
        """The historical job to its end, or until a DBA or the stop event pauses it."""
        backfill = make_backfill(self.settings, self, is_foreground=False)
        while not self.stop.is_set():
            result = backfill.run_once()
            if backfill.is_done or backfill.is_paused:
                return
            self.progress.rest(result.next_seconds, self.stop)

    def close(self) -> bool:
        """Close what is open; False when Oracle kept it from that. Idempotent."""
        self.aws.close()
        return self.database.close()


def open_database(settings: Settings, *, sessions: int, calling: Calling = unwatched) -> Database:
    """Make a pool that knows the statements of this product."""
    statements = render(settings.source.qualified_name, settings.source.time_zone)
    return Database(settings.oracle, statements, sessions=sessions, calling=calling)


def make_startup(
    settings: Settings, database: Database, clients: Mapping[str, SqsClient]
) -> Startup:
    # One queue for both counts as the outbound one.
    by_url = {
        settings.sqs.results_queue_url: clients["results"],
        settings.sqs.outbound_queue_url: clients["outbound"],
    }
    return Startup(database, by_url, settings.sqs, settings.aws, settings.source.qualified_name)


def make_session(settings: Settings) -> AwsSession:
    """Make the session that all clients of AWS share; nothing is read or connected yet."""
    limits = RequestLimits(
        settings.sqs.connect_timeout_seconds,
        settings.sqs.read_timeout_seconds,
        settings.cdc.max_concurrent_calls,
    )
    return AwsSession(settings.aws, limits, home_url=settings.sqs.outbound_queue_url)


def create_client(settings: Settings) -> SqsClient:
    """Make a client for a few questions, with a session of its own."""
    return SqsClient(make_session(settings), poll_seconds=settings.cdc.results_wait_seconds)


def make_readiness(settings: Settings, app: Application) -> Readiness:
    cdc = settings.cdc
    return Readiness(
        app.progress,
        app.oracle,
        app.sqs["outbound"],
        app.sqs["results"],
        app.breaker,
        has_tables=lambda: app.startup.has_tables,
        deadlines=Deadlines(
            cdc.progress_deadline_seconds, cdc.ready_limit_seconds, make_sweep_limit(settings)
        ),
    )


def make_capture(settings: Settings, app: Application) -> Capture:
    """The outbound leg. Raises what keeps it from reading the queue's attributes."""
    scope = make_scope(settings)
    turns = make_turns(settings, app, app.heartbeat, scope)
    return Capture(
        app.database,
        turns,
        app.heartbeat,
        scope=scope,
        lanes=Lanes(app.progress, app.stop),
        stop=app.stop,
    )


def make_pauses(settings: Settings, app: Application) -> Pauses:
    """What is done beside normal mode."""
    cdc = settings.cdc
    chores: list[Chore] = [make_housekeeping(settings, app)]
    if cdc.normal_mode_enabled and cdc.resend_overdue:
        overdue = Overdue(
            app.database, cdc.result_deadline_minutes, cdc.resend_overdue, cdc.max_batch_size
        )
        chores.append(overdue)
    if make_sweep_limit(settings) is not None:
        chores.append(make_reconciliation(settings, app))
    if cdc.historical_mode_enabled:
        chores.append(make_backfill(settings, app, is_foreground=False))
    return Pauses(chores, app.breaker, app.progress, app.repeats, app.stop)


def make_housekeeping(settings: Settings, app: Application) -> Housekeeping:
    return Housekeeping(app.database, make_retention(settings))


def make_backfill(settings: Settings, app: Application, *, is_foreground: bool) -> Backfill:
    """Make the historical mode: in the foreground, or beside normal mode for what the settings ask for."""
    heartbeat = Heartbeat(HISTORICAL_MODE, app.row_lock, is_one_mode=is_foreground)
    turns = make_turns(settings, app, heartbeat, make_historical_scope(settings))
    rules = make_backfill_rules(settings, is_foreground=is_foreground)
    request = None if is_foreground else make_job_request(settings)
    return Backfill(app.database, turns, heartbeat, rules, request)


def make_reconciliation(settings: Settings, app: Application) -> Reconciliation:
    turns = make_turns(settings, app, app.heartbeat, make_scope(settings))
    return Reconciliation(app.database, turns, app.row_lock, make_sweep_rules(settings))


def make_turns(settings: Settings, app: Application, heartbeat: Heartbeat, scope: Scope) -> Turns:
    """Turns that are counted with this heartbeat. Raises what keeps it from reading the queue's attributes."""
    app.outbound = app.outbound or make_outbound(settings, app)
    rules = make_rules(settings)
    delivery = Delivery(
        app.persistence,
        app.outbound,
        heartbeat,
        breaker=app.breaker,
        progress=app.progress,
        rules=rules,
        limits=make_limits(settings),
        stop=app.stop,
    )
    return Turns(delivery, app.breaker, rules, scope, app.repeats)


def make_outbound(settings: Settings, app: Application) -> Outbound:
    cdc = settings.cdc
    return Outbound(
        app.clients["outbound"],
        app.startup.ensure_queue(settings.sqs.outbound_queue_url),
        max_concurrent_calls=cdc.max_concurrent_calls,
        retry=RetryTimes(cdc.retry_initial_seconds, cdc.retry_max_seconds),
        stop=app.stop,
        overflow=make_overflow(settings),
        receives=lambda: app.results.inbound.answers,
        complaints=Complaints(app.repeats, app.report),
    )


def make_results(settings: Settings, app: Application) -> Results:
    limits = make_result_limits(settings)
    inbound = Inbound(
        app.clients["results"],
        settings.sqs.results_queue_url,
        visibility_seconds=limits.visibility_seconds,
    )
    return Results(
        app.database,
        Recorder(
            app.persistence,
            max_attempts=settings.cdc.max_attempts,
            keeps_bodies=settings.keep_failed_messages,
        ),
        inbound,
        make_intake(settings, app),
        progress=app.progress,
        reports=AnswerReports(app.progress, app.repeats),
        limits=limits,
        stop=app.stop,
    )


def make_intake(settings: Settings, app: Application) -> Intake:
    """How messages are read, by the service and by a replay."""
    fetch = StoredBodies(app.clients["results"], settings.sqs.s3_overflow_bucket).fetch
    return Intake(fetch, app.startup.is_shared, batch_bytes=settings.cdc.max_batch_bytes)
