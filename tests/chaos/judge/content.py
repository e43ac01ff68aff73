"""What the queue got of each call: all that the source has, each revision once, none too soon."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timezone

from tests.chaos.judge.history import (
    TOLERANCE_SECONDS,
    Entry,
    History,
    Row,
    Sending,
    Sent,
    sendings_by_call,
)
from tests.chaos.judge.spoken import content_of, newest_time, rows_by_call, said, said_in, sort_key

#: This many ended processes may have held a call before it is set aside as what ended them.
KILLS_UNTIL_SET_ASIDE = 4

#: A call and one of its revisions.
Revision = tuple[str, int]


def check_segments(history: History) -> Iterator[str]:
    """Find segments that are not in the newest revision sent, and that no ledger row explains."""
    sendings = sendings_by_call(history)
    for call_id, rows in rows_by_call(history).items():
        entry = history.ledger.get(call_id)
        if entry is None:
            yield f"call {call_id}: {len(rows)} rows and no row in the ledger"
        elif entry.rows_read < len(rows):
            yield (
                f"call {call_id}: {len(rows)} rows, the ledger read {entry.rows_read} "
                f"({entry.state})"
            )
        elif entry.state in ("SENT", "SUMMARIZED"):
            is_purged = call_id in history.rules.purged_calls
            yield from check_content(call_id, rows, sendings[call_id], is_purged=is_purged)
        else:
            yield from check_refusal(entry, rows, history)


def check_content(
    call_id: str, rows: Sequence[Row], sendings: Sequence[Sending], *, is_purged: bool
) -> Iterator[str]:
    """Find what the newest revision of a call has otherwise than the source."""
    if not sendings:
        yield f"call {call_id}: the ledger says that it was sent, the queue never got it"
        return
    newest = max(sendings, key=lambda sending: sending.revision).body
    sent, spoken = said_in(newest), said(rows)
    has_all = set(spoken) <= set(sent)
    if sent != spoken and not (is_purged and has_all):
        missing = len(set(spoken) - set(sent))
        yield (
            f"call {call_id}: revision {newest['revision']} differs from the source, "
            f"{missing} segments are missing"
        )
    if newest["messageCount"] != len(newest["messages"]):
        yield f"call {call_id}: messageCount is wrong"
    first = min(rows, key=sort_key)
    if newest["callTime"] != first.call_time.isoformat() or newest["ban"] != first.ban:
        yield f"call {call_id}: ban or call time differ from the source"


def check_refusal(entry: Entry, rows: Sequence[Row], history: History) -> Iterator[str]:
    """Find a ledger row that says wrongly why a call was not sent."""
    if entry.call_id in history.rules.purged_calls:
        return
    count = len(said(rows))
    if not is_rightly_refused(entry, rows, history):
        yield f"call {entry.call_id}: {count} utterances, and the ledger says {entry.state}"


def is_rightly_refused(entry: Entry, rows: Sequence[Row], history: History) -> bool:
    """Return whether the source gives the reason that the ledger says."""
    utterances = said(rows)
    channels = {owner for owner, _, _ in utterances}
    is_short = len(utterances) < history.rules.min_segments
    if entry.state == "REJECTED_TOO_SHORT":
        return is_short
    if entry.state == "REJECTED_MISSING_CHANNEL":
        return not is_short and not history.rules.required_channels <= channels
    if entry.state == "FAILED":
        is_refused = entry.call_id in history.rules.refused_calls
        return is_refused or count_kills(history) >= KILLS_UNTIL_SET_ASIDE
    return False


def count_kills(history: History) -> int:
    """Count the processes that ended or stood still."""
    kills = 0
    for trouble in history.troubles:
        if trouble.kind in ("kill", "freeze"):
            kills += 1
    return kills


def check_bodies(history: History) -> Iterator[str]:
    """Find a revision with two bodies, or a content with two revisions.

    On FIFO each revision has a deduplication id of its own, and the call is the group.
    """
    bodies: dict[Revision, set[str]] = defaultdict(set)
    ids: dict[Revision, set[str | None]] = defaultdict(set)
    revisions: dict[tuple[str, str], set[int]] = defaultdict(set)
    for sent in history.sent:
        body = json.loads(sent.body)
        key = (sent.call_id, body["revision"])
        bodies[key].add(sent.body)
        ids[key].add(sent.deduplication_id)
        revisions[sent.call_id, content_of(body)].add(body["revision"])
        if not is_named_alike(sent, body["callId"], is_fifo=history.rules.is_fifo):
            yield f"call {sent.call_id}: attribute, group and body name different calls"
    for (call_id, revision), found in bodies.items():
        if len(found) > 1:
            yield f"call {call_id} revision {revision}: {len(found)} different bodies"
    for (call_id, revision), found_ids in ids.items():
        if len(found_ids) > 1:
            yield f"call {call_id} revision {revision}: {len(found_ids)} deduplication ids"
    for (call_id, _), numbers in revisions.items():
        if len(numbers) > 1:
            yield f"call {call_id}: the same content as revisions {sorted(numbers)}"
    if history.rules.is_fifo:
        yield from check_shared_ids(ids)


def is_named_alike(sent: Sent, call_id: str, *, is_fifo: bool) -> bool:
    """Return whether the attribute, the body and on FIFO the group of a message name one call."""
    if call_id != sent.call_id:
        return False
    return not is_fifo or sent.group_id == sent.call_id


def check_shared_ids(ids: dict[Revision, set[str | None]]) -> Iterator[str]:
    """Find calls of which two revisions share a deduplication id."""
    by_call: dict[str, list[str | None]] = defaultdict(list)
    for (call_id, _), found in ids.items():
        by_call[call_id] += found
    for call_id, every in by_call.items():
        if len(set(every)) < len(every):
            yield f"call {call_id}: two revisions share a deduplication id"


def check_quiet(history: History) -> Iterator[str]:
    """Find what was sent while its call still talked."""
    if not history.rules.quiet_until_sent:
        return
    for sent in history.sent:
        newest = newest_time(json.loads(sent.body)).replace(tzinfo=timezone.utc).timestamp()
        if sent.at - newest < history.rules.settle_seconds - TOLERANCE_SECONDS:
            yield f"call {sent.call_id}: sent {sent.at - newest:.2f} s after its newest segment"
