"""A round of all pipelines while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from tests.chaos.changes.changecopies import ChangeCopies
from tests.chaos.events.ears import Ears
from tests.chaos.harness.machine import Machine
from tests.chaos.harness.round import Round
from tests.chaos.joined.disturbing import Disturbance
from tests.chaos.joined.pages import Pages, await_that
from tests.chaos.joined.parting import PATIENCE_SECONDS, Parting
from tests.chaos.joined.plan import JoinedPlan
from tests.chaos.joined.sides import OWN_SETTINGS, make_sides


class JoinedRound(Round):
    """The parts of a round."""

    def __init__(
        self, plan: JoinedPlan, directory: Path, tree: Path, template: Path, stack: ExitStack
    ) -> None:
        copies = ChangeCopies(plan.changes, directory, program="all")
        machine = Machine(directory, tree, template / "oracle.db", copies, stack)
        self.joined = make_sides(plan, machine, template, stack)
        self.pages = Pages(copies)
        self.parting = Parting(self.joined, self.pages, machine.database)
        disturbance = Disturbance(plan, self.joined, machine, self.parting)
        machine.listener.answers.append(Ears(disturbance).answer)
        #: What each copy misses once all is at rest.
        self.standing: Mapping[str, tuple[str, ...]] = {}
        super().__init__(
            machine,
            self.joined,
            disturbance,
            names=plan.changes.copies,
            trouble_seconds=plan.trouble_seconds,
            rest_seconds=plan.rest_seconds,
        )
        copies.environment.update(OWN_SETTINGS)

    def await_rest(self) -> None:
        """Wait until nothing stirs any more, and then for readiness."""
        super().await_rest()
        await_that(self.pages.are_well, PATIENCE_SECONDS)
        self.standing = self.pages.missing()
