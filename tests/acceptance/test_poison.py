"""One poisoned conversation, answer, row or queue entry: it ends where it should, and no other one
waits for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.poisons import BATCHES
from tests.acceptance.process import wait_for
from tests.acceptance.sites import CALLS, FIRST_CALL, middle, serving, site, talk


def test_there_are_more_than_twenty_ways() -> None:
    names = {poison.name for batch in BATCHES.values() for poison in batch}

    assert len(names) == sum(map(len, BATCHES.values())) > 20


@pytest.mark.parametrize("batch", sorted(BATCHES))
def test_what_is_poisoned_ends_where_it_should_and_delays_no_other(
    batch: str, tmp_path: Path
) -> None:
    """Compare with a second service, to which the same calls come without the poison.

    They come at the same moments of the same machine.
    """
    with site() as clean, site() as spoilt:
        for poison in BATCHES[batch]:
            poison.apply(spoilt, poison.call_id)
        with serving((clean, spoilt), tmp_path):
            talk((clean, spoilt))
            spoilt.release()
            for poison in BATCHES[batch]:
                wait_for(poison.name, lambda poison=poison: poison.ends(spoilt, poison.call_id))

        assert middle(spoilt) <= 2 * middle(clean)
        assert not {FIRST_CALL, *CALLS} & spoilt.failures("OUTBOUND").keys()
        assert (clean.failures("OUTBOUND"), clean.failures("RESULT")) == ({}, {})
