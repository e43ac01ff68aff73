"""Outages of what one pipeline alone depends on: how, whom they hinder, and what names them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tests.chaos.changes.skies import HOWS

CONVERSATIONS, EVENTS, CHANGES, PROCESSOR = "conversations", "events", "changes", "processor"
PIPELINES = (CONVERSATIONS, EVENTS, CHANGES, PROCESSOR)
SERVER_WAYS = ("crashed", "frozen", "deaf", "shut")
QUEUE_WAYS = (
    "403 AccessDenied",
    "500 InternalFailure",
    "503 ServiceUnavailable",
    "502 page",
    "never",
    "cut",
)


@dataclass(frozen=True)
class Kind:
    """What a dependency that is away keeps from its work.

    Parameters:
        ways: in which it can be away.
        hinders: the pipelines that can't go on without it.
        names: as readiness names it.
    """

    ways: Sequence[str]
    hinders: frozenset[str]
    names: frozenset[str]

    @property
    def spares(self) -> Sequence[str]:
        """Return the pipelines that must go on."""
        return [name for name in PIPELINES if name not in self.hinders]


def kind(ways: Sequence[str], hinders: Iterable[str], *names: str) -> Kind:
    return Kind(ways, frozenset(hinders), frozenset(names))


#: Dependency -> what its outage is.
OUTAGES: Mapping[str, Kind] = {
    "nats": kind(SERVER_WAYS, [EVENTS], "nats"),
    "mariadb": kind(SERVER_WAYS, [EVENTS], "mariadb"),
    "sqs": kind(QUEUE_WAYS, [CONVERSATIONS], "outbound", "results"),
    "kinesis": kind(HOWS, [CHANGES, PROCESSOR], "kinesis"),
    "events": kind(HOWS, [PROCESSOR], "eventbridge"),
    "dynamodb": kind(HOWS, [PROCESSOR], "dynamodb"),
    # Whoever has a dead letter that is not taken waits with the rest of its shard.
    "queue": kind(HOWS, [PROCESSOR], "dlq"),
    "oracle": kind(("crashed",), [CONVERSATIONS, EVENTS, CHANGES], "oracle"),
}
