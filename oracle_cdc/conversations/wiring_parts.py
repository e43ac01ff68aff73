"""From settings to what the legs, the chores and the commands share."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from time import monotonic

from oracle_cdc.aws.session import AwsSession, RequestLimits
from oracle_cdc.aws.sqs.client import SqsClient
from oracle_cdc.aws.sqs.complaints import Complaints
from oracle_cdc.aws.sqs.inbound import Inbound
from oracle_cdc.aws.sqs.outbound import Outbound
from oracle_cdc.aws.sqs.overflow import StoredBodies
from oracle_cdc.aws.sqs.requests import RetryTimes
from oracle_cdc.conversations.counters import DIRECTIONS, RECONCILED
from oracle_cdc.conversations.error_log import write_failure
from oracle_cdc.conversations.inbound.answer_reports import AnswerReports
from oracle_cdc.conversations.inbound.cycle import Results
from oracle_cdc.conversations.inbound.recording import Recorder
from oracle_cdc.conversations.inbound.sorting import Intake
from oracle_cdc.conversations.outbound.lanes import SESSIONS
from oracle_cdc.conversations.readiness_reasons import ReconciliationCheck, make_requirements
from oracle_cdc.conversations.settings import Settings
from oracle_cdc.conversations.startup import Startup
from oracle_cdc.conversations.statements import render
from oracle_cdc.conversations.tables.heartbeat import Heartbeat
from oracle_cdc.conversations.tables.modes import NORMAL_MODE
from oracle_cdc.conversations.tables.row_lock import RowLock
from oracle_cdc.conversations.wiring_values import (
    make_marker,
    make_overflow,
    make_result_limits,
    make_result_marker,
    make_sweep_limit,
)
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.login import password_of, share
from oracle_cdc.oracle.persistence import Persistence
from oracle_cdc.running.breaker import Breaker
from oracle_cdc.running.dependencies import FORGOTTEN, Calling, Dependency, unwatched
from oracle_cdc.running.once import Once
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.repeats import RepeatLimiter
from oracle_cdc.running.retrying import Doubling
from oracle_cdc.running.secret_rotation import Secret
from oracle_cdc.running.shared_oracle import SharedOracle
from oracle_cdc.watching.readiness import Deadlines, Readiness, Requirement


@dataclass
class Parts:
    """What is shared.

    Parameters:
        reconciliation: whether it finishes, or None where none is made.
        outbound: made when first needed, because it must know its queue.
    """

    settings: Settings
    stop: threading.Event
    progress: Progress
    repeats: RepeatLimiter
    oracle: Dependency
    sqs: Mapping[str, Dependency]
    database: Database
    aws: AwsSession
    startup: Startup
    persistence: Persistence
    row_lock: RowLock
    heartbeat: Heartbeat
    breaker: Breaker
    reconciliation: ReconciliationCheck | None
    readiness: Readiness
    results: Results
    outbound: Once[Outbound]

    def close(self) -> bool:
        """Close what is open, and return False when Oracle kept it from that.

        It can be called again.
        """
        self.aws.close()
        return self.database.close()


def make_parts(settings: Settings, shared: SharedOracle | None = None) -> Parts:
    """Make what is shared, without connecting anything.

    Parameters:
        shared: what other pipelines of the process have too. None: there are none.
    """
    # What can't be redacted must be known before anything is read.
    make_marker(settings)
    shared = shared or share(settings.oracle, settings.given)
    stop, oracle = shared.stop, shared.oracle
    progress = Progress(directions=DIRECTIONS)
    shared.listeners.append(progress.moved)
    repeats = RepeatLimiter()
    sqs = {name: Dependency(name, moved=progress.moved) for name in DIRECTIONS}
    database = open_database(
        settings, sessions=SESSIONS, calling=oracle.calling, password=shared.password
    )
    aws = make_session(settings)
    clients = make_clients(settings, aws, sqs)
    startup = make_startup(settings, database, clients)
    persistence = make_persistence(settings, database, progress, stop)
    row_lock = RowLock()
    breaker = make_breaker(settings)
    reconciliation = make_reconciliation_check(settings, progress)
    requirements = make_requirements(
        oracle, sqs["outbound"], sqs["results"], breaker, lambda: startup.has_tables
    )
    readiness = make_readiness(settings, progress, requirements, reconciliation)
    results = make_results(settings, clients["results"], startup, persistence, repeats)
    outbound = Once(lambda: make_outbound(settings, clients["outbound"], startup, results, repeats))
    return Parts(
        settings=settings,
        stop=stop,
        progress=progress,
        repeats=repeats,
        oracle=oracle,
        sqs=sqs,
        database=database,
        aws=aws,
        startup=startup,
        persistence=persistence,
        row_lock=row_lock,
        heartbeat=Heartbeat(NORMAL_MODE, row_lock),
        breaker=breaker,
        reconciliation=reconciliation,
        readiness=readiness,
        results=results,
        outbound=outbound,
    )


def open_database(
    settings: Settings,
    *,
    sessions: int,
    calling: Calling = unwatched,
    password: Secret | None = None,
) -> Database:
    """Make a pool that knows the statements of conversations.

    Parameters:
        password: which others log in with too. None: nobody does.
    """
    statements = render(settings.source.qualified_name, settings.source.time_zone)
    return Database(
        settings.oracle,
        statements,
        password=password or password_of(settings.oracle, settings.given),
        sessions=sessions,
        calling=calling,
    )


def make_session(settings: Settings) -> AwsSession:
    """Make the session that all clients of AWS share, without reading or connecting anything."""
    limits = RequestLimits(
        settings.sqs.connect_timeout_seconds,
        settings.sqs.read_timeout_seconds,
        settings.cdc.max_concurrent_calls,
    )
    return AwsSession(settings.aws, limits, home_url=settings.sqs.outbound_queue_url)


def create_client(settings: Settings) -> SqsClient:
    """Make a client for a few questions, with a session of its own."""
    return SqsClient(make_session(settings), poll_seconds=settings.cdc.results_wait_seconds)


def make_clients(
    settings: Settings, aws: AwsSession, sqs: Mapping[str, Dependency]
) -> Mapping[str, SqsClient]:
    """Make a client for each direction, which its dependency watches."""
    poll_seconds = settings.cdc.results_wait_seconds
    clients = {}
    for name, dependency in sqs.items():
        clients[name] = SqsClient(aws, poll_seconds=poll_seconds, calling=dependency.calling)
    return clients


def make_startup(
    settings: Settings, database: Database, clients: Mapping[str, SqsClient]
) -> Startup:
    # One queue for both counts as the outbound one.
    by_url = {
        settings.sqs.results_queue_url: clients["results"],
        settings.sqs.outbound_queue_url: clients["outbound"],
    }
    return Startup(database, by_url, settings.sqs, settings.aws, settings.source.qualified_name)


def make_persistence(
    settings: Settings, database: Database, progress: Progress, stop: threading.Event
) -> Persistence:
    return Persistence(
        database,
        progress,
        stop,
        waits=Doubling(settings.cdc.retry_initial_seconds, settings.cdc.retry_max_seconds),
    )


def make_breaker(settings: Settings, clock: Callable[[], float] = monotonic) -> Breaker:
    cdc = settings.cdc
    # A call that waits is sent again within the longest wait: what failed before, and not since,
    # has nothing more to send.
    longest_wait = max(cdc.retry_max_seconds, cdc.breaker_probe_seconds, cdc.ready_limit_seconds)
    return Breaker(
        name="the outbound queue",
        failures=cdc.breaker_failures,
        probe_seconds=cdc.breaker_probe_seconds,
        forget_seconds=FORGOTTEN * longest_wait,
        clock=clock,
    )


def make_reconciliation_check(settings: Settings, progress: Progress) -> ReconciliationCheck | None:
    limit_seconds = make_sweep_limit(settings)
    if limit_seconds is None:
        return None
    return ReconciliationCheck(progress.age(RECONCILED), limit_seconds)


def make_readiness(
    settings: Settings,
    progress: Progress,
    requirements: Sequence[Requirement],
    reconciliation: ReconciliationCheck | None,
) -> Readiness:
    deadlines = Deadlines(settings.cdc.progress_deadline_seconds, settings.cdc.ready_limit_seconds)
    others = []
    if reconciliation is not None:
        others.append(reconciliation)
    return Readiness(progress, requirements, deadlines, others)


def make_results(
    settings: Settings,
    client: SqsClient,
    startup: Startup,
    persistence: Persistence,
    repeats: RepeatLimiter,
) -> Results:
    limits = make_result_limits(settings)
    progress = persistence.progress
    inbound = Inbound(
        client,
        settings.sqs.results_queue_url,
        visibility_seconds=limits.visibility_seconds,
    )
    recorder = Recorder(
        persistence,
        max_attempts=settings.cdc.max_attempts,
        keeps_bodies=settings.keep_failed_messages,
    )
    fetch = StoredBodies(client, settings.sqs.s3_overflow_bucket).fetch
    return Results(
        startup.database,
        recorder,
        inbound,
        Intake(
            fetch,
            startup.is_shared,
            batch_size=settings.cdc.results_batch_size,
            batch_bytes=settings.cdc.max_batch_bytes,
            marker=make_result_marker(settings),
        ),
        progress=progress,
        reports=AnswerReports(progress, repeats),
        limits=limits,
        stop=persistence.stop,
    )


def make_outbound(
    settings: Settings,
    client: SqsClient,
    startup: Startup,
    results: Results,
    repeats: RepeatLimiter,
) -> Outbound:
    """Make what sends. Raises what keeps it from reading the queue's attributes."""
    cdc = settings.cdc
    return Outbound(
        client,
        startup.ensure_queue(settings.sqs.outbound_queue_url),
        max_concurrent_calls=cdc.max_concurrent_calls,
        retry=RetryTimes(cdc.retry_initial_seconds, cdc.retry_max_seconds),
        stop=results.stop,
        overflow=make_overflow(settings),
        receives=lambda: results.inbound.answers,
        complaints=Complaints(repeats, partial(write_failure, startup.database)),
    )
