"""The service's drain once more, each part's CPU measured by its thread's own clock.

A sampling profiler takes threads that wait for the interpreter's lock for threads that compute, and
cProfile sees one thread. A clock around a dozen functions costs nothing that shows.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from botocore.client import BaseClient

from bench.ways.service import prepare_drain
from oracle_cdc.aws.sqs.outbound import Outbound
from oracle_cdc.conversations.outbound import claiming, searching, turns
from oracle_cdc.conversations.outbound.delivery import Delivery
from oracle_cdc.conversations.outbound.preparing import Preparing
from oracle_cdc.conversations.outbound.sending import Sender
from oracle_cdc.conversations.outbound.settling import Settling

#: What is measured: part, owner, function. Nothing counts twice: what a function calls that stands
#: here too is left out of its own seconds.
PARTS: tuple[tuple[str, Any, str], ...] = (
    ("search", searching, "find_work"),
    ("claim", turns, "choose_claims"),
    ("claim", claiming, "write_claims"),
    ("read rows", Delivery, "deliver_leased"),
    ("assemble, judge, write, hash", Preparing, "decide"),
    ("seal", Preparing, "seal"),
    ("size and fit", Preparing, "encode"),
    ("pack requests, take answers", Sender, "send"),
    ("requests: boto3", BaseClient, "_make_api_call"),
    ("requests: around it", Outbound, "_deliver"),
    ("settle", Settling, "settle"),
)


class Clock:
    """CPU seconds by part, each thread's own."""

    def __init__(self, now: Callable[[], float] = time.thread_time) -> None:
        self.now = now
        self.seconds: Counter[str] = Counter()
        self.lock = threading.Lock()
        self.inner = threading.local()

    def around(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap a function, to count what it computes as this part's."""

        @wraps(function)
        def measured(*arguments: Any, **named: Any) -> Any:
            outer, self.inner.seconds = getattr(self.inner, "seconds", 0.0), 0.0
            began = self.now()
            try:
                return function(*arguments, **named)
            finally:
                whole = self.now() - began
                with self.lock:
                    self.seconds[part] += whole - self.inner.seconds
                self.inner.seconds = outer + whole

        return measured


def prepare_profile(path: str) -> Callable[[], int]:
    """Run one outbound cycle, and write its parts' seconds to a file as JSON."""
    clock = Clock()
    for part, owner, name in PARTS:
        setattr(owner, name, clock.around(part, getattr(owner, name)))
    drain = prepare_drain()

    def profile() -> int:
        clock.seconds.clear()
        count = drain()
        Path(path).write_text(json.dumps(clock.seconds), encoding="utf-8")
        return count

    return profile
