"""The ML service of a round, which answers what it received.

It does so sometimes twice, late, out of order, or with nonsense.
"""

from __future__ import annotations

import base64
import gzip
import json
import random
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

from awslite.treatment import Request
from standins.queues import Queue
from standins.queueserver import Queues
from tests.chaos.actors.envelopes import wrap
from tests.chaos.judge.history import Reply
from tests.chaos.plans.plan import Plan

NONSENSE = "no JSON at all"
HIDDEN_SECONDS = 5.0
#: An ML service that puts a date where the revision belongs.
INVENTED_REVISION = 20_250_115
#: From the answer to an invented revision to that of the real one.
AFTER_INVENTED_SECONDS = 0.1
#: Who signs its requests.
ML = "ml"


class MlService:
    """Takes conversations straight from the queue, and puts replies into the other."""

    def __init__(self, queues: Queues, outbound: Queue, results: Queue, plan: Plan) -> None:
        self.queues = queues
        self.outbound = outbound
        self.results = results
        self.plan = plan
        self.rng = random.Random(f"ml {plan.seed}")
        self.replies: list[Reply] = []
        self.received: set[str] = set()
        #: By call, the newest revision that came.
        self.newest: dict[str, int] = {}
        self.waiting: list[tuple[float, str, int | None]] = []
        self.stop = threading.Event()
        self.in_hurry = threading.Event()
        self.thread = threading.Thread(target=self.run, name="ml", daemon=True)

    @property
    def is_idle(self) -> bool:
        return not self.waiting

    def run(self) -> None:
        while not self.stop.is_set():
            self.receive()
            self.reply_what_is_due()
            self.stop.wait(0.03)

    def receive(self) -> None:
        with self.outbound.changed:
            found = [
                message for message in self.outbound.visible(1000) if "callId" in message.attributes
            ][:10]
            for message, receipt in self.outbound.receive(found, HIDDEN_SECONDS):
                body = json.loads(plain_body(message.body, message.attributes))
                self.think(str(body["callId"]), int(body["revision"]))
                self.received.add(message.message_id)
                self.outbound.delete(receipt)

    def think(self, call_id: str, revision: int) -> None:
        """Prepare a reply, maybe a second one. Late ones let those of newer revisions pass them."""
        self.newest[call_id] = max(revision, self.newest.get(call_id, 0))
        if call_id in self.plan.purged_calls:
            return
        delay = 0.0
        if self.rng.random() < self.plan.reply_late:
            delay = self.rng.uniform(0.3, 1.5)
        if self.plan.invented and self.rng.random() < self.plan.invented:
            self.reply([(call_id, INVENTED_REVISION)])
            delay += AFTER_INVENTED_SECONDS
        self.waiting.append((time.monotonic() + delay, call_id, revision))
        if self.rng.random() < self.plan.reply_twice:
            later = delay + self.rng.uniform(0, 0.5)
            self.waiting.append((time.monotonic() + later, call_id, revision))
        if self.rng.random() < self.plan.nonsense:
            self.waiting.append((time.monotonic(), call_id, None))

    def reply_what_is_due(self) -> None:
        now = time.monotonic()
        due = [reply for reply in self.waiting if reply[0] <= now or self.in_hurry.is_set()]
        self.waiting = [reply for reply in self.waiting if reply not in due]
        self.rng.shuffle(due)
        while due:
            count = 1
            if self.plan.is_wrapped:
                count = self.rng.choice((1, 1, 3))
            together, due = due[:count], due[count:]
            self.reply([(call_id, revision) for _, call_id, revision in together])

    def reply(self, answered: Sequence[tuple[str, int | None]]) -> None:
        """Send one message for one answer, or for several that are all answers."""
        if len(answered) > 1 and not all(revision for _, revision in answered):
            for one in answered:
                self.reply([one])
            return
        summaries: list[str] = []
        bodies: list[str] = []
        for number, (call_id, revision) in enumerate(answered, len(self.replies)):
            summaries.append(f"summary {number} of {call_id} תקציר")
            bodies.append(body_of(call_id, revision, summaries[-1]))
        entry: dict[str, Any] = {"MessageBody": self.message(bodies)}
        entry["MessageAttributes"] = {
            "messageType": {"DataType": "String", "StringValue": "ML_PROCESSING_RESULT"}
        }
        if self.results.is_fifo:
            entry |= {
                "MessageGroupId": answered[0][0],
                "MessageDeduplicationId": str(len(self.replies)),
            }
        with self.results.changed:
            request = Request("AmazonSQS", "SendMessage", {}, ML, "", "", time.time())
            message = self.queues.take(self.results, entry, request)
        for (call_id, revision), summary in zip(answered, summaries, strict=True):
            counted = revision
            if revision == INVENTED_REVISION:
                counted = self.newest[call_id]
            self.replies.append(
                Reply(message.message_id, call_id, counted, message.sent_ms, summary)
            )

    def message(self, bodies: Sequence[str]) -> str:
        if len(bodies) > 1:
            return f"[{', '.join(bodies)}]"
        if self.plan.is_wrapped and bodies[0] != NONSENSE:
            return wrap(self.rng, bodies[0])
        return bodies[0]


def body_of(call_id: str, revision: int | None, summary: str) -> str:
    """Return an answer as JSON, or nonsense where it has no revision."""
    if not revision:
        return NONSENSE
    fields = {"callId": call_id, "revision": revision, "summary": summary}
    others = {
        "type": "ML_PROCESSING_RESULT",
        "sentiment": {"overall": "neutral"},
        "confidence": 0.87,
    }
    return json.dumps({**others, **fields})


def plain_body(body: str, attributes: Mapping[str, Any]) -> str:
    encoding = attributes.get("contentEncoding", {}).get("StringValue")
    if encoding == "gzip+base64":
        return gzip.decompress(base64.b64decode(body)).decode()
    return body
