"""One visit to a lane: its front read, sent in turns, and what was accepted deleted.

The lane's row in CDC_CHANGE_TABLES is locked from the read to the commit, so that no other copy
sends the same changes meanwhile. A row leaves the change table only by its own name, once all that
was made of it is accepted. What is lost between the answer and the commit is sent again, with the
same ids and bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from oracle_cdc.aws.kinesis.limits import MAX_RECORDS, MAX_REQUEST_BYTES
from oracle_cdc.changes.lanes.log import ChangeLog, Read
from oracle_cdc.changes.outbound.building import Builder, Group, Outgoing
from oracle_cdc.changes.outbound.sending import Sender, Settled
from oracle_cdc.changes.rules.pairing import LogRow, Pairing
from oracle_cdc.changes.rules.turns import Turns
from oracle_cdc.errors import CdcError
from oracle_cdc.oracle.session import Session


@dataclass
class Visited:
    """What a visit came to.

    Parameters:
        is_elsewhere: another copy has the lane, or a person paused it.
        read: rows of the change table.
        shipped: changes that the stream accepted.
        dead: dead letters that their queue accepted.
        skipped: changes that are not published.
        held: rows that stay, because something of theirs was not accepted.
        is_end: there was nothing behind what was read.
        error: what something was not accepted for.
        failure: the same, of a request as a whole.
        buried: why each dead letter is one.
    """

    is_elsewhere: bool = False
    read: int = 0
    shipped: int = 0
    dead: int = 0
    skipped: int = 0
    held: int = 0
    is_end: bool = True
    error: CdcError | None = None
    failure: CdcError | None = None
    buried: list[str] = field(default_factory=list)
    last_id: str = "0"


class Lane:
    """A change table, and what is needed to ship it."""

    def __init__(self, log: ChangeLog, builder: Builder) -> None:
        self.log = log
        self.builder = builder
        self.table = log.shape.table
        self.pairing = Pairing(self.table, log.shape.model.keys)


class Visitor:
    """Visits lanes.

    Parameters:
        batch_size: rows of one read.
        is_stopping: whether no further turn may begin.
    """

    def __init__(self, sender: Sender, batch_size: int, is_stopping: Callable[[], bool]) -> None:
        self.sender = sender
        self.batch_size = batch_size
        self.is_stopping = is_stopping

    def visit(self, session: Session, lane: Lane, count: int) -> Visited:
        """Send the front of a lane, and commit.

        Raises what Oracle fails with. Then what was sent is sent again.

        Parameters:
            count: how many rows are read.
        """
        if not session.query("lock_lane", table_name=lane.table):
            return Visited(is_elsewhere=True)
        read = lane.log.read(session, count)
        visited = Visited(read=len(read.rows), is_end=read.is_end)
        rows = self.ship(lane, read, visited)
        visited.held = visited.read - len(rows)
        if rows:
            visited.last_id = rows[-1].change_id
            lane.log.delete(session, rows, commit=True)
        else:
            session.rollback()
        return visited

    def ship(self, lane: Lane, read: Read, visited: Visited) -> Sequence[LogRow]:
        """Send what was read, and return the rows that can be deleted."""
        turns: Turns[Outgoing] = Turns(MAX_RECORDS, MAX_REQUEST_BYTES)
        done: list[LogRow] = []
        groups: list[Group] = []
        for number, paired in enumerate(lane.pairing.pair(read.rows, is_end=read.is_end)):
            group = lane.builder.build(paired, number)
            groups.append(group)
            if group.waiting:
                turns.add(group.waiting)
            else:
                visited.skipped += 1
                done += group.rows
        while visited.failure is None and not self.is_stopping():
            turn = turns.next_turn()
            if not turn:
                break
            outcome = self.sender.send(turn)
            visited.failure = outcome.failure
            for settled in outcome.settled:
                if self.settle(turns, settled, visited):
                    done += groups[settled.waiting.group].rows
        return done

    def settle(self, turns: Turns[Outgoing], settled: Settled, visited: Visited) -> bool:
        """Note what became of one, and return whether all of its group was accepted."""
        waiting = settled.waiting
        if settled.error is not None:
            visited.error = settled.error
            turns.keep_back(waiting)
            return False
        refusal = waiting.item.refusal
        if refusal is None:
            visited.shipped += 1
        else:
            visited.dead += 1
            visited.buried.append(f"{refusal.reason_code}: {refusal}")
        return turns.accept(waiting)
