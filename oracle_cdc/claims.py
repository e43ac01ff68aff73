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
    def is_shrunk(self) -> bool:
        """The source holds fewer rows than were read and none newer: purged, nothing to send."""
        is_fewer = self.rows_read is not None and self.rows_found < self.rows_read
        is_newer = self.newest_read is not None and self.newest_time is not None and self.newest_time > self.newest_read
        return is_fewer and not is_newer


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


@dataclass(frozen=True)
class Deferral:
    """Still talking after all: look again."""

    wait_seconds: float


@dataclass(frozen=True)
class Unchanged:
    """What was accepted before is all there is to send."""

    rows_read: int
    newest_read: datetime | None


Decision = Plan | Rejection | Deferral | Unchanged


def seconds_to_wait(
    first: datetime | None, last: datetime | None, sent_at: datetime | None, moment: Moment, rules: Rules
) -> float:
    """0 when a call is quiet or has waited long enough, else the seconds to its next look."""
    if first is None or last is None:
        # All is stamped far ahead of the clock, so quiet can't be told; a live call must not go out at each poll.
        since_send = rules.settle_seconds if sent_at is None else (moment.utc - sent_at).total_seconds()
        return max(0.0, rules.settle_seconds - since_send)
    quiet = (moment.now - last).total_seconds()
    waited = (moment.now - first).total_seconds()
    if sent_at is not None:
        waited = min(waited, (moment.utc - sent_at).total_seconds())
    if quiet >= rules.settle_seconds or waited >= rules.max_wait_seconds:
        return 0.0
    return max(SHORTEST_WAIT_SECONDS, min(rules.settle_seconds - quiet, rules.max_wait_seconds - waited))


def choose_claims(candidates: Sequence[Candidate], moment: Moment, rules: Rules) -> list[Claim]:
    """What to write for the candidates of one search.

    A call whose lease ended several times is leased alone, when no other is there to be claimed.
    """
    suspects = [c for c in candidates if c.is_due and c.takeovers >= TAKEOVERS_TOGETHER]
    calm = [c for c in candidates if c not in suspects]
    return [claim(c, moment, rules) for c in (calm or suspects[:1])]


def put_off(claim: Claim) -> Claim:
    """The same call, not leased now but looked at again a little later."""
    return replace(claim, wait_seconds=max(claim.wait_seconds, PUT_OFF_SECONDS))


def claim(candidate: Candidate, moment: Moment, rules: Rules) -> Claim:
    """A call that comes back for new segments starts counting its attempts anew."""
    if candidate.is_takeover:
        return Claim(candidate, 0.0, candidate.takeovers + 1)
    wait = seconds_to_wait(candidate.first_time, candidate.last_time, candidate.sent_at, moment, rules)
    counted = candidate if candidate.is_due or not candidate.attempts else replace(candidate, attempts=0)
    return Claim(counted, wait, candidate.takeovers)


def is_killer(claim: Claim) -> bool:
    """Whether this call was claimed alone and its lease ended again."""
    return claim.takeovers > TAKEOVERS_TOGETHER + 1


def decide(candidate: Candidate, conversation: Conversation | None, moment: Moment, rules: Rules) -> Decision:
    """What becomes of a leased call whose rows were read (None: the source has none any more)."""
    was_accepted = candidate.sent_revision > 0 and candidate.sent_revision == candidate.revision
    if conversation is None or (was_accepted and candidate.is_shrunk):
        return without_rows(candidate, conversation)
    wait = seconds_to_wait(*counted_times(conversation, moment, candidate), candidate.sent_at, moment, rules)
    if wait and not candidate.is_takeover:
        return Deferral(wait)
    verdict = judge(conversation, min_segments=rules.min_segments, required_channels=rules.required_channels)
    if verdict is not Verdict.COMPLETE:
        return Rejection(verdict, conversation.rows_read, conversation.newest_read)
    return plan(candidate, conversation, moment, rules, was_accepted=was_accepted)


def without_rows(candidate: Candidate, conversation: Conversation | None) -> Decision:
    rows = conversation.rows_read if conversation else 0
    newest = conversation.newest_read if conversation else candidate.newest_read
    if candidate.sent_revision > 0:
        return Unchanged(rows, newest)
    return Rejection(Verdict.TOO_SHORT, rows, newest)


def counted_times(
    conversation: Conversation, moment: Moment, candidate: Candidate
) -> tuple[datetime | None, datetime | None]:
    """First and last time that count for quiet, of the rows as they were fetched: they may be newer than the search."""
    last = conversation.newest_read if conversation.newest_read != candidate.newest_time else candidate.last_time
    if last is not None and last > moment.now + FUTURE_HORIZON:
        last = candidate.last_time
    return candidate.first_time, last


def plan(
    candidate: Candidate, conversation: Conversation, moment: Moment, rules: Rules, *, was_accepted: bool
) -> Decision:
    content = write_content(conversation, time_zone=rules.time_zone)
    digest = content.hash
    if digest != candidate.content_hash or candidate.assembled_at is None:
        return Plan(conversation, candidate.revision + 1, content, digest, moment.utc)
    if was_accepted and candidate.resend is None:
        return Unchanged(conversation.rows_read, conversation.newest_read)
    return Plan(conversation, candidate.revision, content, digest, candidate.assembled_at, is_resend=was_accepted)
