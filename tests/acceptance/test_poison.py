"""One poisoned conversation, answer, row or queue entry: it ends where it should, and no other one
waits for it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from tests.acceptance.poisons import BATCHES
from tests.acceptance.process import wait_for
from tests.acceptance.sites import CALLS, FIRST_CALL, Site, middle, serving, site, talk

#: Batches that stand beside one clean service, so that it runs seldom.
GROUPS = (
    ("rows", "more rows", "ledger", "locks", "too large"),
    ("refused", "failing", "swallowed", "cut", "garbled"),
)


def test_there_are_more_than_twenty_ways() -> None:
    names = {poison.name for batch in BATCHES.values() for poison in batch}

    assert len(names) == sum(map(len, BATCHES.values())) > 20


@pytest.mark.parametrize("names", GROUPS, ids=", ".join)
def test_what_is_poisoned_ends_where_it_should_and_delays_no_other(
    names: Sequence[str], tmp_path: Path
) -> None:
    """Compare with a service to which the same calls come without the poison.

    They come at the same moments of the same machine.
    """
    with ExitStack() as stack:
        clean = stack.enter_context(site())
        spoilt = {}
        for name in names:
            spoilt[name] = stack.enter_context(site())
            for poison in BATCHES[name]:
                poison.apply(spoilt[name], poison.call_id)
        sites = (clean, *spoilt.values())
        with serving(sites, tmp_path):
            talk(sites)
            for name in names:
                await_ends(spoilt[name], name)

        for name in names:
            assert middle(spoilt[name]) <= 2 * middle(clean), name
            assert not {FIRST_CALL, *CALLS} & spoilt[name].failures("OUTBOUND").keys(), name
        assert (clean.failures("OUTBOUND"), clean.failures("RESULT")) == ({}, {})


def await_ends(spoilt: Site, name: str) -> None:
    """Wait until each poison of a batch has come to its right end."""
    spoilt.release()
    for poison in BATCHES[name]:
        wait_for(poison.name, partial(poison.ends, spoilt, poison.call_id))


def test_each_batch_is_in_a_group() -> None:
    assert sorted(sum(GROUPS, ())) == sorted(BATCHES)
