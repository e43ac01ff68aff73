"""Copies that take leases from one another while requests and answers are lost."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest

from awslite.cloud import Cloud
from awslite.faults import Fault
from awslite.treatment import Treatment
from oracle_cdc.aws.dynamodb.lease import Lease
from oracle_cdc.errors import StoreUnavailable
from tests.integration.leases import LeaseWorld, lease_world

SHARD = "shard-0"
STEPS = 80


class Copy:
    """One copy of the processor: the lease that it believes to have, and what it is asking for."""

    def __init__(self, world: LeaseWorld, owner: str, chance: random.Random) -> None:
        self.world = world
        self.owner = owner
        self.chance = chance
        self.leases, self.checkpoints = world.copy(owner)
        self.held: Lease | None = None
        #: What was not answered yet, and what it is asked again with.
        self.pending: tuple[str, Callable[[], Lease | None]] | None = None

    def step(self) -> None:
        """Ask for something, or once more for what was not answered."""
        name, ask = self.pending or self.choose()
        self.pending = (name, ask)
        try:
            answer = ask()
        except StoreUnavailable:
            return
        self.pending = None
        self.judge(name, answer)

    def choose(self) -> tuple[str, Callable[[], Lease | None]]:
        held = self.held
        if held is None:
            seen = self.world.kept()
            return "take", lambda: self.leases.take(seen)
        name = self.chance.choice(["renew", "write", "write", "release"])
        if name == "renew":
            return name, lambda: self.leases.renew(held)
        if name == "write":
            number = str(int(held.sequence_number or "0") + self.chance.randint(1, 20))
            return name, lambda: self.checkpoints.write(held, number)
        return name, lambda: self.leases.release(held)

    def judge(self, name: str, answer: Lease | None) -> None:
        """Hold an answer to the table: nothing else is asked meanwhile."""
        kept = self.world.kept()
        self.held = answer
        if answer is not None:
            assert answer == kept
            assert kept.owner == self.owner
        elif name == "take":
            assert kept.owner != self.owner
        else:
            assert kept.owner != self.owner, f"{self.owner} lost its lease by {name}, and has it"


@pytest.fixture
def world(cloud: Cloud) -> Iterator[LeaseWorld]:
    with lease_world(cloud.url, cloud) as made:
        yield made


@pytest.mark.parametrize("seed", range(6))
def test_one_copy_at_a_time_has_a_lease_and_checkpoints_never_go_back(
    cloud: Cloud, world: LeaseWorld, seed: int
) -> None:
    chance = random.Random(seed)
    world.rows.create(Lease(SHARD))
    for treatment in (Treatment(cut_after=True), Treatment(cut_before=True)):
        cloud.faults.order(Fault(action="UpdateItem", rate=0.2, treatment=treatment))
    cloud.faults.reseed(seed)
    copies = [Copy(world, f"copy-{number}", chance) for number in range(3)]
    reached = 0
    written = 0

    for _ in range(STEPS):
        copy = chance.choice(copies)
        copy.step()
        kept = world.kept()
        number = int(kept.sequence_number or "0")
        assert number >= reached
        written += number > reached
        reached = number
        owners = {copy.owner for copy in copies if copy.held == kept}
        assert owners <= {kept.owner}

    assert written
