"""One visit to a lane: its front read and sent in turns, and what was accepted deleted.

The lane's row in CDC_CHANGE_TABLES is locked from the first read to the commit, so that no other
copy sends the same changes meanwhile. A row leaves the change table only by its own name, once all
that was made of it is accepted. What is lost between the answer and the commit is sent again, with
the same ids and bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from time import monotonic

from oracle_cdc.aws.kinesis.limits import MAX_RECORDS, MAX_REQUEST_BYTES
from oracle_cdc.changes.lanes.change_log import Named
from oracle_cdc.changes.outbound.building import Outgoing
from oracle_cdc.changes.outbound.lane import Lane
from oracle_cdc.changes.outbound.read_ahead import ReadAhead
from oracle_cdc.changes.outbound.sending import Sender, Settled
from oracle_cdc.changes.outbound.turns_in_flight import REQUESTS, Flight
from oracle_cdc.changes.rules.pairing import LogRow, Paired, cut_half
from oracle_cdc.changes.rules.turns import Turns
from oracle_cdc.errors import CdcError, OracleUnavailable
from oracle_cdc.oracle.session import Session
from oracle_cdc.running.workers import Workers

#: When a visit reads no more, and when it sends no more of what was read: other lanes have their
#: turn, and a kill repeats no more than that.
READING_SECONDS = 1.0
SENDING_SECONDS = 5.0
#: What may wait for its turn while more is read: a key that has many must not fill the memory.
MOST_WAITING = 4 * MAX_RECORDS
MOST_WAITING_BYTES = 2 * MAX_REQUEST_BYTES


@dataclass
class Visited:
    """What a visit came to.

    Parameters:
        read: rows of the change table.
        shipped: records that the stream accepted.
        dead: dead letters that their queue accepted: each one's code, and why it is one.
        skipped: changes that are not published.
        deleted: rows that are gone from the change table.
        last_id: the greatest number of a change of theirs.
        is_end: there was nothing behind what was read.
        error: what something was not accepted for.
        failure: the same, of a request as a whole.
    """

    read: int = 0
    shipped: int = 0
    dead: list[tuple[str, str]] = field(default_factory=list)
    skipped: int = 0
    deleted: int = 0
    last_id: int = 0
    is_end: bool = False
    error: CdcError | None = None
    failure: CdcError | None = None

    @property
    def held_back(self) -> int:
        """Return how many rows were read and stay."""
        return self.read - self.deleted

    @property
    def has_more(self) -> bool:
        """Return whether the next visit may find something to send at once.

        Time may have been up before all was sent that was read, such as many changes of one row.
        """
        is_whole = self.is_end and not self.held_back
        return bool(self.deleted) and self.error is None and not is_whole


class Visitor:
    """Visits lanes.

    Parameters:
        batch_size: rows of one read.
        is_stopping: whether nothing more may begin.
    """

    def __init__(
        self,
        sender: Sender,
        batch_size: int,
        is_stopping: Callable[[], bool],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.sender = sender
        self.batch_size = batch_size
        self.is_stopping = is_stopping
        self.clock = clock
        self.workers = Workers(REQUESTS, "changes-send")
        self.readers = Workers(1, "changes-read")

    def visit(self, session: Session, lane: Lane, held_back: int = 0) -> Visited:
        """Send the front of a lane, and commit.

        Raises what Oracle fails with. Then what was sent is sent again.

        Parameters:
            held_back: how many rows more than usual are read, because they stay.
        """
        if not lane.lock(session):
            return Visited()
        visit = Visit(self, lane, lane.most_rows + held_back)
        try:
            self.ship(session, visit)
        except OracleUnavailable:
            lane.read_fewer(visit.visited.read, self.batch_size)
            raise
        lane.read_more()
        return visit.visited

    def ship(self, session: Session, visit: Visit) -> None:
        """Send what a visit reads, delete what of it was accepted, and commit."""
        log = visit.lane.log
        delete = partial(log.delete, session, commit=False)
        with closing(log.stream(session, visit.count, self.batch_size)) as chunks:
            visit.send(ReadAhead(chunks, delete, self.readers))
        if visit.deletable:
            visit.visited.deleted += log.delete(session, visit.take_deletable(), commit=True)
        elif visit.visited.deleted:
            session.commit()
        else:
            session.rollback()


class Visit:
    """One visit under way.

    Parameters:
        count: how many rows are read at most.
    """

    def __init__(self, visitor: Visitor, lane: Lane, count: int) -> None:
        self.lane = lane
        self.count = count
        self.batch_size = visitor.batch_size
        self.is_stopping = visitor.is_stopping
        self.clock = visitor.clock
        #: The first turn, None before it: however long it took to read, something is sent.
        self.began_at: float | None = None
        self.flight = Flight(visitor.sender, visitor.workers)
        self.turns: Turns[Outgoing] = Turns(MAX_RECORDS, MAX_REQUEST_BYTES)
        self.visited = Visited()
        #: Group -> the rows that go once all of it is accepted.
        self.rows: dict[int, Sequence[Named]] = {}
        self.deletable: list[Named] = []
        #: Half an update at the end of what was read, whose other half comes next.
        self.half: Sequence[LogRow] = ()
        self.groups = 0

    def send(self, ahead: ReadAhead) -> None:
        """Read and send until nothing is left, or time is up."""
        has_more = True
        try:
            while True:
                while has_more and self.has_room():
                    has_more = self.read(ahead)
                self.begin_turns()
                if not self.flight.count:
                    ahead.wait()
                    ahead.require()
                    return
                if len(self.deletable) >= self.batch_size:
                    # Meanwhile the requests are on their way, and more is made for the next.
                    ahead.delete(self.take_deletable())
                self.settle(waits=not (has_more and self.has_room()))
        finally:
            # An answer that nobody waits for would come between those of the next visit.
            self.flight.drain()
            ahead.wait()
            self.visited.deleted = ahead.deleted

    def take_deletable(self) -> Sequence[Named]:
        """Return the rows of what was accepted since this was last done, to be deleted."""
        deletable, self.deletable = self.deletable, []
        last_id = max(int(change_id) for _, change_id in deletable)
        self.visited.last_id = max(self.visited.last_id, last_id)
        return deletable

    def is_over(self, seconds: float) -> bool:
        """Return whether nothing more may begin: these seconds have passed since the first turn."""
        if self.visited.failure is not None or self.is_stopping():
            return True
        return self.began_at is not None and self.clock() - self.began_at >= seconds

    def has_room(self) -> bool:
        """Return whether more can be read: where a request is not full, and not much waits."""
        turns = self.turns
        if turns.ready >= MAX_RECORDS or self.is_over(READING_SECONDS):
            return False
        return turns.waiting < MOST_WAITING and turns.waiting_bytes < MOST_WAITING_BYTES

    def read(self, ahead: ReadAhead) -> bool:
        """Read the rows of one round trip, and return whether there are more."""
        rows = ahead.take()
        visited = self.visited
        visited.read += len(rows)
        # Full reads alone say that there is more.
        has_more = bool(rows) and visited.read < self.count
        if has_more and not self.is_over(READING_SECONDS):
            ahead.begin()
        visited.is_end = not rows and visited.read < self.count
        rows, self.half = [*self.half, *rows], ()
        if not visited.is_end:
            rows, self.half = cut_half(rows)
        for paired in self.lane.pairing.pair(rows):
            self.add(paired)
        return has_more

    def add(self, paired: Paired) -> None:
        """Let what is made of a change wait for its turn."""
        number = self.groups
        self.groups += 1
        named = [(row.place, row.change_id) for row in paired.rows]
        waiting = self.lane.builder.build(paired, number)
        if waiting:
            self.rows[number] = named
            self.turns.add(waiting)
        else:
            self.visited.skipped += 1
            self.deletable += named

    def begin_turns(self) -> None:
        """Send as many turns as may be on their way."""
        while not self.flight.is_full and not self.is_over(SENDING_SECONDS):
            turn = self.turns.next_turn()
            if not turn:
                return
            if self.began_at is None:
                self.began_at = self.clock()
            self.flight.begin(turn)

    def settle(self, *, waits: bool) -> None:
        """Note what became of turns. waits: for one at least."""
        for turn in self.flight.collect(waits=waits):
            self.visited.failure = self.visited.failure or turn.failure
            for settled in turn.settled:
                self.settle_one(settled)

    def settle_one(self, settled: Settled) -> None:
        waiting = settled.waiting
        if settled.error is not None:
            self.visited.error = settled.error
            self.turns.keep_back(waiting)
            return
        refusal = waiting.item.refusal
        if refusal is None:
            self.visited.shipped += 1
        else:
            self.visited.dead.append((refusal.reason_code, str(refusal)))
        if self.turns.accept(waiting):
            self.deletable += self.rows.pop(waiting.group)
