"""How AWS meets each request of a round: as its weather and its outages say."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from awslite.treatment import Request, Treatment
from standins.queuetreatment import Treatment as QueueTreatment
from tests.chaos.changes.judge.checkpoints import PERSON
from tests.chaos.changes.plan import POISON, READ_SECONDS, Weather
from tests.chaos.judge.history import Trouble

#: The beginning of a request's target -> what acts call the service.
SERVICES = {"Kinesis": "kinesis", "AWSEvents": "events", "DynamoDB": "dynamodb"}
#: What is answered where the same request may be accepted a moment later.
REFUSALS: Mapping[str, tuple[tuple[int, str], ...]] = {
    "kinesis": (
        (400, "ProvisionedThroughputExceededException"),
        (500, "InternalFailure"),
        (400, "LimitExceededException"),
    ),
    "events": ((400, "ThrottlingException"), (500, "InternalException"), (503, "Unavailable")),
    "dynamodb": (
        (400, "ProvisionedThroughputExceededException"),
        (500, "InternalServerError"),
        (400, "ThrottlingException"),
    ),
    "queue": ((400, "RequestThrottled"), (500, "InternalError"), (503, "ServiceUnavailable")),
}
ENTRY_CODES = {
    "PutRecords": ("ProvisionedThroughputExceededException", "InternalFailure"),
    "PutEvents": ("ThrottlingException", "InternalFailure"),
}
BATCHES = {"PutRecords": "Records", "PutEvents": "Entries"}
#: Longer than an answer is waited for.
SLOW_SECONDS = READ_SECONDS + 0.3
#: What is answered where whoever asks may not do that, as far as AWS knows at the moment.
DENIALS = ((400, "AccessDeniedException"), (400, "ExpiredTokenException"))
#: Ways in which a service can be down.
HOWS = ("refuse", "cut", "lost", "page", "half", "slow", "deny")


class Skies:
    """Treats requests of copies of the service. Those of persons nothing happens to.

    Parameters:
        troubles: what can make who asked ask again, as it happened.
    """

    def __init__(self, weather: Weather, seed: int) -> None:
        self.weather = weather
        self.rng = random.Random(f"skies {seed}")
        self.lock = threading.Lock()
        self.downs: dict[str, str] = {}
        self.troubles: list[Trouble] = []
        self.is_over = False

    @contextmanager
    def down(self, service: str, how: str) -> Iterator[None]:
        """Let a service be down until the block ends."""
        self.downs[service] = how
        try:
            yield
        finally:
            self.downs.pop(service, None)

    def end(self) -> None:
        """End all faults."""
        self.is_over = True
        self.downs.clear()

    def draw(self, service: str, action: str) -> str:
        """Return what happens to a request: nothing, or one of HOWS."""
        if service in self.downs:
            return self.downs[service]
        if self.is_over:
            return ""
        weather = self.weather
        shares = {
            "refuse": weather.refused,
            "cut": weather.cut,
            "lost": weather.lost,
            "half": weather.lost / 3,
            "slow": weather.slow,
        }
        with self.lock:
            draw = self.rng.random()
        for how, share in shares.items():
            if draw < share:
                return how
            draw -= share
        return ""

    def note(self, action: str, how: str) -> None:
        """Note that an answer is lost."""
        now = time.time()
        end = now
        if how == "slow":
            end = now + SLOW_SECONDS
        if how in ("lost", "half", "slow"):
            self.troubles.append(Trouble(f"lost {action}", now, end))
        elif how == "deny":
            # Whether that is one event's own fault is found out by others, sent once more.
            self.troubles.append(Trouble(f"denied {action}", now, now))

    def treat(self, request: Request) -> Treatment:
        """Return what is done to a request to the cloud."""
        marked = {POISON: "MalformedDetail"}
        service = SERVICES.get(request.target.partition("_")[0], "")
        if not service or request.sender == PERSON:
            return Treatment(marked_entries=marked)
        how = self.draw(service, request.action)
        self.note(request.action, how)
        refusal = self.draw_refusal(service, how)
        with self.lock:
            failed = self.fail_entries(request)
            delay_seconds = self.draw_delay(request)
        return Treatment(
            refusal=refusal,
            page=503 if how == "page" else None,
            cut_before=how == "cut",
            cut_after=how == "lost",
            half_after="whole" if how == "half" else "",
            delay_seconds=delay_seconds,
            delay_after_seconds=SLOW_SECONDS if how == "slow" else 0.0,
            failed_entries=failed,
            marked_entries=marked,
        )

    def draw_refusal(self, service: str, how: str) -> tuple[int, str] | None:
        """Draw status and code of a refusal, where there is to be one."""
        allowed = {"refuse": REFUSALS[service], "deny": DENIALS}.get(how)
        if allowed is None:
            return None
        with self.lock:
            return self.rng.choice(allowed)

    def draw_delay(self, request: Request) -> float:
        """Draw how long a batch takes beside what it takes anyhow."""
        if self.is_over or request.action not in BATCHES:
            return 0.0
        return self.rng.uniform(0, self.weather.delay_seconds)

    def fail_entries(self, request: Request) -> Mapping[int, str]:
        """Draw which entries of a batch fail by themselves."""
        codes = ENTRY_CODES.get(request.action)
        failed: dict[int, str] = {}
        if codes is None or self.is_over or not self.weather.entries:
            return failed
        for position in range(len(request.document.get(BATCHES[request.action], ()))):
            if self.rng.random() < self.weather.entries:
                failed[position] = self.rng.choice(codes)
        return failed

    def treat_queue(self, request: Request) -> QueueTreatment:
        """Return what is done to a request to the queues."""
        if request.sender == PERSON:
            return QueueTreatment()
        how = self.draw("queue", request.action)
        self.note(request.action, how)
        return QueueTreatment(
            refusal=self.draw_refusal("queue", how),
            page=503 if how == "page" else None,
            cut_before=how == "cut",
            cut_after=how in ("lost", "slow"),
            half_after="whole" if how == "half" else "",
        )
