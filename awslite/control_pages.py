"""Pages that AWS has not: faults are ordered there, and what was accepted is read."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from awslite.cloud import Cloud
from awslite.faults import read_fault
from awslite.kinesis.streams import Accepted
from awslite.refusals import Document
from awslite.wire import Answer, Call, answer_json

#: What one page lists, unless it is asked for less.
MOST_LISTED = 1000


class Pages:
    """The pages of a cloud. Every answer is JSON.

    GET /events?bus=NAME&after=N: the events that a bus took, in their envelopes, from the Nth on.
    GET /deliveries?bus=NAME&after=N: the same as its consumer gets them: late and twice, if set so.
    GET /records?stream=NAME&after=N: the records that a stream took, over all its shards.
    GET /metrics?namespace=NAME&after=N: the metrics that were put there, as they were put.
    GET /requests: how many requests of each action came, and how many events were dropped.
    POST /faults: a fault, by the names of Fault and Treatment. DELETE /faults: none any more.
    POST /settings: what changes, by the names of Limits, and `seed`, `frozen`.
    """

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.pages: Mapping[tuple[str, str], Callable[[dict[str, str], bytes], Document]] = {
            ("GET", "/events"): self.list_events,
            ("GET", "/deliveries"): self.list_deliveries,
            ("GET", "/records"): self.list_records,
            ("GET", "/metrics"): self.list_metrics,
            ("GET", "/requests"): self.count_requests,
            ("POST", "/faults"): self.order_fault,
            ("DELETE", "/faults"): self.clear_faults,
            ("POST", "/settings"): self.change_settings,
        }

    def answer(self, call: Call) -> Answer:
        address = urlsplit(call.path)
        page = self.pages.get((call.method, address.path))
        if page is None:
            known = ", ".join(map(" ".join, self.pages))
            return answer_json({"error": f"no page {call.method} {address.path}: {known}"}, 404)
        asked = {name: values[-1] for name, values in parse_qs(address.query).items()}
        try:
            with self.cloud.lock:
                return answer_json(page(asked, call.body))
        except (KeyError, TypeError, ValueError) as error:
            return answer_json({"error": f"{type(error).__name__}: {error}"}, 400)

    def list_events(self, asked: dict[str, str], body: bytes) -> Document:
        bus = self.cloud.buses.buses[asked.get("bus", "default")]
        after, page = take(bus.accepted, asked)
        return {"events": [accepted.envelope for accepted in page], "after": after}

    def list_deliveries(self, asked: dict[str, str], body: bytes) -> Document:
        buses = self.cloud.buses
        bus = buses.buses[asked.get("bus", "default")]
        after, page = take(bus.delivery.until(buses.clock()), asked)
        return {"events": page, "after": after}

    def list_records(self, asked: dict[str, str], body: bytes) -> Document:
        stream = self.cloud.streams.streams[asked["stream"]]
        after, page = take(stream.accepted, asked)
        return {"records": list(map(describe, page)), "after": after}

    def list_metrics(self, asked: dict[str, str], body: bytes) -> Document:
        after, page = take(self.cloud.metrics.accepted, asked)
        found = []
        for accepted in page:
            if accepted.namespace == asked["namespace"]:
                found.append({**accepted.datum, "at": accepted.at, "sender": accepted.sender})
        return {"metrics": found, "after": after}

    def count_requests(self, asked: dict[str, str], body: bytes) -> Document:
        return {
            "requests": dict(self.cloud.requests),
            "dropped_events": self.cloud.buses.dropped_count,
        }

    def order_fault(self, asked: dict[str, str], body: bytes) -> Document:
        self.cloud.faults.order(read_fault(json.loads(body)))
        return {}

    def clear_faults(self, asked: dict[str, str], body: bytes) -> Document:
        self.cloud.faults.clear()
        return {}

    def change_settings(self, asked: dict[str, str], body: bytes) -> Document:
        """Change settings. Raises ValueError for a name that is none, before any is changed."""
        changes = json.loads(body)
        limits = self.cloud.limits
        known = {"seed", "frozen", *vars(limits)}
        if not changes.keys() <= known:
            raise ValueError(f"{sorted(changes.keys() - known)} are none of {sorted(known)}")
        for name, value in changes.items():
            if name == "seed":
                self.cloud.faults.reseed(value)
            elif name == "frozen":
                self.cloud.is_frozen = value
            else:
                setattr(limits, name, value)
        return {}


def take(listed: list[Any], asked: dict[str, str]) -> tuple[int, list[Any]]:
    """Return the page that is asked for, and what to ask for next."""
    start = int(asked.get("after", "0"))
    page = listed[start : start + int(asked.get("most", str(MOST_LISTED)))]
    return start + len(page), page


def describe(accepted: Accepted) -> Document:
    record = accepted.record
    return {
        "shard": accepted.shard,
        "sequence": str(record.sequence),
        "key": record.key,
        "data": base64.b64decode(record.data).decode("utf-8", "replace"),
        "arrived": record.arrived,
        "sender": accepted.sender,
        "request": accepted.request_id,
    }
