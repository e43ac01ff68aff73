"""Things written while something is away, one into each pipeline, and whether they arrived."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping

from standins.oracle import USER
from tests.chaos.changes.hardships import FOREIGN
from tests.chaos.changes.plan import Step, Transaction
from tests.chaos.changes.tables import ORDERS
from tests.chaos.events.judge.encoding import id_of
from tests.chaos.events.plan import CANARY, Record
from tests.chaos.events.plan import Deposit as EventDeposit
from tests.chaos.joined.outages import CHANGES, CONVERSATIONS, EVENTS, PROCESSOR
from tests.chaos.joined.sides import Sides
from tests.chaos.plans.plan import Deposit, Utterance

#: Numbers that nothing else in a round has.
FIRST_CALL, FIRST_KEY, FIRST_ROW = 800_000, 200_000, 900_000
ORDER = {"AMOUNT": "15.51", "PLACED_AT": "2026-02-01T10:20:30.17"}

LOOK_SECONDS = 0.05

#: Returns whether what was written has arrived.
Arrived = Callable[[], bool]
#: Pipeline -> for how many seconds its probe took, None where it did not arrive.
Arrivals = Mapping[str, float | None]


class Probes:
    """Writes probes.

    Parameters:
        is_oracle_away: then only what others put into the stream can be written.
    """

    def __init__(self, sides: Sides, *, is_oracle_away: bool) -> None:
        self.sides = sides
        self.is_oracle_away = is_oracle_away

    def send(self, number: int, pipelines: Iterable[str], seconds: float) -> Arrivals:
        """Write probes, and wait for those of pipelines that must go on.

        Parameters:
            number: which no other probes of the round have.
            seconds: how long they are waited for.
        """
        waiting = self.write(number)
        began_at = time.monotonic()
        took: dict[str, float | None] = {name: None for name in pipelines if name in waiting}
        while None in took.values() and time.monotonic() < began_at + seconds:
            for pipeline, known in took.items():
                if known is None and waiting[pipeline]():
                    took[pipeline] = time.monotonic() - began_at
            time.sleep(LOOK_SECONDS)
        return took

    def write(self, number: int) -> Mapping[str, Arrived]:
        """Write one into each pipeline, and return for each whether it has arrived."""
        foreign = self.put_foreign()
        if self.is_oracle_away:
            return {PROCESSOR: foreign}
        row = FIRST_ROW + number
        self.change(row)
        site = self.sides.changes.site
        return {
            CONVERSATIONS: self.converse(FIRST_CALL + number),
            EVENTS: self.insert(FIRST_KEY + number),
            CHANGES: lambda: is_of(row, (record.bytes for record in list(site.ledger.records))),
            PROCESSOR: lambda: is_of(row, (each.detail for each in list(site.ledger.published))),
        }

    def converse(self, number: int) -> Arrived:
        """Record a call, which has arrived when its answer is stored."""
        call = str(number)
        said = (
            Utterance(call, "B7", None, "C", "is all well?", 3.0),
            Utterance(call, "B7", None, "A", "all is well", 2.0),
        )
        self.sides.conversations.writers.work([Deposit(0.0, 0.0, said)])
        dba = self.sides.conversations.database.dba
        asked = f"SELECT COUNT(*) FROM {USER}.DICTA_CALL_SUMMARY WHERE CALL_ID = :call_id"
        return lambda: bool(dba.rows(asked, call_id=call)[0][0])

    def insert(self, number: int) -> Arrived:
        """Insert a row, which has arrived when its message left the service."""
        key = str(number)
        record = Record(key, f"{CANARY} probe", "OPENED", f"{CANARY} probe")
        self.sides.events.writers.work([EventDeposit(0.0, 0.0, (record,))])
        site = self.sides.events.site
        return lambda: any(sent.id == id_of(key) for sent in site.sent())

    def change(self, row: int) -> None:
        """Change a row."""
        step = Step("put", ORDERS.name, (row,), values=ORDER)
        self.sides.changes.writers.work([Transaction(0.0, 0.0, (step,))])

    def put_foreign(self) -> Arrived:
        """Put a record into the stream that is no change, and must become a dead letter."""
        site = self.sides.changes.site
        before = len(site.ledger.letters)
        site.put_foreign(FOREIGN[:1])
        return lambda: len(site.ledger.letters) > before


def is_of(row: int, texts: Iterable[str | bytes]) -> bool:
    """Return whether the change of a row is among them."""
    for text in texts:
        try:
            keys = json.loads(text)["keys"]
        except (ValueError, LookupError, TypeError):
            continue
        if keys.get("line") == row:
            return True
    return False
