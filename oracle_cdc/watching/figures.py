"""Figures for monitoring that only SQL knows, as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Figures:
    """What SQL knows of the work that is left.

    Parameters:
        oldest_unsent_seconds: since the oldest segment was said that the ledger has found and not
            sent, 0 when there is none.
        leases: calls by the copy that leases them.
    """

    oldest_unsent_seconds: float
    overdue: int
    failures: int
    leases: Mapping[str, int] = field(default_factory=dict)
