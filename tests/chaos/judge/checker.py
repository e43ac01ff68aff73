"""The judge: what a round's history says against the guarantees. It knows the contract and nothing of the service."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from typing import Any

from tests.chaos.judge.history import (
    TOLERANCE_SECONDS,
    Entry,
    History,
    Reply,
    Row,
    Rules,
    Sending,
    Sent,
    Summary,
    Trouble,
    sendings_by_call,
)
from tests.chaos.judge.limits import check_judged, check_leases, check_shorter

#: What may be left of a lease when a request is made: with less of it left none is.
SHORTEST_REST_OF_LEASE = 0.4
#: So many ended processes may have held a call before it is set aside as what killed them.
KILLS_UNTIL_SET_ASIDE = 4


def check(history: History) -> list[str]:
    """Every violation, in words; none when all holds."""
    found = (
        f"{c.__name__.removeprefix('check_')}: {violation}"
        for c in CHECKS
        for violation in c(history)
    )
    return [*history.complaints, *found]


def check_segments(history: History) -> Iterator[str]:
    """Every segment is in the newest revision that was sent, or a ledger row says why not."""
    sendings = sendings_by_call(history)
    for call_id, rows in rows_by_call(history).items():
        entry = history.ledger.get(call_id)
        if entry is None:
            yield f"call {call_id}: {len(rows)} rows and no row in the ledger"
        elif entry.rows_read < len(rows):
            yield f"call {call_id}: {len(rows)} rows, the ledger read {entry.rows_read} ({entry.state})"
        elif entry.state in ("SENT", "SUMMARIZED"):
            yield from check_content(call_id, rows, sendings[call_id], history.rules.purged_calls)
        else:
            yield from check_refusal(entry, rows, history)


def check_content(
    call_id: str,
    rows: Sequence[Row],
    sendings: Sequence[Sending],
    purged_calls: frozenset[str] = frozenset(),
) -> Iterator[str]:
    if not sendings:
        yield f"call {call_id}: the ledger says that it was sent, the queue never got it"
        return
    newest = max(sendings, key=lambda sending: sending.revision).body
    is_purged = call_id in purged_calls
    if said_in(newest) != said(rows) and not (
        is_purged and set(said(rows)) <= set(said_in(newest))
    ):
        missing = len(set(said(rows)) - set(said_in(newest)))
        yield f"call {call_id}: revision {newest['revision']} differs from the source, {missing} segments are missing"
    if newest["messageCount"] != len(newest["messages"]):
        yield f"call {call_id}: messageCount is wrong"
    first = min(rows, key=sort_key)
    if newest["callTime"] != first.call_time.isoformat() or newest["ban"] != first.ban:
        yield f"call {call_id}: ban or call time differ from the source"


def check_refusal(entry: Entry, rows: Sequence[Row], history: History) -> Iterator[str]:
    """A row that says why not must be right."""
    if entry.call_id in history.rules.purged_calls:
        return
    utterances = said(rows)
    is_short = len(utterances) < history.rules.min_segments
    is_missing_channel = not history.rules.required_channels <= {
        owner for owner, _, _ in utterances
    }
    kills = sum(trouble.kind in ("kill", "freeze") for trouble in history.troubles)
    is_right = {
        "REJECTED_TOO_SHORT": is_short,
        "REJECTED_MISSING_CHANNEL": is_missing_channel and not is_short,
        "FAILED": entry.call_id in history.rules.refused_calls or kills >= KILLS_UNTIL_SET_ASIDE,
    }
    if not is_right.get(str(entry.state), False):
        yield f"call {entry.call_id}: {len(utterances)} utterances, and the ledger says {entry.state}"


def check_bodies(history: History) -> Iterator[str]:
    """One revision, one body; one content, one revision; on FIFO a deduplication id for each, and the call as group."""
    bodies: dict[tuple[str, int], set[str]] = defaultdict(set)
    ids: dict[tuple[str, int], set[str | None]] = defaultdict(set)
    revisions: dict[tuple[str, str], set[int]] = defaultdict(set)
    for sent in history.sent:
        body = json.loads(sent.body)
        key = (sent.call_id, body["revision"])
        bodies[key].add(sent.body)
        ids[key].add(sent.deduplication_id)
        revisions[sent.call_id, content_of(body)].add(body["revision"])
        if body["callId"] != sent.call_id or (
            history.rules.is_fifo and sent.group_id != sent.call_id
        ):
            yield f"call {sent.call_id}: attribute, group and body name different calls"
    yield from (
        f"call {c} revision {r}: {len(found)} different bodies"
        for (c, r), found in bodies.items()
        if len(found) > 1
    )
    yield from (
        f"call {c} revision {r}: {len(found)} deduplication ids"
        for (c, r), found in ids.items()
        if len(found) > 1
    )
    for (call_id, _), found in revisions.items():
        if len(found) > 1:
            yield f"call {call_id}: the same content as revisions {sorted(found)}"
    for call_id, found_ids in group_ids(ids).items():
        if history.rules.is_fifo and len(set(found_ids)) < len(found_ids):
            yield f"call {call_id}: two revisions share a deduplication id"


def group_ids(ids: dict[tuple[str, int], set[str | None]]) -> dict[str, list[str | None]]:
    grouped: dict[str, list[str | None]] = defaultdict(list)
    for (call_id, _), found in ids.items():
        grouped[call_id] += found
    return grouped


def check_duplicates(history: History) -> Iterator[str]:
    """A revision is sent again only where a kill, a lost answer or a pause longer than the lease explains it."""
    sendings: dict[tuple[str, int], list[Sent]] = defaultdict(list)
    for sent in sorted(history.sent, key=lambda sent: sent.at):
        sendings[sent.call_id, json.loads(sent.body)["revision"]].append(sent)
    for (call_id, revision), found in sendings.items():
        for number, after in enumerate(found[1:], 1):
            before = found[number - 1]
            if not is_explained(found[:number], after, history):
                yield (
                    f"call {call_id} revision {revision}: sent again after {after.at - before.at:.2f} s by "
                    f"{after.sender} (before: {before.sender}) and nothing explains it"
                )


def is_explained(earlier: Sequence[Sent], after: Sent, history: History) -> bool:
    """Whether the fate of what was sent before was not known to who sent it again."""
    before = earlier[-1]
    if not before.is_answered or any(
        sent.sender == after.sender and not sent.is_answered for sent in earlier
    ):
        return True
    return any(explains(trouble, before, after, history.rules) for trouble in history.troubles)


def explains(trouble: Trouble, before: Sent, after: Sent, rules: Rules) -> bool:
    """Whether the one that had sent it ended or stood still before it could write so down, or lost its lease."""
    # A clock that jumps, a process or a database that stands still ends every lease: also one under which `before` was
    # sent only afterwards, because its lease had been looked at before.
    reach = TOLERANCE_SECONDS if trouble.kind == "kill" else rules.lease_seconds
    is_between = trouble.end >= before.at - reach and trouble.begin <= after.at + TOLERANCE_SECONDS
    if not is_between or trouble.process not in ("", before.sender, after.sender):
        return False
    if trouble.kind == "kill":
        return trouble.process == before.sender
    # What stands still, a process or the database, must have let the lease end: of the one who had sent it, or of the
    # one who was about to.
    longest = max(trouble.end - trouble.begin, after.at - before.at)
    return trouble.kind == "clock" or longest >= rules.lease_seconds * SHORTEST_REST_OF_LEASE


def check_ledger(history: History) -> Iterator[str]:
    """What the ledger says of a sent call is what the queue got."""
    sendings = sendings_by_call(history)
    for call_id, entry in history.ledger.items():
        if entry.state in ("OPEN", "LEASED"):
            yield f"call {call_id}: still {entry.state} at rest"
        elif entry.state in ("SENT", "SUMMARIZED"):
            yield from check_entry(entry, sendings[call_id])


def check_entry(entry: Entry, sendings: Sequence[Sending]) -> Iterator[str]:
    call_id = entry.call_id
    of_it = [sending for sending in sendings if sending.revision == entry.sent_revision]
    newest = max((sending.revision for sending in sendings), default=0)
    if newest != entry.sent_revision:
        yield f"call {call_id}: the ledger says revision {entry.sent_revision} was sent, the queue has {newest}"
    elif entry.message_id not in {sending.sent.message_id for sending in of_it}:
        yield f"call {call_id}: the ledger names another message than that of revision {entry.sent_revision}"
    elif entry.text_time != newest_time(of_it[0].body):
        yield f"call {call_id}: the ledger's TEXT_TIME is not the newest one sent"
    if (entry.state == "SUMMARIZED") != (entry.summarized_revision >= entry.sent_revision):
        yield f"call {call_id}: {entry.state} with an answer to revision {entry.summarized_revision}"


def check_results(history: History) -> Iterator[str]:
    """The greatest (revision, SentTimestamp) of each call is stored, whatever order the answers came in."""
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
    if stored is None:
        yield f"call {call_id}: {len(replies)} results came, none is stored"
        return
    rank = max((reply.revision or 0, reply.sent_ms) for reply in replies)
    texts = {reply.summary for reply in replies if (reply.revision, reply.sent_ms) == rank}
    if (stored.revision, stored.sent_ms) != rank:
        yield f"call {call_id}: stored is the result of {(stored.revision, stored.sent_ms)}, the newest is {rank}"
    elif stored.text not in texts:
        yield f"call {call_id}: the stored summary is not the one that came"
    if sendings and stored.ban not in {sending.body["ban"] for sending in sendings}:
        yield f"call {call_id}: the summary's customer is not the call's"


def check_set_aside(history: History) -> Iterator[str]:
    """What is no result, and what SQS refused for good, rests among the failures, once."""
    rows = [failure.message_id for failure in history.failures if failure.direction == "RESULT"]
    for reply in history.replies:
        expected = int(reply.revision is None)
        if rows.count(reply.message_id) != expected:
            yield f"message {reply.message_id}: {rows.count(reply.message_id)} failure rows instead of {expected}"
    known = {reply.message_id for reply in history.replies}
    yield from (
        f"message {message}: set aside, and no answer" for message in rows if message not in known
    )
    outbound = {
        failure.call_id: failure for failure in history.failures if failure.direction == "OUTBOUND"
    }
    failed = {call_id for call_id, entry in history.ledger.items() if entry.state == "FAILED"}
    yield from (
        f"call {call_id}: FAILED without a failure row" for call_id in failed - outbound.keys()
    )
    yield from (
        f"call {call_id}: a failure row, and it is not FAILED"
        for call_id in outbound.keys() - failed
    )
    yield from (
        f"call {call}: set aside without a reason"
        for call, row in outbound.items()
        if not row.reason
    )


def check_unreadable(history: History) -> Iterator[str]:
    """A call with a row that can't be read is set aside."""
    for call_id in history.rules.unreadable_calls:
        entry = history.ledger.get(call_id)
        if entry is None or entry.state != "FAILED":
            yield f"call {call_id}: a row of it can't be read, and the ledger says {entry and entry.state}"


def check_watermark(history: History) -> Iterator[str]:
    """No watermark passed a call that was committed when its cycle began and that the ledger did not know.

    What came later than the window looks back is the reconciliation's: it has until the end of the round.
    """
    rows = rows_by_call(history)
    for audit in history.audits:
        passed = sorted(
            call_id
            for call_id in audit.unknown_calls
            if any(
                row.committed_at < audit.began_at - TOLERANCE_SECONDS
                and audit.start <= row.text_time < audit.watermark
                for row in rows.get(call_id, ())
            )
        )
        if passed:
            yield f"at {audit.watermark} it had passed {len(passed)} calls that the ledger did not know: {passed[0]}"


def check_quiet(history: History) -> Iterator[str]:
    """Nothing is sent while its call still talks."""
    if not history.rules.quiet_until_sent:
        return
    for sent in history.sent:
        newest = newest_time(json.loads(sent.body)).replace(tzinfo=timezone.utc).timestamp()
        if sent.at - newest < history.rules.settle_seconds - TOLERANCE_SECONDS:
            yield f"call {sent.call_id}: sent {sent.at - newest:.2f} s after its newest segment"


def rows_by_call(history: History) -> dict[str, list[Row]]:
    """The calls that the service must account for: those with a row since the start of coverage."""
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in history.rows:
        grouped[row.call_id].append(row)
    return {
        call_id: rows
        for call_id, rows in grouped.items()
        if any(row.text_time >= history.coverage_start for row in rows)
    }


def sort_key(row: Row) -> tuple[datetime, str, str]:
    return row.text_time, row.owner, row.text


def said(rows: Sequence[Row]) -> list[tuple[str, str, str]]:
    """Who said what when, as a message must have it: in order, without what is blank."""
    spoken = sorted((row for row in rows if row.text.strip()), key=sort_key)
    return [(row.owner, row.text, row.text_time.isoformat()) for row in spoken]


def said_in(body: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (message["channel"], message["text"], message["timestamp"]) for message in body["messages"]
    ]


def newest_time(body: dict[str, Any]) -> datetime:
    return max(datetime.fromisoformat(message["timestamp"]) for message in body["messages"])


def content_of(body: dict[str, Any]) -> str:
    return json.dumps(
        {key: value for key, value in body.items() if key not in ("revision", "assembledAt")}
    )


CHECKS = (
    check_segments,
    check_bodies,
    check_duplicates,
    check_ledger,
    check_results,
    check_set_aside,
    check_unreadable,
    check_watermark,
    check_quiet,
    check_shorter,
    check_leases,
    check_judged,
)
