"""What is done in a round of all pipelines, each thing by the side that can, and noted by each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tests.chaos.changes.changecopies import ChangeCopies
from tests.chaos.harness.disturbing import Deed, Disturbing
from tests.chaos.harness.machine import Machine
from tests.chaos.joined.outages import OUTAGES
from tests.chaos.joined.parting import Parting
from tests.chaos.joined.plan import JoinedPlan
from tests.chaos.joined.sides import Sides
from tests.chaos.plans.acts import Act

#: What an outage is to the side whose server it is, and so what it explains.
ALIKE = {
    "nats away": "nats crash",
    "mariadb away": "mariadb crash",
    "sqs away": "sqs close",
    "oracle away": "oracle crash",
    "kinesis away": "kinesis down",
    "events away": "events down",
    "dynamodb away": "dynamodb down",
    "queue away": "queue down",
}


class Disturbance(Disturbing[ChangeCopies]):
    """Carries out the acts of a round of all pipelines.

    What is done to the service or to Oracle is done once. Whatever a side can't do itself explains
    nothing to its judge: a fault of another pipeline's server is no reason to send anything twice.
    """

    def __init__(
        self, plan: JoinedPlan, sides: Sides, machine: Machine[ChangeCopies], parting: Parting
    ) -> None:
        super().__init__(plan.acts, machine.database, machine.copies)
        self.sides = sides
        self.parting = parting

    @property
    def deeds(self) -> Mapping[str, Deed]:
        """Return what can be done, by its name."""
        deeds: dict[str, Deed] = {}
        for side in self.sides:
            deeds |= side.disturbance.deeds
        deeds |= self.usual_deeds()
        for name in OUTAGES:
            deeds[f"{name} away"] = self.parting.part
        return deeds

    def explains(self, act: Act) -> float | None:
        """Return nothing: the sides know what an act explains to each."""
        return None

    def note(self, act: Act, began_at: float, ended_at: float) -> None:
        known = replace(act, what=ALIKE.get(act.what, act.what))
        for side in self.sides:
            if known.what in side.disturbance.deeds:
                side.disturbance.note(known, began_at, ended_at)

    def end(self) -> None:
        """End all faults."""
        for side in self.sides:
            side.disturbance.end()
