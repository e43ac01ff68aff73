"""The ledger's rules: when a call is claimed, and what a claimed call becomes. No I/O, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from oracle_cdc.assembly import Verdict, judge
from oracle_cdc.messages import Content, write_content
from oracle_cdc.model import Conversation

#: After so many expired leases a call is claimed alone; if that ends so again, it is set aside.
TAKEOVERS_TOGETHER = 3

#: A segment stamped further ahead of the database's clock does not count for quiet or for the longest wait.
FUTURE_HORIZON = timedelta(minutes=90)

#: A call still talking is looked at again no sooner than this.
SHORTEST_WAIT_SECONDS = 0.5

#: A call that has failed by itself is looked at again so much later, while others of its kind are delivered.
PUT_OFF_SECONDS = 5.0


@dataclass(frozen=True)
class Rules:
    """The settings that decide about a call."""

    settle_seconds: float
    max_wait_seconds: float
    min_segments: int
    required_channels: tuple[str, ...]
    time_zone: str | None = None


@dataclass(frozen=True)
class Candidate:
    """A call that the search found, with what source and ledger said of it then.

    first_time and last_time leave out segments stamped far ahead of the clock; version -1: the ledger does not know the
    call; revision 0: never sealed; content_hash and assembled_at belong to revision.
    """

    call_id: str
    is_due: bool
    oldest_time: datetime | None
    rows_found: int
    newest_time: datetime | None
    first_time: datetime | None
    last_time: datetime | None
    state: str | None = None
    revision: int = 0
    sent_revision: int = 0
    rows_read: int | None = None
    newest_read: datetime | None = None
    content_hash: str | None = None
    assembled_at: datetime | None = None
    sent_at: datetime | None = None
    #: When it was last read whole and not sent (UTC): rejected, failed, or nothing new in it.
    judged_at: datetime | None = None
    #: The newest utterance that SQS accepted.
    newest_sent: datetime | None = None
    version: int = -1
    attempts: int = 0
    takeovers: int = 0
    #: OVERDUE or ASKED: what was accepted before is to be sent again.
    resend: str | None = None

    @property
    def is_takeover(self) -> bool:
        return self.is_due and self.state == "LEASED"

    @property
    def may_have_failed(self) -> bool:
        """Whether a row of SQS_PERMANENT_FAILURES may tell of it: it failed, or was sealed and not accepted."""
        return self.state == "FAILED" or self.revision > self.sent_revision

    @property
    def was_accepted(self) -> bool:
        """Whether what was sealed last is what SQS accepted last."""
        return self.sent_revision > 0 and self.sent_revision == self.revision

    @property
    def looked_at(self) -> datetime | None:
        """When it was last sent or judged (UTC): the longest wait begins anew then."""
        return max(
            (time for time in (self.sent_at, self.judged_at) if time is not None), default=None
        )

    def is_shrunk(self, rows: int) -> bool:
        """Whether so many rows are fewer than were read of a call that was accepted: some were purged."""
        return self.sent_revision > 0 and rows < (self.rows_read or 0)


@dataclass(frozen=True)
class Moment:
    """The database's two clocks at a search: the source's own time, and UTC."""

    now: datetime
    utc: datetime


@dataclass(frozen=True)
class Claim:
    """A candidate to be written into the ledger: leased (wait_seconds 0) or left open until its next look."""

    candidate: Candidate
    wait_seconds: float
    takeovers: int

    @property
    def is_leased(self) -> bool:
        return self.wait_seconds == 0

    @property
    def is_apart(self) -> bool:
        """Whether it has failed by itself: it is delivered where no other waits for it."""
        return self.candidate.attempts > 0


@dataclass(frozen=True)
class Plan:
    """What is to be sent for a call: under which revision, with which content, hash and time of assembly (UTC)."""

    conversation: Conversation
    revision: int
    content: Content
    content_hash: str
    assembled_at: datetime
    #: What was accepted before goes out again, the same to the byte.
    is_resend: bool = False


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
    """What was accepted before is all there is to send. rows_read None: what the ledger says of its rows stays."""

    rows_read: int | None = None
    newest_read: datetime | None = None
    times_read: int | None = None


@dataclass(frozen=True)
class Withheld:
    """Not sent, because the source has less of it than was accepted. is_lost: there is something that was not sent."""

    reason: str
    newest_read: datetime | None
    is_lost: bool


Decision = Plan | Rejection | Deferral | Unchanged | Withheld


def seconds_to_wait(
    first: datetime | None,
    last: datetime | None,
    looked_at: datetime | None,
    moment: Moment,
    rules: Rules,
) -> float:
    """0 when a call is quiet or has waited long enough, else the seconds to its next look.

    The longest wait counts from the last time that the call was read whole: one that goes on for hours and can't be
    sent must not be read again with every row.
    """
    if first is None or last is None:
        # All is stamped far ahead of the clock, so quiet can't be told; a live call must not go out at each poll.
        since_look = (
            rules.settle_seconds if looked_at is None else (moment.utc - looked_at).total_seconds()
        )
        return max(0.0, rules.settle_seconds - since_look)
    quiet = (moment.now - last).total_seconds()
    waited = (moment.now - first).total_seconds()
    if looked_at is not None:
        waited = min(waited, (moment.utc - looked_at).total_seconds())
    if quiet >= rules.settle_seconds or waited >= rules.max_wait_seconds:
        return 0.0
    return max(
        SHORTEST_WAIT_SECONDS, min(rules.settle_seconds - quiet, rules.max_wait_seconds - waited)
    )


def choose_claims(candidates: Sequence[Candidate], moment: Moment, rules: Rules) -> list[Claim]:
    """What to write for the candidates of one search.

    A call whose lease ended several times is leased alone, when no other is there to be claimed.
    """
    suspects = [c for c in candidates if c.is_due and c.takeovers >= TAKEOVERS_TOGETHER]
    others = [c for c in candidates if c not in suspects]
    return [claim(c, moment, rules) for c in (others or suspects[:1])]


def put_off(claim: Claim) -> Claim:
    """The same call, not leased now but looked at again a little later."""
    return replace(claim, wait_seconds=max(claim.wait_seconds, PUT_OFF_SECONDS))


def claim(candidate: Candidate, moment: Moment, rules: Rules) -> Claim:
    """A call that comes back for new segments starts counting its attempts anew."""
    if candidate.is_takeover:
        return Claim(candidate, 0.0, candidate.takeovers + 1)
    wait = seconds_to_wait(
        candidate.first_time, candidate.last_time, candidate.looked_at, moment, rules
    )
    counted = (
        candidate if candidate.is_due or not candidate.attempts else replace(candidate, attempts=0)
    )
    return Claim(counted, wait, candidate.takeovers)


def is_killer(claim: Claim) -> bool:
    """Whether this call was claimed alone and its lease ended again."""
    return claim.takeovers > TAKEOVERS_TOGETHER + 1


def decide(
    candidate: Candidate, conversation: Conversation | None, moment: Moment, rules: Rules
) -> Decision:
    """What becomes of a leased call whose rows were read (None: the source has none any more)."""
    if candidate.is_shrunk(conversation.rows_read if conversation else 0):
        return repeat_or_withhold(candidate, conversation, moment, rules)
    if conversation is None:
        return (
            Unchanged()
            if candidate.sent_revision
            else Rejection(Verdict.TOO_SHORT, 0, candidate.newest_read)
        )
    wait = seconds_to_wait(
        *counted_times(conversation, moment, candidate), candidate.looked_at, moment, rules
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
    return plan(candidate, conversation, moment, rules)


def repeat_or_withhold(
    candidate: Candidate, conversation: Conversation | None, moment: Moment, rules: Rules
) -> Decision:
    """What was sealed last, to the byte, or nothing: what was accepted is never replaced by less.

    Only a call of which nothing was accepted is sent as it is by now.
    """
    planned = plan(candidate, conversation, moment, rules) if conversation else None
    if isinstance(planned, Plan) and planned.revision == candidate.revision:
        return planned
    newest = newer_than_read(candidate, conversation)
    is_lost = candidate.revision > candidate.sent_revision or has_newer(candidate, conversation)
    if isinstance(planned, Unchanged) or not (is_lost or candidate.resend):
        return Unchanged(newest_read=newest)
    reason = (
        f"call {candidate.call_id} is not sent: the source has {conversation.rows_read if conversation else 0} of the "
        f"{candidate.rows_read} rows that were read, and revision {candidate.sent_revision} is not replaced by less"
    )
    return Withheld(reason, newest, is_lost)


def newer_than_read(candidate: Candidate, conversation: Conversation | None) -> datetime | None:
    """The newest TEXT_TIME if it was not read before: the ledger must account for it all the same."""
    if conversation is None or (
        candidate.newest_read and conversation.newest_read <= candidate.newest_read
    ):
        return None
    return conversation.newest_read


def has_newer(candidate: Candidate, conversation: Conversation | None) -> bool:
    """Whether there is an utterance newer than all that was accepted."""
    if conversation is None or candidate.newest_sent is None:
        return False
    return conversation.newest_sent > candidate.newest_sent


def counted_times(
    conversation: Conversation, moment: Moment, candidate: Candidate
) -> tuple[datetime | None, datetime | None]:
    """First and last time that count for quiet, of the rows as they were fetched: they may be newer than the search."""
    last = (
        conversation.newest_read
        if conversation.newest_read != candidate.newest_time
        else candidate.last_time
    )
    if last is not None and last > moment.now + FUTURE_HORIZON:
        last = candidate.last_time
    return candidate.first_time, last


def plan(
    candidate: Candidate, conversation: Conversation, moment: Moment, rules: Rules
) -> Plan | Unchanged:
    content = write_content(conversation, time_zone=rules.time_zone)
    digest = content.hash
    if digest != candidate.content_hash or candidate.assembled_at is None:
        return Plan(conversation, candidate.revision + 1, content, digest, moment.utc)
    if candidate.was_accepted and candidate.resend is None:
        return Unchanged(conversation.rows_read, conversation.newest_read, conversation.times_read)
    return Plan(
        conversation,
        candidate.revision,
        content,
        digest,
        candidate.assembled_at,
        is_resend=candidate.was_accepted,
    )
