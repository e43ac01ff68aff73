"""One turn, as values: what it looks for, what it found and claimed, and how far that brings it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from oracle_cdc.conversations.rules.claims import Claim
from oracle_cdc.conversations.rules.windows import Stretch, Window
from oracle_cdc.conversations.tables.search import Work


@dataclass(frozen=True)
class Search:
    """What one turn looks for.

    Parameters:
        with_due: also what is due in the ledger.
        is_thorough: also calls whose rows were replaced.
        most_calls: a whole batch where it is None.
        job_id: the historical job that is written beside what the window nominates.
        is_resend: also what was sent before, unless it was sent for this job.
    """

    window: Window
    with_due: bool = True
    is_thorough: bool = False
    most_calls: int | None = None
    job_id: str | None = None
    is_resend: bool = False


@dataclass(frozen=True)
class Turn:
    """What one turn found and claimed.

    Parameters:
        accounted: the calls that the ledger has after it.
        won, leased: how many claims this copy won, and how many of them lease a call.
        limit: of the calls that it looked for.
        has_learned: it has found calls that others have locked, for which the next one leaves room.
        locked: the calls that others have locked, as far as is known.
    """

    found: Work
    claims: Sequence[Claim]
    accounted: frozenset[str]
    won: int
    leased: int
    limit: int
    has_learned: bool = False
    locked: frozenset[str] = frozenset()

    @property
    def is_full(self) -> bool:
        """Return whether there may be more than it found, or it left some out and won others."""
        count = len(self.found.candidates)
        is_cut = bool(self.won) and count > len(self.claims)
        return is_cut or count + self.found.left_out >= self.limit

    @property
    def is_lost(self) -> bool:
        """Return whether nothing was won of what there is: others have it, or it waits for them."""
        return bool(self.found.candidates) and not (self.won or self.has_learned)

    @property
    def locked_twice(self) -> frozenset[str]:
        """Return the calls found that others have locked, once they were found so a second time.

        Another copy that claims locks its calls for a moment only.
        """
        if self.has_learned:
            return frozenset()
        named = {candidate.call_id for candidate in self.found.candidates}
        return self.locked & named - self.accounted

    def advance(
        self, stretch: Stretch, window: Window, passing: frozenset[str] = frozenset()
    ) -> Stretch:
        """Return how far the stretch has come.

        Below its limit a search covered the whole window, else it covered it up to its last call.

        Parameters:
            passing: calls that it goes past although the ledger does not have them.
        """
        if not (self.found.is_enabled and self.found.is_whole):
            return stretch
        reached: datetime | None = None
        for candidate in self.found.candidates:
            oldest = candidate.oldest_time
            if oldest is None:
                continue
            if candidate.call_id not in self.accounted | passing:
                return stretch
            if reached is None or oldest > reached:
                reached = oldest
        if not self.is_full:
            return stretch.advanced(window, self.found.clocks.now)
        if reached is None:
            return stretch
        return stretch.shortened(reached)
