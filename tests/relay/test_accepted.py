"""What was accepted is not sent again, whatever fails right after it."""

from __future__ import annotations

import pytest

from oracle_cdc.errors import StoreUnavailable
from tests.relay.world import RelayWorld


def test_what_was_accepted_beside_a_row_that_could_not_be_set_aside_is_not_sent_again() -> None:
    world = RelayWorld()
    world.source.commit("a", 1)
    world.source.commit("b", 1, "no event")
    world.source.commit("c", 1)
    world.tracking.is_full = True
    with pytest.raises(StoreUnavailable):
        world.cycle(60)
    world.tracking.is_full = False
    world.cycle(61)
    assert (world.destination.order, world.destination.sent) == (["a", "c"], 2)
    assert (set(world.tracking.aside), world.tracking.progress.records) == ({"b"}, 2)
