"""What all witnesses of a round saw, as one history."""

from __future__ import annotations

from tests.chaos.judge.history import History, Rules
from tests.chaos.rounds.side import Conversations
from tests.chaos.witnesses.reading import (
    read_complaints,
    read_failures,
    read_leases,
    read_ledger,
    read_rejections,
    read_rows,
    read_sent,
    read_summaries,
    read_traces,
)


def collect(ended: Conversations) -> History:
    """Ask everybody who saw a round."""
    dba = ended.database.dba
    return History(
        rules=rules_of(ended),
        coverage_start=ended.coverage_start(),
        rows=read_rows(
            dba, ended.writers.committed_at | ended.disturbance.edited, ended.plan.unreadable_calls
        ),
        sent=read_sent(ended.accepted(), read_traces(ended.directory)),
        replies=tuple(ended.ml.replies),
        troubles=(*ended.disturbance.troubles, *ended.copies.troubles),
        audits=tuple(ended.auditor.audits),
        ledger=read_ledger(dba),
        summaries=read_summaries(dba),
        failures=read_failures(dba),
        leases=read_leases(ended.directory),
        rejections=read_rejections(dba),
        results_left=len(ended.results.messages),
        complaints=(
            *deleted_by_others(ended),
            *ended.complaints,
            *ended.writers.errors,
            *ended.disturbance.errors,
            *ended.copies.complaints,
            *read_complaints(ended.directory),
        ),
    )


def rules_of(ended: Conversations) -> Rules:
    """Return the settings that the checker must know."""
    plan = ended.plan
    refused = {*plan.refused_calls, *plan.poison.calls, *ended.interference.refused_alone}
    return Rules(
        lease_seconds=plan.lease_seconds,
        settle_seconds=plan.settle_seconds,
        quiet_until_sent=plan.is_undisturbed,
        refused_calls=frozenset(refused),
        unreadable_calls=frozenset(plan.unreadable_calls),
        purged_calls=frozenset(plan.purged_calls),
        is_fifo=plan.fifo,
        is_awake=plan.kind == "stalled",
        goes_on=plan.kind == "endless",
    )


def deleted_by_others(ended: Conversations) -> list[str]:
    """Find conversations that left the queue, and not to the ML service."""
    found: list[str] = []
    for accepted in ended.accepted():
        message = accepted.message.message_id
        if not accepted.is_new or message in ended.ml.received:
            continue
        if message not in ended.outbound.messages:
            found.append(f"conversation {message} was deleted by somebody else")
    return sorted(found)
