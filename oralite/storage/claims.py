"""What one transaction claims for itself: the rows that it locked and those that it changed before
it was parked.
"""

from __future__ import annotations

from collections.abc import Iterable

from oralite.storage.locks import Claim, Holder, Locks
from oralite.storage.recording import RowKey


class Claims:
    """The claims of one holder among those of all."""

    def __init__(self, locks: Locks, holder: Holder) -> None:
        self._locks = locks
        self._holder = holder
        self._locked: set[Claim] = set()
        self._parked: set[Claim] = set()

    @property
    def has_locked_rows(self) -> bool:
        return bool(self._locked)

    def conflict(self, claims: Iterable[Claim]) -> Claim | None:
        """Return the first of these that another transaction holds."""
        return self._locks.conflict(self._holder, claims)

    def are_alone(self) -> bool:
        """Return whether no other transaction claims anything."""
        return not self._locks.others(self._holder)

    def lock(self, claims: set[Claim]) -> Claim | None:
        """Claim rows for FOR UPDATE.

        Returns one that another transaction holds, and then none is claimed.
        """
        conflict = self.conflict(claims)
        if conflict is None:
            self._locks.claim(self._holder, claims)
            self._locked |= claims
        return conflict

    def free(self, claims: Iterable[Claim]) -> set[Claim]:
        """Return those of the claims that no other transaction holds."""
        found = set()
        for claim in claims:
            if self.conflict([claim]) is None:
                found.add(claim)
        return found

    def park(self, claims: set[Claim]) -> None:
        """Claim what has been changed, in place of what was claimed at the last parking."""
        self._parked = claims
        self._locks.claim(self._holder, claims)

    def release_all(self) -> None:
        claims = self._parked | self._locked
        self._parked, self._locked = set(), set()
        if claims:
            self._locks.release(self._holder, claims)

    def release_but(self, rows: frozenset[RowKey]) -> None:
        """Release what was changed, but the rows among these."""
        released = set()
        for claim in self._parked:
            if claim[0] != "row" or claim[1:] not in rows:
                released.add(claim)
        self._parked -= released
        self._locks.release(self._holder, released)
