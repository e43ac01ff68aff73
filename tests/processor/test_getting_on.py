"""What fails often, or takes long to end, and what the leg does beside it all the same."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from awslite.cloud import Cloud
from awslite.faults import read_fault
from oracle_cdc.errors import StoreUnavailable
from oracle_cdc.processor.legs import LOOK_SECONDS, ProcessorLeg
from tests.processor.pipelines import PipelineWorld, wait_for

HELD = 20


@pytest.fixture
def many(cloud: Cloud, quick_queue_server: str, tmp_path: Path) -> Iterator[PipelineWorld]:
    world = PipelineWorld(cloud, quick_queue_server, tmp_path, shards=HELD + 1)
    yield world
    world.close()


def fail_one_update(world: PipelineWorld, skip: int) -> None:
    world.cloud.faults.clear()
    refusal = {"refusal": [500, "InternalServerError"], "times": 1}
    world.cloud.faults.order(read_fault({"action": "UpdateItem", "skip": skip, **refusal}))


def leave_one_free(world: PipelineWorld) -> ProcessorLeg:
    """Return a leg that has all leases but one, which nobody has."""
    leg = world.leg()
    # All of them are made before the first is taken.
    fail_one_update(world, skip=2 * HELD + 1)
    with pytest.raises(StoreUnavailable):
        leg.look()
    assert len(leg.processor.leasing.held) == HELD
    return leg


def test_a_lease_that_is_not_renewed_keeps_no_free_shard_from_being_taken(
    many: PipelineWorld,
) -> None:
    leg = leave_one_free(many)
    for skip in (0, 7, HELD - 1):
        fail_one_update(many, skip)
        with pytest.raises(StoreUnavailable):
            leg.look()
        assert len(leg.readings) == HELD + 1
        assert leg.signs.statistics.shards == HELD + 1
    leg.give_back()


def test_a_shard_that_is_taken_while_others_fail_is_read_at_once(many: PipelineWorld) -> None:
    many.put(*range(60))
    leg = leave_one_free(many)
    fail_one_update(many, skip=0)
    with pytest.raises(StoreUnavailable):
        leg.step()
    wait_for(lambda: len(many.published) == 60)
    leg.stop.set()
    leg.finish()


def test_a_leg_rests_while_the_thread_of_a_lost_lease_is_in_its_step(
    pipelines: PipelineWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    leg = pipelines.leg()
    leg.look()
    [reading] = leg.readings.values()
    may_end = threading.Event()
    reading.loop.thread = threading.Thread(target=may_end.wait, daemon=True)
    reading.start()
    reading.work.held.over.set()
    rests: list[float] = []

    def rest(seconds: float, stop: threading.Event) -> None:
        rests.append(seconds)
        may_end.set()
        reading.loop.thread.join()

    monkeypatch.setattr(leg.progress, "rest", rest)
    leg.rest()
    assert rests == [LOOK_SECONDS]
