"""Which rows of each slice were handled: how many, and, as far as memory goes, which.

A row is handled once the destination accepted it or it was set aside.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from oracle_cdc.relay.slices import ORIGIN, PIECES, Grid
from oracle_cdc.relay.values import Row, Slice, Tally

#: Keys in memory: a million numbers take some 60 MB, a million GUIDs 150 MB.
MOST_KEYS = 1_000_000


@dataclass
class Account:
    """What was handled of one slice.

    Parameters:
        count: the rows before the watermark.
        last_time: the time of the last of them.
        keys: the rows known by their keys, also those at the watermark and ahead of it.
        is_known: each row that is counted is among them. After a start, and where there are too
            many, some are not.
        pieces: how many keys are known of each piece.
        is_saved: the store knows it as it is.
    """

    count: int = 0
    last_time: datetime | None = None
    keys: set[str] = field(default_factory=set)
    is_known: bool = True
    pieces: list[int] = field(default_factory=lambda: [0] * PIECES)
    is_saved: bool = True


class Handled:
    """Keeps the accounts of the slices behind the watermark."""

    def __init__(self, grid: Grid, most_keys: int = MOST_KEYS) -> None:
        self.grid = grid
        self.piece = grid.piece
        self.most_keys = most_keys
        self.accounts: dict[datetime, Account] = {}
        self.known = 0
        #: The newest rows, whose time others may share that are still to come.
        self.edge: list[Row] = []
        #: The slice that was asked for last, as the next one mostly is.
        self.begin = self.end = ORIGIN

    def restore(self, tallies: Mapping[datetime, int], watermark: datetime | None) -> None:
        """Begin with what a store has of the slices behind a watermark: counts, and no keys."""
        self.accounts = {}
        self.known = 0
        self.edge = []
        for begin, count in tallies.items():
            if watermark is not None and begin < watermark:
                self.accounts[begin] = Account(count, is_known=False)

    def begin_of(self, time: datetime) -> datetime:
        """Return the begin of the slice that a time belongs to."""
        if not self.begin <= time < self.end:
            self.begin = self.grid.begin(time)
            self.end = self.begin + self.grid.length
        return self.begin

    def account(self, time: datetime) -> Account:
        """Return the account of the slice that a time belongs to."""
        begin = self.begin_of(time)
        account = self.accounts.get(begin)
        if account is None:
            account = self.accounts[begin] = Account()
        return account

    def count(self, slice: Slice) -> int:
        """Return how many rows of a slice were handled."""
        account = self.accounts.get(self.grid.begin(slice.begin))
        if account is None:
            return 0
        return account.count

    def keys(self, slice: Slice) -> Container[str]:
        """Return the keys of a slice's rows that are known to be handled."""
        account = self.accounts.get(self.grid.begin(slice.begin))
        if account is None:
            return ()
        return account.keys

    def pieces(self, slice: Slice) -> list[tuple[Slice, int]]:
        """Return the pieces of a slice, each with the count of its rows.

        There are none where not all of its rows are known by their keys.
        """
        account = self.accounts.get(self.grid.begin(slice.begin))
        if account is None or not account.is_known:
            return []
        counted = zip(self.grid.pieces(slice), account.pieces, strict=True)
        return [(piece, count) for piece, count in counted if piece.begin < piece.end]

    def add(self, rows: Iterable[Row]) -> None:
        """Count rows that were handled, in the order of their time.

        The newest are counted only when a later one, or the end of their stretch, shows that no
        more of their time will come.
        """
        for row in rows:
            if self.edge and row.time > self.edge[-1].time:
                self.pass_edge()
            self.edge.append(row)

    def is_later(self, row: Row) -> bool:
        """Return whether a row is later than all that were handled last."""
        return not self.edge or row.time > self.edge[-1].time

    def pass_edge(self) -> None:
        """Count the newest rows: no more will come of their time."""
        for row in self.edge:
            self.count_row(row)
        self.edge = []

    def count_row(self, row: Row) -> None:
        """Count one row of its slice."""
        account = self.account(row.time)
        account.count += 1
        account.last_time = max(account.last_time or row.time, row.time)
        account.is_saved = False

    def remember(self, row: Row) -> None:
        """Keep a row's key, and forget the oldest slice's keys where there are too many."""
        account = self.account(row.time)
        if row.key in account.keys:
            return
        account.keys.add(row.key)
        account.pieces[(row.time - self.begin_of(row.time)) // self.piece] += 1
        self.known += 1
        if self.known > self.most_keys:
            self.forget_oldest()

    def forget_oldest(self) -> None:
        """Forget the keys of the oldest slice that has any, but for the newest slice."""
        for begin in sorted(self.accounts)[:-1]:
            account = self.accounts[begin]
            if account.keys:
                self.known -= len(account.keys)
                account.keys = set()
                account.is_known = False
                account.pieces = [0] * PIECES
                return

    def knows(self, row: Row) -> bool:
        """Return whether a row is known to be handled."""
        account = self.accounts.get(self.begin_of(row.time))
        return account is not None and row.key in account.keys

    def correct(self, slice: Slice, count: int) -> None:
        """Set the count of a slice: all of it is handled, or rows of it are gone."""
        account = self.account(slice.begin)
        account.count = count
        account.is_known &= len(account.keys) >= count
        account.is_saved = False

    def forget_before(self, time: datetime) -> None:
        """Drop the accounts of slices that nothing looks at any more."""
        for begin in list(self.accounts):
            if begin + self.grid.length <= time:
                self.known -= len(self.accounts.pop(begin).keys)

    def unsaved(self) -> list[Tally]:
        """Return the tallies that the store does not know as they are."""
        tallies = []
        for begin, account in sorted(self.accounts.items()):
            if not account.is_saved:
                slice = Slice(begin, begin + self.grid.length)
                tallies.append(Tally(slice, account.count, account.last_time))
        return tallies

    def saved(self, tallies: Iterable[Tally]) -> None:
        """Note that the store knows these tallies."""
        for tally in tallies:
            account = self.accounts.get(tally.slice.begin)
            if account is not None and account.count == tally.published:
                account.is_saved = True
