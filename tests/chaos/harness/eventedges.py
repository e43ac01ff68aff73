"""The edges of events: Oracle by what is read, NATS by batch, MariaDB by what is written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.chaos.harness.gates import Gates


def install(gates: Gates) -> None:
    """Wrap the source, the destination and the store."""
    from oracle_cdc.mariadb.tracking import MariaDbTracking
    from oracle_cdc.nats.publisher import NatsPublisher
    from oracle_cdc.oracle.rows import TableSource

    edges: Mapping[Any, tuple[str, ...]] = {
        TableSource: ("look", "read", "read_others"),
        NatsPublisher: ("send",),
        MariaDbTracking: ("begin", "save", "set_aside"),
    }
    for owner, methods in edges.items():
        for name in methods:
            setattr(owner, name, wrap(gates, name, getattr(owner, name)))


def wrap(gates: Gates, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
    def called(self: Any, *arguments: Any, **options: Any) -> Any:
        return gates.call(name, lambda: original(self, *arguments, **options))

    return called
