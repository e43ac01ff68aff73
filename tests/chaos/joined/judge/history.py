"""What the witnesses of a round of all pipelines saw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.chaos.changes.judge.history import History as Changes
from tests.chaos.events.judge.history import History as Events
from tests.chaos.judge.history import History as Conversations


@dataclass(frozen=True)
class Outage:
    """What came of it that one dependency was away, and all others were not.

    Parameters:
        name: of the dependency, and how it was away.
        expected: the names by which readiness must say so.
        named: those by which it did.
        blamed: others that it named at every look from then on.
        probes: pipeline -> for how many seconds what was written meanwhile took to arrive, None
            where it did not. Only of pipelines that must go on.
        is_ready_again: the service said that all is well, once it was.
    """

    name: str
    expected: frozenset[str]
    named: frozenset[str] = frozenset()
    blamed: frozenset[str] = frozenset()
    probes: tuple[tuple[str, float | None], ...] = ()
    is_ready_again: bool = True


@dataclass(frozen=True)
class History:
    """One round.

    Parameters:
        strays: what arrived where only another pipeline's belongs.
        standing: copy -> what its page of readiness still misses at rest.
        complaints: what went wrong with the round itself.
    """

    conversations: Conversations
    events: Events
    changes: Changes
    outages: tuple[Outage, ...] = ()
    strays: tuple[str, ...] = ()
    standing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    complaints: tuple[str, ...] = ()
