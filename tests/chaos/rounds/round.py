"""One round: everything is set up, recorded, disturbed, left alone until it comes to rest, and judged."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path

import oracledb

from standins.oracle import DBA, DBA_PASSWORD, PASSWORD, SERVICE, USER
from standins.queues import Queue
from standins.queueserver import Queues, serve_queues
from tests.chaos.actors.interference import Interference
from tests.chaos.actors.mlservice import ML, MlService
from tests.chaos.actors.recorder import Recorder
from tests.chaos.actors.repairs import move_oldest_row, purge_oldest_row, was_swept_since
from tests.chaos.harness.copies import Copies
from tests.chaos.harness.database import Database
from tests.chaos.harness.processes import Processes
from tests.chaos.judge.checker import check
from tests.chaos.judge.history import History, Rules, Trouble
from tests.chaos.plans.plan import LEASE_SECONDS, Act, Plan
from tests.chaos.plans.shared import healthy_calls
from tests.chaos.witnesses.audit import Auditor
from tests.chaos.witnesses.reading import (
    read_complaints,
    read_coverage,
    read_failures,
    read_leases,
    read_ledger,
    read_rejections,
    read_rows,
    read_sent,
    read_summaries,
    read_traces,
)
from tests.chaos.witnesses.resting import count_unfinished, count_versions

LOOK_SECONDS = 0.15
LOOKS_AT_REST = 3
SECONDS_BETWEEN_HEALTHY_CALLS = 1.0
HOUR_SECONDS = 3600.0

#: Quick enough that a lease can end within a round.
SETTINGS = {
    "CDC_NORMAL_POLL_INTERVAL_SECONDS": "0.1",
    "CDC_LEASE_SECONDS": str(LEASE_SECONDS),
    "CDC_RESULTS_WAIT_SECONDS": "0",
    "CDC_RESULTS_VISIBILITY_SECONDS": "2",
    "CDC_RETRY_INITIAL_SECONDS": "0.05",
    "CDC_RETRY_MAX_SECONDS": "0.3",
    "CDC_BREAKER_PROBE_SECONDS": "0.3",
    "CDC_MAX_ATTEMPTS": "50",
    "SQS_CONNECT_TIMEOUT_SECONDS": "0.3",
    "SQS_READ_TIMEOUT_SECONDS": "1.0",
    "ORACLE_CALL_TIMEOUT_SECONDS": "1.0",
    "ORACLE_CONNECT_TIMEOUT_SECONDS": "1.0",
    "ORACLE_POOL_WAIT_SECONDS": "2.0",
}


@dataclass(frozen=True)
class Outcome:
    """A round's result. figures: what there was of each thing."""

    violations: tuple[str, ...]
    seconds: float
    figures: dict[str, int]


class Round:
    """The parts of a round while it runs."""

    def __init__(
        self, plan: Plan, directory: Path, tree: Path, template: Path, stack: ExitStack
    ) -> None:
        self.plan = plan
        self.directory = directory
        self.queues: Queues = stack.enter_context(serve_queues())
        ending = ".fifo" if plan.fifo else ""
        self.outbound: Queue = self.queues.create(f"outbound{ending}")
        self.results: Queue = (
            self.outbound if plan.is_shared else self.queues.create(f"results{ending}")
        )
        self.interference = Interference(plan)
        self.queues.treat = self.interference.treat
        self.copies = Copies(
            directory,
            {},
            plan.orders,
            freeze_seconds=plan.freeze_seconds,
            restart_seconds=plan.restart_seconds,
        )
        self.processes = Processes(tree, self.copies.listen)
        stack.callback(self.processes.close)
        self.database = Database(self.processes, directory, template)
        if plan.sessions:
            self.database.limit_sessions(plan.sessions)
        self.copies.environment = self.environment()
        self.copies.processes = self.processes
        self.auditor = Auditor(
            directory / "audit",
            self.database.dsn,
            overlap_seconds=plan.overlap_minutes * 60,
            pause_seconds=plan.audit_pause_seconds,
        )
        stack.callback(self.auditor.close)
        self.ml = MlService(self.queues, self.outbound, self.results, plan)
        stack.callback(self.ml.stop.set)
        self.troubles: list[Trouble] = []
        self.complaints: list[str] = []
        self.recorder: Recorder | None = None
        #: When the last row was moved in time, by the database's clock.
        self.edited_at: datetime | None = None
        self.holder: oracledb.Connection | None = None

    def environment(self) -> dict[str, str]:
        return {
            "TZ": self.plan.time_zone,
            "ORACLE_USER": USER,
            "ORACLE_PASSWORD": PASSWORD,
            "ORACLE_HOST": "127.0.0.1",
            "ORACLE_PORT": str(self.database.port),
            "ORACLE_SERVICE_NAME": SERVICE,
            "AWS_REGION": "eu-west-1",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_ENDPOINT_URL": self.queues.url,
            **self.queue_urls(),
            **SETTINGS,
            **self.plan.settings,
        }

    def queue_urls(self) -> dict[str, str]:
        outbound, results = (
            self.queues.url_of(queue.name) for queue in (self.outbound, self.results)
        )
        if self.plan.is_shared:
            other_name = results.replace("127.0.0.1", "localhost")
            urls = {"SQS_OUTBOUND_QUEUE_URL": outbound, "SQS_RESULTS_QUEUE_URL": other_name}
            return urls if self.plan.is_renamed else {"SQS_QUEUE_URL": outbound}
        return {"SQS_OUTBOUND_QUEUE_URL": outbound, "SQS_RESULTS_QUEUE_URL": results}

    def run(self) -> History:
        """Recording and trouble, then rest."""
        started_at = time.monotonic()
        recorder = self.recorder = Recorder(self.database.dsn, self.plan.deposits, started_at)
        recorder.record_history()
        self.ml.thread.start()
        for copy in self.plan.copies:
            self.copies.start(copy)
        recorder.start()
        acting = threading.Thread(target=self.act, args=(started_at,), daemon=True)
        acting.start()
        recorder.join()
        acting.join()
        self.end_trouble(started_at)
        self.await_rest(recorder)
        self.copies.end()
        self.ml.stop.set()
        return self.collect(recorder)

    def act(self, started_at: float) -> None:
        down = self.plan.down
        for act in self.plan.acts:
            time.sleep(max(0.0, started_at + act.at - time.monotonic()))
            self.copies.is_down = bool(down and down[0] <= act.at < down[1])
            self.carry_out(act)
        if down:
            time.sleep(max(0.0, started_at + down[1] - time.monotonic()))
            self.copies.resume()

    def carry_out(self, act: Act) -> None:
        deeds: dict[str, Callable[[Act], None]] = {
            "oracle": lambda act: self.database.set_fault(act.text),
            "clock": lambda act: self.database.move_clock(act.seconds),
            "restart": lambda act: self.database.set_fault(f"restart {act.seconds:g}"),
            "crash": lambda act: self.database.crash(act.seconds),
            "kill": lambda act: self.copies.kill(act.copy),
            "stop": lambda act: self.copies.stop(act.copy),
            "freeze": lambda act: self.copies.freeze(act.copy),
            "direction": lambda act: self.interference.close_direction(act.text),
            "edit": lambda act: self.edit(act.text),
            "purge": lambda act: purge_oldest_row(self.database.dba, act.text),
            "hold": lambda act: self.hold(act.text),
        }
        began_at = time.time()
        deeds[act.what](act)
        if act.what == "clock":
            self.troubles.append(Trouble("clock", began_at, time.time()))
        elif act.what in ("restart", "crash"):
            self.troubles.append(Trouble("outage", began_at, time.time() + act.seconds))
        elif act.what == "oracle":
            if act.text.startswith("clear"):
                self.end_faults()
            self.troubles.append(Trouble("outage", began_at, math.inf))

    def edit(self, call_id: str) -> None:
        """Move a row of a call in time; whoever counts rows sees nothing of it."""
        assert self.recorder is not None
        at = time.time()
        for key in move_oldest_row(self.database.dba, call_id):
            with self.recorder.lock:
                self.recorder.committed_at[key] = at
        self.edited_at = self.database.dba.utc_now()

    def hold(self, call_id: str) -> None:
        """Let an open transaction have the row of a call in the ledger."""
        self.holder = oracledb.connect(user=DBA, password=DBA_PASSWORD, dsn=self.database.dsn)
        self.holder.cursor().execute(
            f"INSERT INTO {USER}.CDC_PROCESSED_CALLS (CALL_ID) VALUES (:1)", [call_id]
        )

    def has_swept(self) -> bool:
        """Whether a reconciliation has seen what was edited."""
        return self.edited_at is None or was_swept_since(self.database.dba, self.edited_at)

    def end_faults(self) -> None:
        """What was in force until now is over."""
        self.troubles = [
            replace(t, end=time.time()) if t.end == math.inf else t for t in self.troubles
        ]

    def end_trouble(self, started_at: float) -> None:
        """The end of all faults; what is ordered and has not happened yet may still happen."""
        time.sleep(max(0.0, started_at + self.plan.trouble_seconds - time.monotonic()))
        self.interference.end()
        self.database.set_fault("clear")
        if self.holder is not None:
            self.holder.rollback()
            self.holder.close()
        self.end_faults()

    def await_rest(self, recorder: Recorder) -> None:
        """Until nothing is left to do and nothing stirs any more."""
        healthy = healthy_calls() if self.plan.has_poison else iter(())
        talked_at = time.monotonic()
        deadline = time.monotonic() + self.plan.rest_seconds
        moved_at = time.monotonic() + self.plan.rest_seconds / 2
        seen, looks = -1, 0
        while looks < LOOKS_AT_REST:
            if time.monotonic() > moved_at and self.has_moved_clock():
                moved_at = math.inf
                self.carry_out(Act(0.0, "clock", seconds=HOUR_SECONDS))
            if time.monotonic() > deadline:
                self.processes.dump_stacks()
                self.complaints.append(f"no rest within {self.plan.rest_seconds:.0f} s")
                return
            time.sleep(LOOK_SECONDS)
            unfinished = self.count_unfinished()
            if unfinished and time.monotonic() - talked_at > SECONDS_BETWEEN_HEALTHY_CALLS:
                recorder.work(list(islice(healthy, 1)))
                talked_at = time.monotonic()
            stirring = count_versions(self.database.dba)
            # Who is frozen may hold a message in his hands that he sends when he wakes.
            left = (
                unfinished
                or self.outbound.messages
                or self.results.messages
                or self.copies.frozen_at
                or not self.has_swept()
            )
            is_quiet = self.ml.is_idle and not left
            looks = looks + 1 if is_quiet and stirring == seen else 0
            seen = stirring

    def has_moved_clock(self) -> bool:
        """A row that was stamped by the new clock and seen by a search of the old one is ahead of its time, and waits
        until that has come: then the rest takes a while of the database's time, which is made to pass."""
        return any(act.what == "clock" for act in self.plan.acts)

    def count_unfinished(self) -> int:
        return count_unfinished(
            self.database.dba, self.coverage_start(), self.plan.unreadable_calls
        )

    def coverage_start(self) -> datetime:
        """From when on the service must account for everything: with the historical mode since ever."""
        is_historical = "CDC_HISTORICAL_MODE_ENABLED" in self.plan.settings
        return datetime(2000, 1, 1) if is_historical else read_coverage(self.database.dba)

    def unread(self) -> list[str]:
        """Conversations that left the queue, and not to the ML service."""
        taken = {a.message.message_id for a in self.queues.accepted if a.sender != ML and a.is_new}
        return sorted(taken - self.ml.received - self.outbound.messages.keys())

    def collect(self, recorder: Recorder) -> History:
        dba, plan = self.database.dba, self.plan
        return History(
            rules=Rules(
                lease_seconds=LEASE_SECONDS,
                settle_seconds=plan.settle_seconds,
                quiet_until_sent=plan.is_undisturbed,
                refused_calls=frozenset(
                    (*plan.refused_calls, *plan.poison.calls, *self.interference.refused_alone)
                ),
                unreadable_calls=frozenset(plan.unreadable_calls),
                purged_calls=frozenset(plan.purged_calls),
                is_fifo=plan.fifo,
                leases_hold=plan.kind == "stalled",
                goes_on=plan.kind == "endless",
            ),
            coverage_start=self.coverage_start(),
            rows=read_rows(dba, recorder.committed_at, plan.unreadable_calls),
            sent=read_sent(
                [a for a in self.queues.accepted if a.sender != ML], read_traces(self.directory)
            ),
            replies=tuple(self.ml.replies),
            troubles=(*self.troubles, *self.copies.troubles),
            audits=tuple(self.auditor.audits),
            ledger=read_ledger(dba),
            summaries=read_summaries(dba),
            failures=read_failures(dba),
            leases=read_leases(self.directory),
            rejections=read_rejections(dba),
            results_left=len(self.results.messages),
            complaints=(
                *(
                    f"conversation {message} was deleted by somebody else"
                    for message in self.unread()
                ),
                *self.complaints,
                *recorder.errors,
                *self.copies.complaints,
                *read_complaints(self.directory),
            ),
        )


def run_round(plan: Plan, directory: Path, tree: Path, template: Path) -> Outcome:
    """Run and judge a round; its directory holds plan, logs, traces and history afterwards."""
    began_at = time.monotonic()
    directory.mkdir(parents=True)
    (directory / "plan.txt").write_text(repr(plan), encoding="utf-8")
    with ExitStack() as stack:
        history = Round(plan, directory, tree, template, stack).run()
    violations = check(history)
    (directory / "history.txt").write_text(repr(history), encoding="utf-8")
    (directory / "violations.txt").write_text("\n".join(violations), encoding="utf-8")
    return Outcome(tuple(violations), time.monotonic() - began_at, figures(history))


def figures(history: History) -> dict[str, int]:
    return {
        "calls": len({row.call_id for row in history.rows}),
        "rows": len(history.rows),
        "sent": len(history.sent),
        "again": len(history.sent) - len({(sent.call_id, sent.body) for sent in history.sent}),
        "replies": len(history.replies),
        "kills": sum(trouble.kind == "kill" for trouble in history.troubles),
        "freezes": sum(trouble.kind == "freeze" for trouble in history.troubles),
        "audits": len(history.audits),
    }
