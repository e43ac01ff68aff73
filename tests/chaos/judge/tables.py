"""What the service's tables say in the end: ledger, summaries, what was set aside, watermarks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from tests.chaos.judge.history import (
    TOLERANCE_SECONDS,
    Audit,
    Entry,
    Failure,
    History,
    Reply,
    Row,
    Sending,
    Summary,
    sendings_by_call,
)
from tests.chaos.judge.spoken import newest_time, rows_by_call


def check_ledger(history: History) -> Iterator[str]:
    """Find a sent call of which the ledger says something else than the queue."""
    sendings = sendings_by_call(history)
    for call_id, entry in history.ledger.items():
        if entry.state in ("OPEN", "LEASED"):
            yield f"call {call_id}: still {entry.state} at rest"
        elif entry.state in ("SENT", "SUMMARIZED"):
            yield from check_entry(entry, sendings[call_id])


def check_entry(entry: Entry, sendings: Sequence[Sending]) -> Iterator[str]:
    """Find what the ledger says otherwise of one call."""
    call_id, revision = entry.call_id, entry.sent_revision
    newest = 0
    of_it: list[Sending] = []
    for sending in sendings:
        newest = max(newest, sending.revision)
        if sending.revision == revision:
            of_it.append(sending)
    if newest != revision:
        yield (
            f"call {call_id}: the ledger says revision {revision} was sent, the queue has {newest}"
        )
    elif entry.message_id not in {sending.sent.message_id for sending in of_it}:
        yield f"call {call_id}: the ledger names another message than that of revision {revision}"
    elif entry.text_time != newest_time(of_it[0].body):
        yield f"call {call_id}: the ledger's TEXT_TIME is not the newest one sent"
    if (entry.state == "SUMMARIZED") != (entry.summarized_revision >= revision):
        answered = entry.summarized_revision
        yield f"call {call_id}: {entry.state} with an answer to revision {answered}"


def check_results(history: History) -> Iterator[str]:
    """Find a call whose stored answer is not that of the greatest (revision, SentTimestamp)."""
    replies: dict[str, list[Reply]] = defaultdict(list)
    for reply in history.replies:
        if reply.revision is not None:
            replies[reply.call_id].append(reply)
    sendings = sendings_by_call(history)
    for call_id, found in replies.items():
        yield from check_summary(call_id, found, history.summaries.get(call_id), sendings[call_id])
    if history.results_left:
        yield f"{history.results_left} messages are left in the results queue"


def check_summary(
    call_id: str, replies: list[Reply], stored: Summary | None, sendings: Sequence[Sending]
) -> Iterator[str]:
    """Find what is stored otherwise of one call."""
    if stored is None:
        yield f"call {call_id}: {len(replies)} results came, none is stored"
        return
    rank = max(rank_of(reply) for reply in replies)
    texts = {reply.summary for reply in replies if rank_of(reply) == rank}
    kept = (stored.revision, stored.sent_ms)
    if kept != rank:
        yield f"call {call_id}: stored is the result of {kept}, the newest is {rank}"
    elif stored.text not in texts:
        yield f"call {call_id}: the stored summary is not the one that came"
    if sendings and stored.ban not in {sending.body["ban"] for sending in sendings}:
        yield f"call {call_id}: the summary's customer is not the call's"


def rank_of(reply: Reply) -> tuple[int, int]:
    """Return by what answers to one call are compared."""
    return reply.revision or 0, reply.sent_ms


def check_set_aside(history: History) -> Iterator[str]:
    """Find what should rest among the failures once, and does not, or the other way round."""
    outbound: dict[str | None, Failure] = {}
    counts: Counter[str | None] = Counter()
    for failure in history.failures:
        if failure.direction == "RESULT":
            counts[failure.message_id] += 1
        elif failure.direction == "OUTBOUND":
            outbound[failure.call_id] = failure
    yield from check_results_set_aside(history, counts)
    failed = {call_id for call_id, entry in history.ledger.items() if entry.state == "FAILED"}
    for call_id in failed - outbound.keys():
        yield f"call {call_id}: FAILED without a failure row"
    for known in outbound.keys() - failed:
        yield f"call {known}: a failure row, and it is not FAILED"
    for known, row in outbound.items():
        if not row.reason:
            yield f"call {known}: set aside without a reason"


def check_results_set_aside(history: History, counts: Counter[str | None]) -> Iterator[str]:
    """Find messages with too many failure rows, or too few.

    Parameters:
        counts: rows by message.
    """
    known: set[str] = set()
    for reply in history.replies:
        known.add(reply.message_id)
        expected = int(reply.revision is None)
        count = counts[reply.message_id]
        if count != expected:
            yield f"message {reply.message_id}: {count} failure rows instead of {expected}"
    for message in counts:
        if message not in known:
            yield f"message {message}: set aside, and no answer"


def check_unreadable(history: History) -> Iterator[str]:
    """Find a call with a row that can't be read, and that is not set aside."""
    for call_id in history.rules.unreadable_calls:
        entry = history.ledger.get(call_id)
        state = entry and entry.state
        if state != "FAILED":
            yield f"call {call_id}: a row of it can't be read, and the ledger says {state}"


def check_watermark(history: History) -> Iterator[str]:
    """Find a watermark that passed a call which the ledger did not know.

    It speaks of calls that were committed when the cycle began. What came later than the window
    looks back is the reconciliation's, which has until the end of the round.
    """
    rows = rows_by_call(history)
    for audit in history.audits:
        passed: list[str] = []
        for call_id in audit.unknown_calls:
            if any(is_passed(row, audit) for row in rows.get(call_id, ())):
                passed.append(call_id)
        if passed:
            yield (
                f"at {audit.watermark} it had passed {len(passed)} calls that the ledger did not "
                f"know: {min(passed)}"
            )


def is_passed(row: Row, audit: Audit) -> bool:
    """Return whether a cycle must have found a row that its watermark is beyond."""
    if row.committed_at >= audit.began_at - TOLERANCE_SECONDS:
        return False
    return audit.start <= row.text_time < audit.watermark
