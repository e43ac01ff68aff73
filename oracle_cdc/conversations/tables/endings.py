"""How leased calls end: one value for each, written into all tables in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import compress

from oracle_cdc.conversations.rules.redaction import Marks
from oracle_cdc.conversations.rules.states import bound_state
from oracle_cdc.conversations.tables.failures import clear_failures
from oracle_cdc.conversations.tables.journal import Event, write_events
from oracle_cdc.oracle.session import Binds, Session

#: How `settle_unsent` is given that nothing is left to do.
NOTHING_LEFT = -1.0


@dataclass(frozen=True)
class Acceptance:
    """What SQS accepted of a call.

    Parameters:
        newest_sent: the TEXT_TIME of its newest utterance.
        may_have_failed: a row of SQS_PERMANENT_FAILURES may speak of the call, which goes now.
    """

    message_id: str
    revision: int
    newest_sent: datetime
    may_have_failed: bool


@dataclass(frozen=True)
class Ending:
    """How a leased call ends.

    Parameters:
        state: the ledger's state from now on, or None for back to what was accepted before.
        event: what the DBA's tables say of it, or None for nothing.
        acceptance: what SQS accepted, or None for a call that ends without a send.
        rows_read, newest_read, times_read: what the ledger accounts for, or None for what it says
            already, or is not known.
        due_seconds: until its next look, or None when nothing is left to do.
        own_failures: how many more attempts of this very call failed.
        marks: what was marked in what SQS accepted.
    """

    call_id: str
    state: str | None
    event: Event | None = None
    acceptance: Acceptance | None = None
    rows_read: int | None = None
    newest_read: datetime | None = None
    times_read: int | None = None
    due_seconds: float | None = None
    own_failures: int = 0
    marks: Marks = field(default_factory=dict)


def write_endings(session: Session, endings: Sequence[Ending], token: str) -> list[Ending]:
    """Write endings into every table, and return those whose lease still held.

    The others are written already, or their calls have a new owner: of these nothing is written.
    The caller commits.
    """
    ours = write_ledger(session, endings, token)
    accepted: list[str] = []
    events: list[Event] = []
    for ending in ours:
        if ending.acceptance and ending.acceptance.may_have_failed:
            accepted.append(ending.call_id)
        if ending.event:
            events.append(ending.event)
    clear_failures(session, accepted)
    write_events(session, token, events)
    return ours


def write_ledger(session: Session, endings: Sequence[Ending], token: str) -> list[Ending]:
    """Write endings into the ledger, and return those whose lease still held.

    Rows are written in the order of their ids, as everywhere, so that nobody deadlocks. The caller
    commits.
    """
    sent: list[Ending] = []
    unsent: list[Ending] = []
    sent_rows: list[Binds] = []
    unsent_rows: list[Binds] = []
    for ending in sorted(endings, key=lambda ending: ending.call_id):
        if ending.acceptance:
            sent.append(ending)
            sent_rows.append(_sent_binds(ending.call_id, ending.acceptance, token))
        else:
            unsent.append(ending)
            unsent_rows.append(_unsent_binds(ending, token))
    counts = [
        *session.execute_array("settle_sent", sent_rows),
        *session.execute_array("settle_unsent", unsent_rows),
    ]
    return list(compress([*sent, *unsent], counts))


def _sent_binds(call_id: str, acceptance: Acceptance, token: str) -> Binds:
    return {
        "call_id": call_id,
        "token": token,
        "message_id": acceptance.message_id,
        "newest_sent": acceptance.newest_sent,
    }


def _unsent_binds(ending: Ending, token: str) -> Binds:
    due_seconds = ending.due_seconds
    if due_seconds is None:
        due_seconds = NOTHING_LEFT
    return {
        "call_id": ending.call_id,
        "token": token,
        "state": bound_state("settle_unsent", ending.state),
        "rows_read": ending.rows_read,
        "newest_read": ending.newest_read,
        "times_read": ending.times_read,
        "due_seconds": due_seconds,
        "own_failures": ending.own_failures,
    }
