"""What every store of progress does, as tests that each one's own test class inherits."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

import pytest

from oracle_cdc.errors import HeldElsewhere, OracleUnavailable, StoreUnavailable
from oracle_cdc.relay.seams import Tracking
from oracle_cdc.relay.values import Progress, SetAside, Slice, Tally
from tests.relay.doubles import NOON, at

#: A fraction that must neither be lost nor rounded.
EXACT = datetime(2026, 11, 26, 23, 59, 59, 999999)
REACHED = Progress(EXACT, coverage=at(0.25), records=7)
LONG_AGO = datetime(2026, 1, 1)


class Site(Protocol):
    """A store of one kind, and what its tests do to what stands behind it."""

    program: str
    tracking: Tracking

    def another(self) -> Tracking:
        """Return another copy's way to the same store."""
        ...

    def move(self, watermark: datetime) -> None:
        """Put the watermark elsewhere, as a person does."""
        ...

    def pause(self, is_paused: bool) -> None:
        """Stop the program, or let it go on, as a person does."""
        ...

    def aside(self) -> dict[str, tuple[datetime, str, int]]:
        """Return time, reason and attempts of what was set aside, by the rows' keys."""
        ...

    def losing_an_answer(self) -> AbstractContextManager[None]:
        """Carry out the save inside the block, and lose the answer to it."""
        ...


def tally(seconds: float, published: int) -> Tally:
    begin = at(seconds)
    return Tally(Slice(begin, begin + timedelta(seconds=10)), published, at(seconds + 1.5))


class TrackingContract:
    """Inherited by a class with a fixture `site`."""

    def test_a_new_program_has_no_progress(self, site: Site) -> None:
        assert site.tracking.begin(site.program) == Progress(None)

    def test_another_copy_begins_with_exactly_what_was_saved(self, site: Site) -> None:
        tallies = [tally(0, 3), tally(10, 4)]
        site.tracking.begin(site.program)
        assert site.tracking.save(REACHED, tallies, forget=LONG_AGO)
        assert self.next_copy(site) == replace(REACHED, tallies={at(0): 3, at(10): 4})

    def test_a_save_may_be_repeated_and_the_newest_tally_counts(self, site: Site) -> None:
        site.tracking.begin(site.program)
        for published in (3, 3, 5):
            assert site.tracking.save(REACHED, [tally(0, published)], forget=LONG_AGO)
            assert site.tracking.save(REACHED, [], forget=LONG_AGO)
        assert self.next_copy(site).tallies == {at(0): 5}

    def test_old_slices_are_forgotten(self, site: Site) -> None:
        site.tracking.begin(site.program)
        site.tracking.save(REACHED, [tally(0, 3), tally(10, 4)], forget=at(10))
        assert self.next_copy(site) == replace(REACHED, tallies={at(10): 4})

    @pytest.mark.parametrize("seconds", [-3600, 3600 * 24])
    def test_a_person_who_moves_the_watermark_wins(self, site: Site, seconds: int) -> None:
        site.tracking.begin(site.program)
        site.tracking.save(REACHED, [], forget=LONG_AGO)
        elsewhere = NOON + timedelta(seconds=seconds)
        site.move(elsewhere)
        later = replace(REACHED, watermark=EXACT + timedelta(seconds=1))
        assert not site.tracking.save(later, [tally(0, 3)], forget=LONG_AGO)
        found = site.tracking.begin(site.program)
        assert (found.watermark, found.moved_from) == (elsewhere, EXACT)
        assert found.tallies == {}
        assert site.tracking.save(replace(REACHED, watermark=elsewhere), [], forget=LONG_AGO)
        assert self.next_copy(site).moved_from is None

    def test_a_person_who_pauses_it_stops_it(self, site: Site) -> None:
        site.tracking.begin(site.program)
        site.tracking.save(REACHED, [], forget=LONG_AGO)
        site.pause(True)
        later = replace(REACHED, watermark=EXACT + timedelta(seconds=1))
        assert not site.tracking.save(later, [], forget=LONG_AGO)
        assert site.tracking.begin(site.program) == replace(REACHED, is_paused=True)
        site.pause(False)
        assert site.tracking.begin(site.program) == REACHED
        assert site.tracking.save(later, [], forget=LONG_AGO)

    def test_one_copy_works_and_the_next_takes_over(self, site: Site) -> None:
        site.tracking.begin(site.program)
        other = site.another()
        with pytest.raises(HeldElsewhere, match=site.program):
            other.begin(site.program)
        other.close()
        assert site.tracking.save(REACHED, [], forget=LONG_AGO)
        assert self.next_copy(site) == REACHED

    def test_a_save_whose_answer_is_lost_may_be_repeated(self, site: Site) -> None:
        site.tracking.begin(site.program)
        with site.losing_an_answer(), pytest.raises(StoreUnavailable):
            site.tracking.save(REACHED, [tally(0, 3)], forget=LONG_AGO)
        assert until_free(site.tracking, site.program).watermark == EXACT
        assert site.tracking.save(REACHED, [tally(0, 3)], forget=LONG_AGO)
        assert self.next_copy(site) == replace(REACHED, tallies={at(0): 3})

    def test_what_is_set_aside_twice_is_kept_once_with_the_newest_reason(self, site: Site) -> None:
        site.tracking.begin(site.program)
        site.tracking.set_aside(
            [SetAside("1", EXACT, "too large", 1), SetAside("2", EXACT, "x", 0)]
        )
        site.tracking.set_aside([SetAside("1", EXACT, "refused", 4)])
        assert site.aside() == {"1": (EXACT, "refused", 4), "2": (EXACT, "x", 0)}

    def test_a_failure_is_written_down_and_moves_nothing(self, site: Site) -> None:
        site.tracking.begin(site.program)
        site.tracking.save(REACHED, [], forget=LONG_AGO)
        site.tracking.fail(OracleUnavailable("ORA-03113 at look"))
        assert site.tracking.save(REACHED, [], forget=LONG_AGO)
        assert self.next_copy(site) == REACHED

    def test_it_may_be_closed_twice(self, site: Site) -> None:
        site.tracking.begin(site.program)
        site.tracking.close()
        site.tracking.close()

    def next_copy(self, site: Site) -> Progress:
        """Close the copy that works, and return what the next one begins with."""
        site.tracking.close()
        site.tracking = site.another()
        return until_free(site.tracking, site.program)


def until_free(tracking: Tracking, program: str) -> Progress:
    """Begin once the lock of a connection that ended is free. The test's time-out ends it else."""
    while True:
        try:
            return tracking.begin(program)
        except HeldElsewhere:
            continue
