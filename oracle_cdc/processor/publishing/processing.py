"""Records to a verdict: each accepted by the bus, or by the queue of dead letters, or it waits."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from time import monotonic

from oracle_cdc.changes.rules.errors import ChangeRefused, InvalidChange, ParseError
from oracle_cdc.changes.rules.heartbeat_table import is_heartbeat
from oracle_cdc.changes.rules.values import Change
from oracle_cdc.errors import CdcError
from oracle_cdc.processor.publishing.counter_names import PUBLISHED, RECORDS, RETRIES, SKIPPED
from oracle_cdc.processor.publishing.dead_letter_writer import DeadLetterWriter
from oracle_cdc.processor.publishing.preparing import Preparing, read_time
from oracle_cdc.processor.publishing.records import Item, Lot, Verdict
from oracle_cdc.processor.publishing.requests import Requests
from oracle_cdc.processor.publishing.tries import Tries
from oracle_cdc.running.clock import utc_now
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.redaction_counts import REDACTED

logger = logging.getLogger(__name__)

#: The age of Oracle's last heartbeat that came.
HEARTBEAT = "heartbeat"


def always() -> bool:
    return True


class Processing:
    """Publishes records: in turns, so that per key one goes after another.

    Parameters:
        rest: waits these seconds, but not beyond the stop event.
    """

    def __init__(
        self,
        preparing: Preparing,
        requests: Requests,
        letters: DeadLetterWriter,
        tries: Tries,
        *,
        progress: Progress,
        rest: Callable[[float], object],
        clock: Callable[[], float] = monotonic,
        utc: Callable[[], datetime] = utc_now,
    ) -> None:
        self.utc = utc
        self.preparing = preparing
        self.requests = requests
        self.letters = letters
        self.tries = tries
        self.progress = progress
        self.rest = rest
        self.clock = clock

    def process(self, lot: Lot, may_go_on: Callable[[], bool] = always) -> Verdict:
        """Settle what can be settled of a lot now, and return what can't, and why.

        It raises nothing that a record or the bus is the reason of, and may be called again with
        the same lot: what is settled stays so.

        Parameters:
            may_go_on: asked before each turn, such as whether the lease is still held.
        """
        run = Run(self, lot)
        run.begin()
        while may_go_on():
            turn = lot.next_turn(self.clock())
            if turn:
                run.take(turn)
                self.progress.moved()
                continue
            due = lot.next_due()
            if due is None:
                break
            self.rest(max(0.0, due - self.clock()))
        return Verdict([item.record for item in lot.unsettled()], run.error)


class Run:
    """One run over a lot.

    Parameters:
        error: why something waits, the first reason.
    """

    def __init__(self, processing: Processing, lot: Lot) -> None:
        self.processing = processing
        self.lot = lot
        self.error: CdcError | None = None
        #: What is counted once the turn is over: to count each by itself costs as much as the rest.
        self.counts: Counter[str] = Counter()

    def count(self) -> None:
        """Add what was counted to the progress."""
        self.processing.progress.add(**self.counts)
        self.counts.clear()

    def begin(self) -> None:
        """Read all records that were not read before, and queue up what is not settled."""
        for item in self.lot.items:
            if item.key:
                continue
            self.counts[RECORDS] += 1
            try:
                self.processing.preparing.read(item)
            except ParseError as error:
                item.refused = error
                item.attempts += 1
                continue
            if item.change is not None and is_heartbeat(item.change):
                self.note_heartbeat(item, item.change)
        self.lot.begin()
        self.count()

    def note_heartbeat(self, item: Item, change: Change) -> None:
        """Note how long a heartbeat was on its way. Nobody else waits for it."""
        item.is_settled = True
        processing = self.processing
        with suppress(InvalidChange):
            age = processing.utc() - read_time(change)
            processing.progress.age(HEARTBEAT).see(age.total_seconds())

    def take(self, turn: Sequence[Item]) -> None:
        """Take one record of each key as far as it comes."""
        for sent in self.processing.requests.send(self.prepare(turn)):
            if sent.error is None:
                self.counts[PUBLISHED] += 1
                self.lot.settle(sent.item)
            elif isinstance(sent.error, ChangeRefused):
                self.refuse(sent.item, sent.error)
            else:
                self.wait(sent.item, sent.error)
        self.count()

    def prepare(self, turn: Sequence[Item]) -> Iterator[Item]:
        """Yield those of which there is an event, and deal with the others."""
        for item in turn:
            if item.refused is None and item.entry is None:
                self.make(item)
            if item.refused is not None:
                self.write_letter(item, item.refused)
            elif item.entry is not None:
                yield item

    def make(self, item: Item) -> None:
        """Make the event of a record, or note why there is none."""
        assert item.change is not None, "what was not read was refused"
        try:
            transformed = self.processing.preparing.make(item, item.change)
        except ChangeRefused as error:
            self.refuse(item, error)
            return
        for kind, count in transformed.redactions.items():
            self.counts[f"{REDACTED}{kind}"] += count
        if transformed.is_skipped:
            self.counts[SKIPPED] += 1
            self.lot.settle(item)

    def refuse(self, item: Item, error: ChangeRefused) -> None:
        """Try a record again later, or give it up."""
        item.attempts += 1
        tries = self.processing.tries
        if tries.are_over(error, item.attempts):
            item.refused = error
            return
        self.counts[RETRIES] += 1
        seconds = tries.wait_seconds(item.attempts)
        item.due_at = self.processing.clock() + seconds
        logger.debug("%r: tried again in %.1f s: %s", item.record, seconds, error)

    def write_letter(self, item: Item, error: ChangeRefused) -> None:
        """Make a record a dead letter, or have it wait where the queue does not take it."""
        try:
            self.processing.letters.write(item, error)
        except CdcError as failure:
            self.wait(item, failure)
        else:
            self.lot.settle(item)

    def wait(self, item: Item, error: CdcError) -> None:
        self.error = self.error or error
        self.lot.keep_waiting(item)
