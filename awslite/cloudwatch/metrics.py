"""PutMetricData: metrics are checked and kept in their order, and nothing is worked out of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

from awslite.clock import Clock
from awslite.refusals import Document, Refused
from awslite.treatment import Request

TARGET = "GraniteServiceVersion20100801"
#: Of the documentation of PutMetricData in botocore's model.
MOST_DATA, MOST_VALUES, MOST_DIMENSIONS, MOST_BYTES = 1000, 150, 30, 1 << 20


class Accepted(NamedTuple):
    """A metric's datum as it was put."""

    namespace: str
    datum: Document
    sender: str
    at: float


class Metrics:
    """The metrics of an account, in the order in which they came."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.accepted: list[Accepted] = []

    def put(self, request: Request) -> Document:
        data = request.document.get("MetricData") or []
        if request.size_bytes > MOST_BYTES:
            raise Refused("RequestEntityTooLarge", "Request size exceeds 1 MB", status=413)
        if not 1 <= len(data) <= MOST_DATA:
            raise invalid_value(f"MetricData has {len(data)} metrics, not 1 to {MOST_DATA}")
        for datum in data:
            check(datum)
        at = self.clock()
        for datum in data:
            entry = Accepted(request.document["Namespace"], datum, request.sender, at)
            self.accepted.append(entry)
        return {}


def check(datum: Document) -> None:
    """Raise Refused for a datum that CloudWatch does not take."""
    if not datum.get("MetricName"):
        raise invalid_value("MetricName is required")
    if len(datum.get("Dimensions", ())) > MOST_DIMENSIONS:
        raise invalid_value(f"a metric has at most {MOST_DIMENSIONS} dimensions")
    for dimension in datum.get("Dimensions", ()):
        if not dimension.get("Name") or not dimension.get("Value"):
            raise invalid_value("a dimension needs a name and a value")
    values = [datum.get("Value", 0.0), *datum.get("Values", ())]
    if len(values) - 1 > MOST_VALUES:
        raise invalid_value(f"a metric has at most {MOST_VALUES} values")
    # JSON has NaN and the infinities as texts.
    if not all(math.isfinite(float(value)) for value in values):
        raise invalid_value("NaN and infinities are no values")


def invalid_value(message: str) -> Refused:
    return Refused("InvalidParameterValue", message)


ACTIONS: Mapping[str, Callable[[Metrics, Request], Document]] = {"PutMetricData": Metrics.put}
