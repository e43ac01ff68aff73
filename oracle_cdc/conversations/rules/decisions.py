"""What a claimed call becomes, as values: a plan of what is sent, or why nothing is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from oracle_cdc.conversations.rules.assembly import Verdict
from oracle_cdc.conversations.rules.claims import Candidate
from oracle_cdc.conversations.rules.messages import Content
from oracle_cdc.conversations.rules.redaction import Marks
from oracle_cdc.model import Conversation


@dataclass(frozen=True)
class Plan:
    """What is to be sent for a call.

    Parameters:
        conversation: without its utterances, which stand in the content.
        assembled_at: in UTC.
        is_resend: what was accepted before goes out again, the same to the byte.
        marks: what was marked in it.
    """

    candidate: Candidate
    conversation: Conversation
    revision: int
    content: Content
    content_hash: str
    assembled_at: datetime
    is_resend: bool = False
    marks: Marks = field(default_factory=dict)

    @property
    def call_id(self) -> str:
        return self.candidate.call_id

    @property
    def body(self) -> Sequence[bytes]:
        """Return the parts of the message's body."""
        return self.content.body(revision=self.revision, assembled_at=self.assembled_at)


@dataclass(frozen=True)
class Rejection:
    """The conversation is quiet but not fit to be sent."""

    verdict: Verdict
    rows_read: int
    newest_read: datetime | None
    times_read: int | None = None


@dataclass(frozen=True)
class Deferral:
    """Still talking after all: look again."""

    wait_seconds: float


@dataclass(frozen=True)
class Unchanged:
    """What was accepted before is all there is to send.

    Parameters:
        rows_read: None leaves what the ledger says of its rows.
    """

    rows_read: int | None = None
    newest_read: datetime | None = None
    times_read: int | None = None


@dataclass(frozen=True)
class Withheld:
    """Not sent, because the source has less of it than was accepted.

    Parameters:
        is_lost: there is something that was not sent.
    """

    reason: str
    newest_read: datetime | None
    is_lost: bool


Decision = Plan | Rejection | Deferral | Unchanged | Withheld
