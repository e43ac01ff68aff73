"""A person moves the watermark while it is not known what the store has."""

from __future__ import annotations

import pytest

from oracle_cdc.errors import StoreUnavailable
from tests.relay.doubles import at
from tests.relay.world import RelayWorld


def test_a_move_back_to_before_a_lost_save_is_a_replay() -> None:
    world = RelayWorld()
    world.cycle(10)
    world.cycle(11)
    before = world.tracking.progress.watermark
    assert before == at(8)
    world.source.commit("one", 9.5)
    # Given: the first save after a restart is that of the row, and the answer to it is lost
    world.restart()
    world.tracking.fails = [True]
    with pytest.raises(StoreUnavailable):
        world.cycle(20)
    world.tracking.move(before)
    world.cycle(21)
    world.cycle(22)
    assert world.destination.sent == 2
