"""The copies of the service in a round of row changes, each with pipelines of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.chaos.changes.plan import ChangesPlan
from tests.chaos.harness.copies import Copies

HEALTHY_END = 0


class ChangeCopies(Copies):
    """Copies by name, and what the commands of persons ended with."""

    def __init__(self, plan: ChangesPlan, directory: Path) -> None:
        super().__init__(
            directory,
            {},
            plan.orders,
            freeze_seconds=plan.freeze_seconds,
            restart_seconds=plan.restart_seconds,
            program="changes",
        )
        self.plan = plan
        self.codes: dict[str, int] = {}

    def listen(self, event: dict[str, Any]) -> None:
        """Note what the launcher reports of copies, not of what persons run."""
        if event["name"].rstrip("0123456789") in self.plan.copies:
            super().listen(event)
        elif event["event"] == "ended":
            self.codes[event["name"]] = event["code"]

    def environment_of(self, copy: str, name: str) -> dict[str, str]:
        environment = super().environment_of(copy, name)
        return {**environment, "PIPELINES": self.plan.copies[copy]}

    def expected_codes(self, name: str) -> tuple[int, ...]:
        if self.plan.is_sound and self.stops[name] == 1:
            return (HEALTHY_END,)
        return super().expected_codes(name)
