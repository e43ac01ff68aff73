"""The edges of conversations: Oracle by statement, SQS by action."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from tests.chaos.harness.gates import Gates

#: The statements whose commit begins a lease.
CLAIMS = ("insert_claim", "update_claim")


class ConversationGates(Gates):
    """The points before and after each statement, commit and SQS request."""

    def __init__(self, orders: list[dict[str, Any]], trace: str, audit: str) -> None:
        super().__init__(orders, trace, audit)
        self.local = threading.local()
        self.cycle_began_at: float | None = None

    def moved_watermark(self, seen: object, watermark: object) -> None:
        """Have the ledger looked at as it is at this moment, and wait meanwhile."""
        began_at, self.cycle_began_at = self.cycle_began_at, None
        # A cycle that was cut short leaves it where it was: that says nothing of what came behind
        # it since.
        if began_at is not None and seen != watermark:
            self.ask(began_at=began_at, seen=str(seen), watermark=str(watermark))


def install(gates: ConversationGates) -> None:
    """Wrap the edges of the service: its Oracle session by statement, its SQS client by action."""
    from botocore.client import BaseClient

    from oracle_cdc.oracle.session import Session

    wrap_statements(gates, Session)
    client: Any = BaseClient
    original = client._make_api_call

    def call_sqs(self: Any, action: str, parameters: Any) -> Any:
        answer = gates.call(action, lambda: original(self, action, parameters))
        # Half an answer whose JSON does not end is none: the driver hands on what it could read,
        # which is nothing.
        if "Successful" in answer or "Failed" in answer:
            gates.write(event="answered", request=answer["ResponseMetadata"]["RequestId"])
        return answer

    client._make_api_call = call_sqs


def wrap_statements(gates: ConversationGates, session: Any) -> None:
    stream, commit = session.stream, session.commit

    def streamed(self: Any, name: str, *arguments: Any, **options: Any) -> Iterator[Any]:
        if name == "find_work" and gates.cycle_began_at is None:
            gates.cycle_began_at = time.time()
        gates.pass_through(f"before {name}")
        yield from stream(self, name, *arguments, **options)
        gates.pass_through(f"after {name}")

    def committed(self: Any) -> None:
        statement = getattr(gates.local, "statement", "")
        gates.call(f"commit of {statement}", lambda: commit(self))
        if statement in CLAIMS:
            gates.write(event="leased")

    session.stream, session.commit = streamed, committed
    for method in ("execute", "execute_array", "try_array"):
        setattr(session, method, wrap_method(gates, getattr(session, method)))


def wrap_method(gates: ConversationGates, original: Callable[..., Any]) -> Callable[..., Any]:
    def executed(self: Any, name: str, *arguments: Any, **options: Any) -> Any:
        if arguments and not arguments[0]:
            return original(self, name, *arguments, **options)
        gates.local.statement = name
        answer = gates.call(name, lambda: original(self, name, *arguments, **options))
        if name == "renew_lease":
            gates.write(event="leased")
        if name == "record_cycle" and options.get("new_watermark") is not None:
            gates.moved_watermark(options["seen_watermark"], options["new_watermark"])
        return answer

    return executed
