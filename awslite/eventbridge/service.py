"""EventBridge by the names of its actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from awslite.eventbridge.buses import Buses
from awslite.refusals import Document
from awslite.treatment import Request, Treatment

TARGET = "AWSEvents"

ACTIONS: Mapping[str, Callable[[Buses, Request], Document]] = {
    "CreateEventBus": Buses.create,
    "DescribeEventBus": Buses.describe,
    "DeleteEventBus": Buses.delete,
}
BATCHES: Mapping[str, Callable[[Buses, Request, Treatment], Document]] = {
    "PutEvents": Buses.put_events,
}
