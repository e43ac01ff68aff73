"""The rows of a round of events: what stands in them, and in which transactions they come."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime

from tests.chaos.events.judge.encoding import Values, body_of
from tests.chaos.events.plan import CANARY, MOST_BYTES, Deposit, Record
from tests.chaos.plans.conversations import ODD_TEXTS, WORDS

#: Rows that are there before the service starts for the first time.
BACKLOG_AT = -1.0
TYPES = ("OPENED", "CLOSED", "a.b", "*", ">", "with blank", "שלום", "x" * 70, None)
#: Bodies near the most that a server takes: with the headers they are beyond it, or just within.
BEYOND, WITHIN = MOST_BYTES - 40, MOST_BYTES - 400
#: As long as any other, as JSON has it.
SOME_TIME = datetime(2026, 1, 1, 12, 30, 15, 123456)
#: Ties go beyond a batch and beyond what a cycle reads.
TIES = (2, 30, 150)


class RowDraft:
    """Draws rows, none with the id of another.

    Parameters:
        large: the share of rows that are nearly or really too large.
    """

    def __init__(self, rng: random.Random, large: float) -> None:
        self.rng = rng
        self.large = large
        self.keys: set[str] = set()

    def record(self, age_micros: int = 0) -> Record:
        """Draw one row."""
        rng = self.rng
        key = self.key()
        case = f"{CANARY} case {rng.randint(1, 50)}"
        kind = rng.choice(TYPES)
        if rng.random() < self.large:
            return self.sized(Record(key, case, kind, "", age_micros), rng.choice((BEYOND, WITHIN)))
        return Record(key, case, kind, self.text(), age_micros)

    def key(self) -> str:
        """Draw an id: they don't grow, and some have more digits than a float carries."""
        while True:
            key = str(self.rng.choice((self.rng.randint(1, 99_999), self.rng.randrange(10**19))))
            if key not in self.keys:
                self.keys.add(key)
                return key

    def text(self) -> str | None:
        """Draw a text, now and then none, or what JSON and SQL have trouble with."""
        draw = self.rng.random()
        if draw < 0.05:
            return None
        if draw < 0.15:
            return f"{CANARY} {self.rng.choice(ODD_TEXTS)}"
        return f"{CANARY} {' '.join(self.rng.choices(WORDS, k=self.rng.randint(1, 20)))}"

    def sized(self, record: Record, size: int) -> Record:
        """Return a row whose body has a number of bytes."""
        bare = Values(record.key, record.case, record.kind, CANARY, None, SOME_TIME)
        text = CANARY + "x" * (size - len(body_of(bare)))
        return Record(record.key, record.case, record.kind, text, record.age_micros)


def draw_deposits(
    rng: random.Random, *, seconds: float, late: float, large: float = 0.02, ties: bool = False
) -> tuple[Deposit, ...]:
    """Draw transactions over a while.

    Parameters:
        late: the share of those that stay open for a time.
        ties: many rows have one time.
    """
    draft = RowDraft(rng, large)
    deposits = list(draw_backlog(draft))
    for _ in range(rng.randint(20, 45)):
        at = rng.uniform(0, seconds)
        open_seconds = 0.0
        if rng.random() < late:
            open_seconds = rng.uniform(0.3, 1.8)
        deposits.append(Deposit(at, open_seconds, draw_records(draft, rng, ties=ties)))
    return tuple(sorted(deposits, key=lambda deposit: deposit.at))


def draw_backlog(draft: RowDraft) -> Iterator[Deposit]:
    """Draw what is there before the service starts."""
    for _ in range(draft.rng.choice((0, 1, 3))):
        ages = [draft.rng.randint(0, 50_000_000) for _ in range(draft.rng.randint(1, 40))]
        yield Deposit(BACKLOG_AT, 0.0, tuple(draft.record(age) for age in ages))


def draw_records(draft: RowDraft, rng: random.Random, *, ties: bool) -> tuple[Record, ...]:
    """Draw the rows of one transaction: of one time, or of times that follow each other."""
    count = rng.randint(1, 12)
    if ties:
        count = rng.choice(TIES)
    spread = rng.choice((0, 0, 5000))
    return tuple(draft.record(rng.randint(0, spread)) for _ in range(count))
