"""The copies of the service in a round of events."""

from __future__ import annotations

from pathlib import Path

from tests.chaos.events.plan import EventPlan
from tests.chaos.harness.copies import Copies

HEALTHY_END, ABANDONED = 0, 1


class EventCopies(Copies):
    """The copies of the service: one, one that stands by, or each with a share."""

    def __init__(self, plan: EventPlan, directory: Path) -> None:
        super().__init__(
            directory,
            plan.orders or {},
            freeze_seconds=plan.freeze_seconds,
            restart_seconds=plan.restart_seconds,
            program="events",
        )
        self.plan = plan

    def environment_of(self, copy: str, name: str) -> dict[str, str]:
        environment = super().environment_of(copy, name)
        if self.plan.has_shares:
            number = self.plan.copies.index(copy) + 1
            environment["PUBLISHER_SHARE"] = f"{number}/{len(self.plan.copies)}"
        return environment

    def expected_codes(self, name: str) -> tuple[int, ...]:
        if self.plan.is_sound and self.stops[name] == 1:
            return (HEALTHY_END,)
        expected = super().expected_codes(name)
        if self.is_over:
            # All is well by then: nothing is abandoned.
            return tuple(code for code in expected if code != ABANDONED)
        return expected
