"""A receive that does not wait: SQS asks some of its hosts, and says that nothing is there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from standins.queueserver import serve_queues
from tests.integration.answers import drain
from tests.integration.samples import HELLO
from tests.world import World


@pytest.fixture(scope="module")
def queue_server() -> Iterator[str]:
    """Serve queues of which a receive without a wait finds nothing."""
    with serve_queues() as queues:
        queues.misses_short_polls = True
        yield queues.url


def test_one_look_finds_an_answer_that_a_receive_without_a_wait_misses(world: World) -> None:
    world.record("1", *HELLO)
    world.cycle(world.application())
    world.answer("1", revision=1, summary="s")

    drain(world, results_wait_seconds=20)

    assert world.states() == {"1": "SUMMARIZED"}
