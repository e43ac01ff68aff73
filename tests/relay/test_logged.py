"""What the flow says of itself in the log."""

from __future__ import annotations

import pytest

from tests.relay.world import RelayWorld


def test_what_is_set_aside_and_what_came_late_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    world = RelayWorld(max_retries=0)
    world.source.commit("secret key", 1)
    world.source.commit("b", 2)
    world.destination.refuses["secret key"] = -1
    with caplog.at_level("INFO"):
        world.cycle(60)
        world.source.commit("c", 3)
        world.cycle(61)
    assert "1 row can't be sent and is set aside, the first because: too large" in caplog.text
    assert "a row was committed late; of its slice 1 row is sent now" in caplog.text
    assert "secret key" not in caplog.text
