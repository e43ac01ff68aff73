"""What goes wrong between the service and SQS, request by request, drawn from a seed."""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping

from tests.chaos.plan import Plan, QueueFaults
from tests.chaos.treatment import PLAIN, Request, Treatment

THROTTLES = ((400, "ThrottlingException"), (400, "RequestThrottled"), (403, "KMS.ThrottlingException"))
BREAKDOWNS = ((500, "InternalFailure"), (503, "ServiceUnavailable"), (500, "InternalError"))
PASSING_CODES = ("InternalError", "RequestThrottled", "ServiceUnavailable", "KMS.InternalFailureException")
FINAL_CODE = "InvalidMessageContents"
#: Longer than the service waits for an answer.
SLOW_SECONDS = 1.3


class Interference:
    """The treatment of each request until `end`; messages of refused calls are refused for good, always."""

    def __init__(self, plan: Plan) -> None:
        self.faults = plan.queue_faults
        self.refused_calls = frozenset(plan.refused_calls)
        self.is_fifo = plan.fifo
        self.rng = random.Random(f"sqs {plan.seed}")
        self.lock = threading.Lock()

    def end(self) -> None:
        self.faults = QueueFaults()

    def treat(self, request: Request) -> Treatment:
        with self.lock:
            return self.choose(request)

    def choose(self, request: Request) -> Treatment:
        faults, refused = self.faults, self.refused_entries(request)
        if faults == QueueFaults():
            return Treatment(failed_entries=refused) if refused else PLAIN
        if self.happens(faults.throttle):
            return Treatment(refusal=self.rng.choice(THROTTLES))
        if self.happens(faults.broken):
            answer = self.rng.choice(BREAKDOWNS)
            return Treatment(refusal=answer) if self.happens(0.5) else Treatment(refusal_after=answer)
        return Treatment(
            cut_before=self.happens(faults.cut_before),
            cut_after=self.happens(faults.cut_after),
            delay_seconds=SLOW_SECONDS if self.happens(faults.slow) else 0.0,
            failed_entries=self.failed_entries(request) | refused,
            deliver_twice=not self.is_fifo and self.happens(faults.twice),
            shuffle=self.rng.shuffle if faults.shuffle and not self.is_fifo else None,
        )

    def failed_entries(self, request: Request) -> dict[str, str]:
        entries = request.document.get("Entries", [])
        return {
            entry["Id"]: self.rng.choice(PASSING_CODES) for entry in entries if self.happens(self.faults.failed_entry)
        }

    def refused_entries(self, request: Request) -> dict[str, str]:
        if request.action != "SendMessageBatch":
            return {}
        return {
            entry["Id"]: FINAL_CODE
            for entry in request.document["Entries"]
            if called(entry["MessageAttributes"]) in self.refused_calls
        }

    def happens(self, chance: float) -> bool:
        return self.rng.random() < chance


def called(attributes: Mapping[str, Mapping[str, str]]) -> str:
    return attributes.get("callId", {}).get("StringValue", "")
