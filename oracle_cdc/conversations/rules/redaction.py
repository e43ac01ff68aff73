"""What is personal in a conversation or an answer, marked before it goes on, or an error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from oracle_cdc.errors import MessageUnredacted, ResultUnredacted
from oracle_cdc.model import Conversation, MlResult
from oracle_cdc.redaction.kinds import Kind, Line

if TYPE_CHECKING:
    from oracle_cdc.redaction.marking import Marker

#: How many were found, by the name of their kind.
Marks = Mapping[str, int]

NO_MARKS: Marks = {}


def redact_conversation(
    conversation: Conversation, marker: Marker | None
) -> tuple[Conversation, Marks]:
    """Return a conversation as it may leave, and what was marked in it.

    Raises MessageUnredacted whatever goes wrong: then it must not leave.

    Parameters:
        marker: None leaves it as it is.
    """
    if marker is None:
        return conversation, NO_MARKS
    try:
        said = conversation.utterances
        marked = marker.mark([Line(segment.owner, segment.text or "") for segment in said])
        if not marked.counts:
            return conversation, NO_MARKS
        utterances = []
        for segment, text in zip(said, marked.texts, strict=True):
            utterances.append(segment._replace(text=text))
    except Exception as error:
        raise MessageUnredacted(
            f"call {conversation.call_id} can't be redacted: {type(error).__name__}"
        ) from error
    return conversation._replace(utterances=tuple(utterances)), by_name(marked.counts)


def redact_result(result: MlResult, marker: Marker | None) -> tuple[MlResult, Marks]:
    """Return an answer whose summary may be written, and what was marked in it.

    Raises ResultUnredacted whatever goes wrong: then it must not be written.
    """
    if marker is None or not result.summary:
        return result, NO_MARKS
    try:
        marked = marker.mark_text(result.summary)
    except Exception as error:
        raise ResultUnredacted(f"can't be redacted: {type(error).__name__}") from error
    return replace(result, summary=marked.texts[0]), by_name(marked.counts)


def by_name(counts: Mapping[Kind, int]) -> Marks:
    return {kind.value: count for kind, count in counts.items()}
