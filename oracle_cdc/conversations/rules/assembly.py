"""From source rows to conversations: a call's rows, their order, and whether it may be sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from enum import Enum
from itertools import groupby
from operator import attrgetter

from oracle_cdc.conversations.rules.fingerprint import fingerprint
from oracle_cdc.conversations.rules.states import CallState
from oracle_cdc.model import Conversation, Segment


class Verdict(Enum):
    """What becomes of a conversation that is due: it is sent, or rejected until a new segment."""

    COMPLETE = "COMPLETE"
    TOO_SHORT = CallState.TOO_SHORT.value
    MISSING_CHANNEL = CallState.MISSING_CHANNEL.value


def group_calls(segments: Iterable[Segment]) -> Iterator[list[Segment]]:
    """Yield the rows of each call as they stream in, ordered by call."""
    for _, rows in groupby(segments, key=attrgetter("call_id")):
        yield list(rows)


def assemble(segments: Sequence[Segment]) -> Conversation:
    """Make one conversation of all rows of a call, the same in whatever order they came."""
    rows = sorted(segments, key=attrgetter("text_time"))
    times = [row.text_time for row in rows]
    if len(set(times)) < len(times):
        # Few calls have rows of one time, and all else is not worth comparing in the others.
        rows = sorted(segments, key=_sort_key)
    utterances = tuple([row for row in rows if row.text is not None and row.text.strip()])
    newest_sent = times[-1]
    if utterances:
        newest_sent = utterances[-1].text_time
    return Conversation(
        call_id=rows[0].call_id,
        ban=_first_present(rows, attrgetter("ban")),
        subscriber_no=_first_present(rows, attrgetter("subscriber_no")),
        call_time=min([row.call_time for row in rows]),
        utterances=utterances,
        rows_read=len(rows),
        newest_read=times[-1],
        times_read=fingerprint(times),
        newest_sent=newest_sent,
    )


def judge(
    conversation: Conversation, *, min_segments: int, required_channels: Sequence[str]
) -> Verdict:
    """Judge by what would be sent, so blank rows count for nothing.

    A conversation of nothing is always too short.
    """
    if len(conversation.utterances) < max(1, min_segments):
        return Verdict.TOO_SHORT
    channels = {utterance.owner for utterance in conversation.utterances}
    if not channels.issuperset(required_channels):
        return Verdict.MISSING_CHANNEL
    return Verdict.COMPLETE


def _sort_key(row: Segment) -> tuple[datetime, str, str, str, str]:
    # The source has no stable key. BAN and line stand last so that equal rows of two accounts
    # sort the same each time.
    return row.text_time, row.owner, row.text or "", row.ban or "", row.subscriber_no or ""


def _first_present(
    rows: Sequence[Segment], value_of: Callable[[Segment], str | None]
) -> str | None:
    for row in rows:
        value = value_of(row)
        if value and value.strip():
            return value
    return None
