"""The rows that a demo writes: what is odd about some of them, and when each transaction begins."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

DEFAULT_ROWS = 1200
#: So that all that is odd is among them.
FEWEST_ROWS = 50

#: Above 2^53, so whoever makes a float of it changes its digits.
LARGEST_ID = 9_223_372_036_854_775_807
FIRST_ID = 500_000_001
TYPES = ("CASE_OPENED", "CASE_UPDATED", "CASE_CLOSED", "NOTE_ADDED")
#: Values that must not choose another subject than their place in the template. None is NULL.
ODD_TYPES = ("חשבון חדש", "q.*", "case > all", "a..b", None)
TEXTS = (
    "שלום, החשבון תוקן",
    "The case was opened again",
    "תודה \U0001f44d\U0001f3fd",
    'a "quoted" \\ line',
)
#: What the server takes of one message, and what is too much of it.
MAX_PAYLOAD_BYTES = 65_536
TOO_LONG = 70_000
#: What it takes once somebody has let it take more.
WIDER_PAYLOAD_BYTES = 131_072

ROWS_PER_SECOND = 80
#: However many rows there are, so that there is time for what happens meanwhile.
SHORTEST_SECONDS, LONGEST_SECONDS = 8.0, 15.0
MOST_ROWS_OF_A_TRANSACTION = 6
#: One transaction in this number is committed late, and how many seconds.
LATE_EVERY = 50
LATE_PLACE = 3
LATE_SECONDS = (2.0, 6.0)
#: The part of the rows after which the others wait for the kill, so that it is in the middle.
KILLED_FROM = 0.75


@dataclass(frozen=True)
class NewRow:
    """A row to be written. is_too_large: for the server that takes the messages."""

    id: int
    case_id: str
    event_type: str | None
    data: str = field(repr=False)
    is_too_large: bool = False


@dataclass(frozen=True)
class Transaction:
    """Rows that are committed together.

    Parameters:
        begin_seconds: when they are inserted, from the start.
        late_seconds: how much later they are committed.
        gate: how many things must have happened to the system before they are inserted.
    """

    begin_seconds: float
    rows: Sequence[NewRow]
    late_seconds: float = 0.0
    gate: int = 0


def make_transactions(
    count: int,
    chance: random.Random,
    seconds: float | None = None,
    gates: Sequence[float] = (KILLED_FROM,),
) -> list[Transaction]:
    """Make the transactions of one demo, in the order in which they begin.

    Parameters:
        seconds: in which all begin.
        gates: the parts of the rows after which the others wait until one thing more has happened.
    """
    rows = make_rows(count, chance)
    if seconds is None:
        seconds = min(max(count / ROWS_PER_SECOND, SHORTEST_SECONDS), LONGEST_SECONDS)
    transactions: list[Transaction] = []
    taken = 0
    while taken < count:
        size = chance.randint(1, MOST_ROWS_OF_A_TRANSACTION)
        late_seconds = 0.0
        if len(transactions) % LATE_EVERY == LATE_PLACE:
            late_seconds = chance.uniform(*LATE_SECONDS)
        part = taken / count
        written = rows[taken : taken + size]
        gate = sum(part >= each for each in gates)
        transactions.append(Transaction(seconds * part, written, late_seconds, gate))
        taken += size
    return transactions


def make_rows(count: int, chance: random.Random) -> list[NewRow]:
    """Make rows whose ids do not come in their order, some of them odd."""
    ids = [*range(FIRST_ID, FIRST_ID + count)]
    ids[count // 2] = LARGEST_ID
    chance.shuffle(ids)
    #: One before the stream is full, one after it.
    too_large = {count // 10, count * 9 // 10}
    rows = []
    for place, id in enumerate(ids):
        rows.append(make_row(place, id, place in too_large, chance))
    return rows


def make_row(place: int, id: int, is_too_large: bool, chance: random.Random) -> NewRow:
    event_type: str | None = chance.choice(TYPES)
    # The first five are odd, so that a small demo has them.
    if place < len(ODD_TYPES):
        event_type = ODD_TYPES[place]
    content = {"text": chance.choice(TEXTS), "amount": chance.randrange(10**6) / 100}
    if is_too_large:
        content["attachment"] = "x" * TOO_LONG
    data = json.dumps(content, ensure_ascii=False)
    return NewRow(id, f"C-{chance.randrange(10**6):06}", event_type, data, is_too_large)
