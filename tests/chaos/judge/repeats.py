"""What was sent again, and whether something explains it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence

from tests.chaos.judge.history import TOLERANCE_SECONDS, History, Rules, Sent, Trouble

#: What may be left of a lease when a request is made. With less of it left none is.
SHORTEST_REST_OF_LEASE = 0.4


def check_duplicates(history: History) -> Iterator[str]:
    """Find a revision that was sent again, and nothing explains it.

    A kill does, a lost answer, or a pause longer than the lease.
    """
    sendings: dict[tuple[str, int], list[Sent]] = defaultdict(list)
    for sent in sorted(history.sent, key=lambda sent: sent.at):
        sendings[sent.call_id, json.loads(sent.body)["revision"]].append(sent)
    for (call_id, revision), found in sendings.items():
        for number, after in enumerate(found[1:], 1):
            before = found[number - 1]
            if not is_explained(found[:number], after, history):
                yield (
                    f"call {call_id} revision {revision}: sent again after "
                    f"{after.at - before.at:.2f} s by {after.sender} "
                    f"(before: {before.sender}) and nothing explains it"
                )


def is_explained(earlier: Sequence[Sent], after: Sent, history: History) -> bool:
    """Return whether who sent it again could not know what became of the sending before."""
    before = earlier[-1]
    if not before.is_answered:
        return True
    for sent in earlier:
        if sent.sender == after.sender and not sent.is_answered:
            return True
    return any(explains(trouble, before, after, history.rules) for trouble in history.troubles)


def explains(trouble: Trouble, before: Sent, after: Sent, rules: Rules) -> bool:
    """Return whether who had sent it ended, stood still, or lost its lease before it wrote so."""
    if trouble.process not in ("", before.sender, after.sender):
        return False
    # A clock that jumps, a process or a database that stands still ends every lease: also one under
    # which `before` was sent only afterwards, because its lease had been looked at before.
    reach = rules.lease_seconds
    if trouble.kind == "kill":
        reach = TOLERANCE_SECONDS
    if trouble.end < before.at - reach or trouble.begin > after.at + TOLERANCE_SECONDS:
        return False
    if trouble.kind == "kill":
        return trouble.process == before.sender
    # What stands still, a process or the database, must have let the lease end: of the one who had
    # sent it, or of the one who was about to.
    longest = max(trouble.end - trouble.begin, after.at - before.at)
    return trouble.kind == "oracle clock" or longest >= rules.lease_seconds * SHORTEST_REST_OF_LEASE
