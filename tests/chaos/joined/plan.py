"""What happens in one round of all pipelines: a plan of each, and what is done to all of them."""

from __future__ import annotations

from dataclasses import dataclass

from tests.chaos.changes.plan import ChangesPlan
from tests.chaos.events.plan import EventPlan
from tests.chaos.plans.acts import Act
from tests.chaos.plans.plan import Plan

#: The pipelines of a copy that has all of them.
ALL = "conversations,events,changes,processor"


@dataclass(frozen=True)
class JoinedPlan:
    """A round. The plans of the pipelines have the acts, orders and copies of the whole."""

    seed: int
    kind: str
    conversations: Plan
    events: EventPlan
    changes: ChangesPlan

    @property
    def acts(self) -> tuple[Act, ...]:
        return self.changes.acts

    @property
    def trouble_seconds(self) -> float:
        plans = (self.conversations, self.events, self.changes)
        return max(plan.trouble_seconds for plan in plans)

    @property
    def rest_seconds(self) -> float:
        plans = (self.conversations, self.events, self.changes)
        return max(plan.rest_seconds for plan in plans)
