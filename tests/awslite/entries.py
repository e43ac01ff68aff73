"""Entries of PutEvents."""

from __future__ import annotations

from typing import Any


def event(bus: str, detail: str = "{}", **changes: Any) -> dict[str, Any]:
    return {
        "Source": "cdc",
        "DetailType": "Changed",
        "Detail": detail,
        "EventBusName": bus,
        **changes,
    }
