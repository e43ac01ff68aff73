"""What left the service: how often, in which succession, and not before its time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from tests.chaos.events.judge.encoding import id_of
from tests.chaos.events.judge.history import History, Sent
from tests.chaos.judge.history import TOLERANCE_SECONDS


def check_alike(history: History) -> Iterator[str]:
    """Find rows that were sent with different bytes or subjects."""
    for id, sendings in by_id(history).items():
        if len({(sent.subject, sent.digest) for sent in sendings}) > 1:
            yield f"{id} was sent {len(sendings)} times, and not the same each time"


def check_repeats(history: History) -> Iterator[str]:
    """Find rows that were sent again once they were stored, although nothing had gone wrong.

    What a full stream refused, or nobody heard, is sent again as a matter of course.
    """
    stored_at = {message.id: message.at for message in history.stored}
    found = []
    for id, sendings in by_id(history).items():
        at = stored_at.get(id, float("inf"))
        for again in sendings:
            if again.at > at + TOLERANCE_SECONDS and not is_explained(history, at, again.at):
                found.append(f"{id} was sent again {again.at - at:.2f} s after it was stored")
    if found:
        yield f"{len(found)} repeats that nothing explains, such as: {found[0]}"


def by_id(history: History) -> dict[str, Sequence[Sent]]:
    """Return the sendings of each row."""
    grouped: dict[str, list[Sent]] = defaultdict(list)
    for sent in sorted(history.sent, key=lambda sent: sent.at):
        grouped[sent.id].append(sent)
    return dict(grouped)


def is_explained(history: History, stored_at: float, again_at: float) -> bool:
    """Return whether something went wrong from when a row was stored on, or just before."""
    for trouble in history.troubles:
        if trouble.begin <= again_at and stored_at <= trouble.end + history.rules.ack_seconds:
            return True
    return False


def check_settled(history: History) -> Iterator[str]:
    """Find rows that were sent before they had settled."""
    if not history.rules.has_steady_clock:
        return
    rows = {id_of(row.key): row for row in history.rows}
    for message in history.stored:
        if message.id not in rows:
            continue
        age = message.at - rows[message.id].at
        if age < history.rules.settle_seconds - TOLERANCE_SECONDS:
            yield f"{message.id} was stored {age:.2f} s after its time"
            return


def check_succession(history: History) -> Iterator[str]:
    """Find rows that were committed in time and are not in the succession of (time, id)."""
    if not history.rules.is_sound:
        return
    in_time = {}
    for row in history.rows:
        if row.committed_at - row.at < history.rules.settle_seconds:
            in_time[id_of(row.key)] = (row.values.created_at, int(row.key))
    found = []
    for message in sorted(history.stored, key=lambda message: message.sequence):
        if message.id in in_time:
            found.append(in_time[message.id])
    if found != sorted(found):
        yield "messages are not in the succession of time and id"


def check_records(history: History) -> Iterator[str]:
    """Find a wrong state or count in ETL_PRMREC after a sound round."""
    if not history.rules.is_sound:
        return
    newest = {sample.program: sample for sample in history.samples}
    records = 0
    for sample in newest.values():
        records += sample.records
        if sample.status != "SUCCESS":
            yield f"STATUS of {sample.program} is {sample.status}"
    if records != len(history.stored):
        yield f"RECORDS_PROCESSED is {records}, and {len(history.stored)} messages are stored"


def check_private(history: History) -> Iterator[str]:
    """Find what should not have been said."""
    yield from history.leaks
