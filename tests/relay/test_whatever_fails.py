"""Late commits, failures and restarts by chance: each row is kept once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from oracle_cdc.errors import DestinationUnavailable, OracleUnavailable, StoreUnavailable
from tests.relay.world import RelayWorld


@given(st.data())
def test_whatever_fails_each_row_is_kept_once(data: st.DataObject) -> None:
    world = RelayWorld(max_rows=7)
    number = 0
    for step in range(data.draw(st.integers(3, 12))):
        now = 20.0 + 5 * step
        for _ in range(data.draw(st.integers(0, 6))):
            number += 1
            lateness = data.draw(st.sampled_from([0.5, 1.5, 3.0, 8.0, 25.0]))
            world.source.commit(f"k{number:04}", max(0.0, now - lateness))
        what = data.draw(
            st.sampled_from(["nothing", "oracle", "lost", "kept", "down", "store", "restart"])
        )
        if what == "oracle":
            world.source.breaks_after = data.draw(st.integers(0, 2))
        elif what in ("lost", "kept") and number:
            key = f"k{data.draw(st.integers(1, number)):04}"
            world.destination.loses[key] = what == "kept"
        elif what == "store":
            world.tracking.fails = [data.draw(st.booleans())]
        elif what == "restart":
            world.restart()
        world.destination.is_down = what == "down"
        try:
            world.cycle(now)
        except (DestinationUnavailable, OracleUnavailable, StoreUnavailable):
            continue
    world.destination.is_down = False
    world.destination.loses.clear()
    world.tracking.fails = []
    world.source.breaks_after = None
    for step in range(30):
        world.cycle(100.0 + step)
    assert world.destination.keys == set(world.source.rows)
    assert len(world.destination.order) == len(world.source.rows)
    assert sum(world.tracking.tallies.values()) == len(world.source.rows)
