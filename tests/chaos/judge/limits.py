"""What a round must not go beyond: less than before, the end of a lease, a look too soon."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from tests.chaos.judge.history import TOLERANCE_SECONDS, History, Sending, Sent, sendings_by_call

#: From an answer of SQS to its settlement, on a busy machine.
UNSETTLED_SECONDS = 1.5


def check_shorter(history: History) -> Iterator[str]:
    """Find what was accepted and is replaced by less, whatever was purged since."""
    for call_id, sendings in sendings_by_call(history).items():
        for earlier in sendings:
            for later in sendings:
                if is_replaced_by_less(earlier, later, history):
                    yield (
                        f"call {call_id}: revision {later.revision} has "
                        f"{later.body['messageCount']} messages, "
                        f"revision {earlier.revision} had {earlier.body['messageCount']}"
                    )


def is_replaced_by_less(earlier: Sending, later: Sending, history: History) -> bool:
    """Return whether a revision is shorter than an earlier one that was known as accepted."""
    if later.revision <= earlier.revision or not earlier.sent.is_answered:
        return False
    if later.body["messageCount"] >= earlier.body["messageCount"]:
        return False
    # Who ends right after the answer may not have written it down.
    return not any(
        trouble.kind == "kill"
        and trouble.process == earlier.sent.sender
        and trouble.begin - earlier.sent.at < UNSETTLED_SECONDS
        for trouble in history.troubles
    )


def check_leases(history: History) -> Iterator[str]:
    """Find requests that were made when their lease was over."""
    if not history.rules.is_awake:
        return
    for sent in history.sent:
        seconds = sent.at - last_claim(history, sent)
        if seconds > history.rules.lease_seconds:
            yield (
                f"call {sent.call_id}: sent {seconds:.2f} s after the last claim of {sent.sender}"
            )


def last_claim(history: History, sent: Sent) -> float:
    """Return when the sender of a message last wrote a claim before it."""
    latest = 0.0
    for lease in history.leases:
        if lease.process == sent.sender and lease.at <= sent.at:
            latest = max(latest, lease.at)
    return latest


def check_judged(history: History) -> Iterator[str]:
    """Find calls that were judged again although they were not quiet in between."""
    if not history.rules.goes_on:
        return
    for call_id, moments in history.rejections.items():
        for before, after in pairwise(moments):
            seconds = (after - before).total_seconds()
            if seconds < history.rules.settle_seconds - TOLERANCE_SECONDS:
                yield f"call {call_id}: rejected again after {seconds:.2f} s"
