"""Draws transactions: what is done to which rows, in which order, and how long it stays open."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping

from tests.chaos.changes.plan import CANARY, HIDDEN, MOST_BYTES, POISON, Step, Transaction
from tests.chaos.changes.tables import ACCOUNTS, CUSTOMERS, LABELS, NOTES, ORDERS

BACKLOG_AT = -1.0
#: Rows that several write in turn.
ROWS = 12
#: Numbers of rows that one transaction alone makes by a change of keys.
FIRST_TARGET = 1000
SHARES = {CUSTOMERS.name: 5, ORDERS.name: 4, ACCOUNTS.name: 3, NOTES.name: 2, LABELS.name: 3}
KINDS = {"put": 8, "merge": 3, "delete": 3, "move": 2, "again": 2, "many": 2}
TALKS = (
    "my card is four five eight zero 1 2 6 0 0 0 0 0 0 0 0 3 thanks",
    "call me at 054-1234567 please",
    "the number is 4580 1260 0000 0003",
    "nothing to tell",
    "תודה רבה",
    "write to canary.person@example.com",
)
NAMES = ("Dana", "שרה", 'quo"te', "back\\slash", "line\nend", "emoji 😀", "x" * 90, None, "\u2028")
#: The bus takes no event that a record of this size becomes, nor does the stream the record.
OVERSIZE = MOST_BYTES + 10


class Drawing:
    """Draws the steps of one round.

    Parameters:
        odd: the share of steps whose value is not as the model says, or is poison to the bus.
        oversize: how many rows too large for a record there are.
    """

    def __init__(self, rng: random.Random, *, odd: float = 0.02, oversize: int = 0) -> None:
        self.rng = rng
        self.odd = odd
        self.oversize = oversize
        self.targets = FIRST_TARGET

    def transaction(self, at: float, *, late: float, long: bool = False) -> Transaction:
        """Draw one. late: the share of those that stay open for seconds."""
        rng = self.rng
        count = rng.choice((1, 1, 2, 3, 5))
        if long:
            count = 30
        open_seconds = 0.0
        if rng.random() < late:
            open_seconds = rng.uniform(0.3, 2.5)
        steps = list(self.steps(count))
        return Transaction(at, open_seconds, tuple(steps), is_rolled_back=rng.random() < 0.15)

    def steps(self, count: int) -> Iterator[Step]:
        """Draw steps in the order of tables and rows, so that few transactions block each other."""
        drawn = sorted(
            (self.step() for _ in range(count)), key=lambda step: (step.table, step.rows)
        )
        if count < 3 or self.rng.random() < 0.6:
            yield from drawn
            return
        saved, back = sorted(self.rng.sample(range(count + 1), 2))
        for number, step in enumerate(drawn):
            if number == saved:
                yield Step("savepoint")
            if number == back:
                yield Step("back")
            yield step
        if back == count:
            yield Step("back")

    def step(self) -> Step:
        rng = self.rng
        table = rng.choices(list(SHARES), list(SHARES.values()))[0]
        what = rng.choices(list(KINDS), list(KINDS.values()))[0]
        rows: tuple[int, ...] = (rng.randint(1, ROWS),)
        if what == "many":
            rows = tuple(sorted(rng.sample(range(1, ROWS + 1), rng.randint(2, 6))))
        target = 0
        if what == "move":
            self.targets += 1
            target = self.targets
        return Step(what, table, rows, target, self.values(table))

    def values(self, table: str) -> Mapping[str, object]:
        """Draw what a step writes beside the stamp."""
        if table == CUSTOMERS.name:
            return self.customer()
        if table == ORDERS.name:
            amount = f"{self.rng.randint(1, 10**15)}.{self.rng.randint(1, 999)}1"
            moment = f"2026-02-0{self.rng.randint(1, 9)}T10:20:30.{self.rng.randint(1, 99999)}7"
            return {"AMOUNT": amount, "PLACED_AT": moment}
        if table == ACCOUNTS.name:
            return {"OWNER_NAME": f"{CANARY} owner"}
        if table == LABELS.name:
            owner = f"{CANARY} owner {self.rng.choice((1, 2))}"
            return {"TITLE": self.rng.choice(("new", "used")), "OWNER_NAME": owner}
        if self.oversize > 0:
            self.oversize -= 1
            return {"BODY": "o" * OVERSIZE}
        return {"BODY": self.rng.choice(("short", "", None, "m" * 5000))}

    def customer(self) -> Mapping[str, object]:
        rng = self.rng
        profile: str | None = json.dumps(
            {"email": f"{CANARY}@mail", "plan": rng.randint(1, 9), "in": [{"ssn": CANARY}]}
        )
        if rng.random() < 0.2:
            profile = rng.choice((None, f"{{{CANARY} is no JSON", f'"{CANARY}'))
        values = {
            "NAME": rng.choice(NAMES),
            "SSN": rng.choice((f"{CANARY}-1", f"{CANARY}-2", None)),
            "IS_ACTIVE": rng.choice((0, 1, None)),
            "PROFILE": profile,
            "TALK": rng.choice(TALKS),
            "SECRET": HIDDEN,
        }
        if rng.random() < self.odd:
            values |= rng.choice(({"IS_ACTIVE": 7}, {"NAME": f"{POISON} name"}))
        return values


def draw_transactions(
    rng: random.Random,
    seconds: float,
    *,
    late: float = 0.3,
    odd: float = 0.02,
    oversize: int = 0,
    count: int = 40,
) -> tuple[Transaction, ...]:
    """Draw the transactions of a round."""
    drawing = Drawing(rng, odd=odd, oversize=oversize)
    drawn = []
    for _ in range(rng.choice((0, 2, 8))):
        drawn.append(drawing.transaction(BACKLOG_AT, late=0.0))
    for _ in range(rng.randint(count // 2, count)):
        drawn.append(drawing.transaction(rng.uniform(0, seconds), late=late))
    if rng.random() < 0.3:
        drawn.append(drawing.transaction(rng.uniform(0, 1), late=late, long=True))
    return tuple(sorted(drawn, key=lambda transaction: transaction.at))
