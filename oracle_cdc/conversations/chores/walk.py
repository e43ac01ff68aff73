"""How far a range is searched, past calls that others have locked, which are looked for again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from oracle_cdc.conversations.outbound.turns import Turn
from oracle_cdc.conversations.rules.windows import Stretch, Window


@dataclass(frozen=True)
class Walk:
    """One way through a range, or through what of it holds the calls that the last one passed.

    Parameters:
        end: of the whole range.
        passed: from the first window with such a call to the last.
    """

    stretch: Stretch
    end: datetime
    passed: Window | None = None

    @property
    def is_finished(self) -> bool:
        return self.stretch.is_finished

    @property
    def position(self) -> datetime:
        """Return up to where every call of the range is in the ledger."""
        if self.passed is not None:
            return self.passed.start
        if self.is_finished:
            return self.end
        return self.stretch.position

    def searched(self, turn: Turn, window: Window) -> Walk:
        """Go on behind a turn, also past calls that other sessions have locked, or copies lease."""
        locked = find_locked(turn) | turn.found.leased
        passing = replace(turn, accounted=turn.accounted | locked)
        stretch = passing.advance(self.stretch, window)
        passed = self.passed
        if locked and passed is None:
            passed = window
        elif locked and passed is not None:
            passed = Window(passed.start, window.end)
        return replace(self, stretch=stretch, passed=passed)

    def begun_again(self) -> Walk:
        """Return the way through what was passed, or the same where nothing was."""
        if self.passed is None:
            return self
        again = begin_walk(self.passed.start, self.passed.end, self.stretch.longest_slice)
        return replace(again, end=self.end)


def begin_walk(start: datetime, end: datetime, length: timedelta) -> Walk:
    """Begin a way through a range, in slices of a length."""
    return Walk(Stretch(start, length, length, end=end), end)


def find_locked(turn: Turn) -> frozenset[str]:
    """Return the calls found that others have locked, once they were found so a second time.

    Another copy that claims locks its calls for a moment only.
    """
    if turn.has_learned:
        return frozenset()
    named = {candidate.call_id for candidate in turn.found.candidates}
    return turn.locked & named - turn.accounted
