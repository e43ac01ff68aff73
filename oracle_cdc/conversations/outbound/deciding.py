"""What a claimed call becomes once its rows are read. No I/O, no clock."""

from __future__ import annotations

from datetime import datetime

from oracle_cdc.conversations.rules.assembly import Verdict, judge
from oracle_cdc.conversations.rules.claims import (
    FUTURE_HORIZON,
    Candidate,
    Clocks,
    Rules,
    seconds_to_wait,
)
from oracle_cdc.conversations.rules.decisions import (
    Decision,
    Deferral,
    Plan,
    Rejection,
    Unchanged,
    Withheld,
)
from oracle_cdc.conversations.rules.messages import write_content
from oracle_cdc.conversations.rules.redaction import redact_conversation
from oracle_cdc.model import Conversation


def decide(
    candidate: Candidate, conversation: Conversation | None, clocks: Clocks, rules: Rules
) -> Decision:
    """Decide what becomes of a leased call whose rows were read.

    Parameters:
        conversation: None when the source has none of its rows any more.
    """
    if candidate.is_shrunk(count_rows(conversation)):
        return repeat_or_withhold(candidate, conversation, clocks, rules)
    if conversation is None and candidate.sent_revision:
        return Unchanged()
    if conversation is None:
        return Rejection(Verdict.TOO_SHORT, 0, candidate.newest_read)
    wait = seconds_to_wait(
        *counted_times(conversation, clocks, candidate), candidate.looked_at, clocks, rules
    )
    if wait and not candidate.is_takeover:
        return Deferral(wait)
    verdict = judge(
        conversation, min_segments=rules.min_segments, required_channels=rules.required_channels
    )
    if verdict is not Verdict.COMPLETE:
        return Rejection(
            verdict, conversation.rows_read, conversation.newest_read, conversation.times_read
        )
    return plan(candidate, conversation, clocks, rules)


def count_rows(conversation: Conversation | None) -> int:
    if conversation is None:
        return 0
    return conversation.rows_read


def repeat_or_withhold(
    candidate: Candidate, conversation: Conversation | None, clocks: Clocks, rules: Rules
) -> Decision:
    """Send what was sealed last, to the byte, or nothing: what was accepted is never replaced by
    less.

    Only a call of which nothing was accepted is sent as it is by now.
    """
    planned: Plan | Unchanged | None = None
    if conversation is not None:
        planned = plan(candidate, conversation, clocks, rules)
    if isinstance(planned, Plan) and planned.revision == candidate.revision:
        return planned
    newest = newer_than_read(candidate, conversation)
    is_lost = candidate.revision > candidate.sent_revision or has_newer(candidate, conversation)
    if isinstance(planned, Unchanged) or not (is_lost or candidate.resend):
        return Unchanged(newest_read=newest)
    reason = (
        f"call {candidate.call_id} is not sent: the source has {count_rows(conversation)} "
        f"of the {candidate.rows_read} rows that were read, "
        f"and revision {candidate.sent_revision} is not replaced by less"
    )
    return Withheld(reason, newest, is_lost)


def newer_than_read(candidate: Candidate, conversation: Conversation | None) -> datetime | None:
    """Return the newest TEXT_TIME if it was not read before.

    The ledger must account for it all the same.
    """
    if conversation is None or (
        candidate.newest_read and conversation.newest_read <= candidate.newest_read
    ):
        return None
    return conversation.newest_read


def has_newer(candidate: Candidate, conversation: Conversation | None) -> bool:
    """Return whether there is an utterance newer than all that was accepted."""
    if conversation is None or candidate.newest_sent is None:
        return False
    return conversation.newest_sent > candidate.newest_sent


def counted_times(
    conversation: Conversation, clocks: Clocks, candidate: Candidate
) -> tuple[datetime | None, datetime | None]:
    """Return the first and last time that count for quiet.

    They are those of the rows as they were fetched, which may be newer than the search.
    """
    newest = conversation.newest_read
    if newest == candidate.newest_time or newest > clocks.now + FUTURE_HORIZON:
        return candidate.first_time, candidate.last_time
    return candidate.first_time, newest


def plan(
    candidate: Candidate, conversation: Conversation, clocks: Clocks, rules: Rules
) -> Plan | Unchanged:
    """Plan the sending of a conversation, under a new revision if its content is new.

    Its content, its hash and the plan are of what may leave. Raises MessageUnredacted.
    """
    conversation, marks = redact_conversation(conversation, rules.marker)
    content = write_content(conversation, time_zone=rules.time_zone)
    digest = content.hash
    conversation = conversation.without_utterances()
    if digest != candidate.content_hash or candidate.assembled_at is None:
        revision = candidate.revision + 1
        return Plan(candidate, conversation, revision, content, digest, clocks.utc, marks=marks)
    if candidate.was_accepted and candidate.resend is None:
        return Unchanged(conversation.rows_read, conversation.newest_read, conversation.times_read)
    return Plan(
        candidate,
        conversation,
        candidate.revision,
        content,
        digest,
        candidate.assembled_at,
        is_resend=candidate.was_accepted,
        marks=marks,
    )
