"""A service as a process with stand-ins of its own around it, and an ML service that answers at
once."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import oracledb

from awslite.treatment import Request
from standins.queues import Queue
from standins.queueserver import Queues, serve_queues
from standins.queuetreatment import PLAIN, Treatment
from tests.acceptance.process import running, wait_for
from tests.chaos.actors.interference import FINAL_CODE, called, calls_in
from tests.world import SOURCE, USER, World, serve_world

#: The pauses that a conversation's way is made of: long enough that a busy machine adds little to
#: them.
PAUSES = {
    "CDC_SETTLE_SECONDS": "0.5",
    "CDC_NORMAL_POLL_INTERVAL_SECONDS": "0.5",
    "CDC_RESULTS_WAIT_SECONDS": "1",
    "CDC_RETRY_MAX_SECONDS": "0.5",
    "CDC_MAX_ATTEMPTS": "4",
    "CDC_LEASE_SECONDS": "10",
    "CDC_RESULTS_VISIBILITY_SECONDS": "5",
    "CDC_RECONCILE_INTERVAL_MINUTES": "0.05",
    "SQS_READ_TIMEOUT_SECONDS": "2",
    "SQS_CONNECT_TIMEOUT_SECONDS": "2",
    "ORACLE_CALL_TIMEOUT_SECONDS": "2",
}
SECONDS_BETWEEN_CALLS = 0.4
CALLS = tuple(str(number) for number in range(1, 17))
FIRST_CALL = "1000"


@dataclass
class Site:
    """One service's surroundings.

    Parameters:
        treatments: by call, what its messages meet on their way to SQS.
        refused_entries: calls that SQS refuses one by one.
        locks: of a DBA.
    """

    world: World
    queues: Queues
    outbound: Queue
    results: Queue
    treatments: dict[str, Treatment] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    refused_entries: set[str] = field(default_factory=set)
    locks: list[oracledb.Connection] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)

    def treat(self, request: Request) -> Treatment:
        if not request.action.startswith("SendMessage"):
            return PLAIN
        met = [
            self.treatments[call_id]
            for call_id in sorted(calls_in(request))
            if call_id in self.treatments
        ]
        return met[0] if met else Treatment(failed_entries=self.failed_entries(request))

    def failed_entries(self, request: Request) -> dict[str, str]:
        entries = request.document.get("Entries", [])
        return {
            e["Id"]: FINAL_CODE
            for e in entries
            if called(e["MessageAttributes"]) in self.refused_entries
        }

    def put_answer(self, body: str) -> str:
        """Put a message into the results queue, and return its id."""
        entry = {"MessageBody": body, "MessageAttributes": {}}
        with self.results.changed:
            request = Request("AmazonSQS", "SendMessage", {}, "ml", "", "", time.time())
            return self.queues.take(self.results, entry, request).message_id

    def answer_all(self) -> None:
        while not self.is_over.is_set():
            for message in self.take_conversations():
                call_id = str(json.loads(message)["callId"])
                self.put_answer(self.answers.get(call_id) or an_answer(call_id))
            self.is_over.wait(0.03)

    def take_conversations(self) -> list[str]:
        with self.outbound.changed:
            received = self.outbound.receive(self.outbound.visible(1000), 60.0)
            for _, receipt in received:
                self.outbound.delete(receipt)
        return [message.body for message, _ in received]

    def lock(self, sql: str) -> None:
        """Begin a DBA's transaction that stays open until release."""
        connection = self.world.connect()
        connection.cursor().execute(sql)
        self.locks.append(connection)

    def release(self) -> None:
        for connection in self.locks:
            connection.rollback()

    def state(self, call_id: str) -> str | None:
        return self.world.states().get(call_id)

    def failures(self, direction: str) -> dict[str, str]:
        """Return the reasons of what was set aside, by call or, for answers, by message."""
        key = "CALL_ID" if direction == "OUTBOUND" else "SQS_MESSAGE_ID"
        sql = (
            f"SELECT {key}, ERROR_MESSAGE FROM {USER}.SQS_PERMANENT_FAILURES "
            f"WHERE DIRECTION = '{direction}'"
        )
        return dict(self.world.rows(sql))

    def delays(self) -> list[float]:
        """Return the seconds from what was said last in each call to its summary.

        The database's clock counts.
        """
        sql = (
            f"SELECT d.CALL_ID, d.PROCESSED_AT, MAX(s.TEXT_TIME) FROM {USER}.DICTA_CALL_SUMMARY d "
            f"JOIN {SOURCE} s ON TO_CHAR(s.CALL_ID) = d.CALL_ID GROUP BY d.CALL_ID, d.PROCESSED_AT"
        )
        times = {
            call_id: (done - said).total_seconds() for call_id, done, said in self.world.rows(sql)
        }
        return [times[call_id] for call_id in CALLS]

    def summarized(self, call_ids: Sequence[str]) -> bool:
        states = self.world.states()
        return all(states.get(call_id) == "SUMMARIZED" for call_id in call_ids)


def an_answer(call_id: str, **fields: Any) -> str:
    return json.dumps(
        {
            "type": "ML_PROCESSING_RESULT",
            "callId": call_id,
            "summary": f"summary of {call_id}",
            **fields,
        }
    )


@contextmanager
def site() -> Iterator[Site]:
    """Stand-ins without a service yet."""
    with serve_queues() as queues, serve_world(queues.url) as world:
        outbound, results = (
            queues.find(url.rpartition("/")[2]) for url in (world.outbound_url, world.results_url)
        )
        made = Site(world, queues, outbound, results)
        queues.treat = made.treat
        answering = threading.Thread(target=made.answer_all, daemon=True)
        answering.start()
        try:
            yield made
        finally:
            made.is_over.set()
            answering.join()
            made.release()


@contextmanager
def serving(sites: Sequence[Site], directory: Path) -> Iterator[None]:
    """Run a service on each ground, once each of them has had a call summarized."""
    with ExitStack() as stack:
        for number, made in enumerate(sites):
            made.world.record(FIRST_CALL, ("C", "hello"), ("A", "hello"), ago_seconds=2.0)
            stack.enter_context(
                running(made.world.environment(str(directory / f"logs-{number}"), **PAUSES))
            )
        for made in sites:
            wait_for("the first call", is_done(made, [FIRST_CALL]))
        yield


def is_done(made: Site, call_ids: Sequence[str]) -> Callable[[], bool]:
    return lambda: made.summarized(call_ids)


def talk(sites: Sequence[Site]) -> None:
    """Record the same calls on each ground, at the same moments, until all have their summaries."""
    for call_id in CALLS:
        for made in sites:
            made.world.record(call_id, ("C", "hello"), ("A", "hello"), ago_seconds=0.0)
        time.sleep(SECONDS_BETWEEN_CALLS)
    for made in sites:
        wait_for("all calls", is_done(made, CALLS))


def middle(made: Site) -> float:
    return median(made.delays())
