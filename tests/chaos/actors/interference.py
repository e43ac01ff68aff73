"""What goes wrong between the service and SQS, request by request, drawn from a seed."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from awslite.treatment import Request
from standins.queuetreatment import PLAIN, Treatment
from tests.chaos.plans.plan import Plan, QueueFaults

THROTTLES = (
    (400, "ThrottlingException"),
    (400, "RequestThrottled"),
    (403, "KMS.ThrottlingException"),
)
BREAKDOWNS = ((500, "InternalFailure"), (503, "ServiceUnavailable"), (500, "InternalError"))
PASSING_CODES = (
    "InternalError",
    "RequestThrottled",
    "ServiceUnavailable",
    "KMS.InternalFailureException",
)
FINAL_CODE = "InvalidMessageContents"
#: Longer than the service waits for an answer.
SLOW_SECONDS = 1.3
NEVER = Treatment(delay_seconds=SLOW_SECONDS, cut_before=True)
#: How something between the service and SQS meets what it does not like.
WAYS = {
    "400": Treatment(refusal=(400, "InvalidParameterValue")),
    "403": Treatment(refusal=(403, "AccessDenied")),
    "403 page": Treatment(page=403),
    "413 page": Treatment(page=413),
    "500": Treatment(refusal=(500, "InternalFailure")),
    "502 page": Treatment(page=502),
    "never": NEVER,
    "cut": Treatment(cut_before=True),
    "accepted, then cut": Treatment(cut_after=True),
    "accepted, then 500": Treatment(refusal_after=(500, "InternalError")),
    "accepted, then 502 page": Treatment(page_after=502),
    "accepted, half an answer": Treatment(half_after="cut"),
    "accepted, half the JSON": Treatment(half_after="whole"),
}


class Interference:
    """The treatment of each request until `end`.

    Messages of refused and poisoned calls are met their way always.

    Parameters:
        refused_alone: whose messages were too long by themselves.
        direction: the beginning of the actions that are met in one way now.
    """

    def __init__(self, plan: Plan) -> None:
        self.faults = plan.queue_faults
        self.refused_calls = frozenset(plan.refused_calls)
        self.poison = plan.poison
        self.refused_alone: set[str] = set()
        self.direction: tuple[str, Treatment] | None = None
        self.is_fifo = plan.fifo
        self.rng = random.Random(f"sqs {plan.seed}")
        self.lock = threading.Lock()

    def end(self) -> None:
        self.faults = QueueFaults()
        self.direction = None

    def close_direction(self, text: str) -> None:
        """Close a direction from now on, as in "SendMessage 403 AccessDenied"."""
        action, _, met = text.partition(" ")
        status, _, code = met.partition(" ")
        treatment = WAYS.get(met) or Treatment(refusal=(int(status), code))
        with self.lock:
            self.direction = (action, treatment)

    @contextmanager
    def closed(self, text: str) -> Iterator[None]:
        """Close a direction until the block ends."""
        self.close_direction(text)
        try:
            yield
        finally:
            self.direction = None

    def treat(self, request: Request) -> Treatment:
        with self.lock:
            return self.choose(request)

    def choose(self, request: Request) -> Treatment:
        if self.direction and request.action.startswith(self.direction[0]):
            return self.direction[1]
        if self.is_poisoned(request):
            return WAYS[self.poison.way]
        faults, refused = self.faults, self.refused_entries(request)
        if faults == QueueFaults():
            if refused:
                return Treatment(failed_entries=refused)
            return PLAIN
        if self.happens(faults.throttle):
            return Treatment(refusal=self.rng.choice(THROTTLES))
        if self.happens(faults.broken):
            answer = self.rng.choice(BREAKDOWNS)
            if self.happens(0.5):
                return Treatment(refusal=answer)
            return Treatment(refusal_after=answer)
        return Treatment(
            cut_before=self.happens(faults.cut_before),
            cut_after=self.happens(faults.cut_after),
            delay_seconds=SLOW_SECONDS if self.happens(faults.slow) else 0.0,
            failed_entries=self.failed_entries(request) | refused,
            deliver_twice=not self.is_fifo and self.happens(faults.twice),
            shuffle=self.rng.shuffle if faults.shuffle and not self.is_fifo else None,
        )

    def is_poisoned(self, request: Request) -> bool:
        if not (self.poison.way and request.action.startswith("SendMessage")):
            return False
        call_ids = calls_in(request)
        if self.poison.largest_bytes and request.size_bytes > self.poison.largest_bytes:
            if len(call_ids) == 1:
                self.refused_alone.update(call_ids)
            return True
        return not call_ids.isdisjoint(self.poison.calls)

    def failed_entries(self, request: Request) -> dict[str, str]:
        entries = request.document.get("Entries", [])
        failed: dict[str, str] = {}
        for entry in entries:
            if self.happens(self.faults.failed_entry):
                failed[entry["Id"]] = self.rng.choice(PASSING_CODES)
        return failed

    def refused_entries(self, request: Request) -> dict[str, str]:
        if request.action != "SendMessageBatch":
            return {}
        refused: dict[str, str] = {}
        for entry in request.document["Entries"]:
            if called(entry["MessageAttributes"]) in self.refused_calls:
                refused[entry["Id"]] = FINAL_CODE
        return refused

    def happens(self, chance: float) -> bool:
        return self.rng.random() < chance


def calls_in(request: Request) -> set[str]:
    entries = request.document.get("Entries", [request.document])
    return {called(entry.get("MessageAttributes", {})) for entry in entries}


def called(attributes: Mapping[str, Mapping[str, str]]) -> str:
    return attributes.get("callId", {}).get("StringValue", "")
