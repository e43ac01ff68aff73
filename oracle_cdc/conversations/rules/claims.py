"""When a call is claimed, and what is known of it then. No I/O, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from oracle_cdc.conversations.rules.states import CallState

if TYPE_CHECKING:
    from oracle_cdc.redaction.marking import Marker

#: A call whose lease has expired this many times is claimed alone; if that ends so again, it is set
#: aside.
TAKEOVERS_TOGETHER = 3

#: A segment stamped further ahead of the database's clock counts neither for quiet nor for the
#: longest wait.
FUTURE_HORIZON = timedelta(minutes=90)

#: A call still talking is looked at again no sooner than this.
SHORTEST_WAIT_SECONDS = 0.5

#: A call that has failed by itself is looked at again after this, while others of its kind are
#: delivered.
PUT_OFF_SECONDS = 5.0


@dataclass(frozen=True)
class Rules:
    """The settings that decide about a call.

    Parameters:
        marker: marks what is personal in what is sent. None: nothing is.
    """

    settle_seconds: float
    max_wait_seconds: float
    min_segments: int
    required_channels: tuple[str, ...]
    time_zone: str | None = None
    marker: Marker | None = None


@dataclass(frozen=True)
class Candidate:
    """A call that the search found, with what source and ledger said of it then.

    Parameters:
        first_time, last_time: leave out segments stamped far ahead of the clock.
        version: -1 when the ledger does not know the call.
        revision: 0 when it was never sealed.
        content_hash, assembled_at: belong to revision.
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
        return self.is_due and self.state == CallState.LEASED

    @property
    def is_alone(self) -> bool:
        """Return whether its lease ended several times: nothing is delivered beside it then."""
        return self.is_due and self.takeovers >= TAKEOVERS_TOGETHER

    @property
    def may_have_failed(self) -> bool:
        """Return whether it failed, or was sealed and not accepted.

        Then a row of SQS_PERMANENT_FAILURES may speak of it.
        """
        return self.state == CallState.FAILED or self.revision > self.sent_revision

    @property
    def was_accepted(self) -> bool:
        """Return whether what was sealed last is what SQS accepted last."""
        return self.sent_revision > 0 and self.sent_revision == self.revision

    @property
    def looked_at(self) -> datetime | None:
        """Return when it was last sent or judged (UTC): the longest wait begins anew then."""
        if self.sent_at is None or self.judged_at is None:
            return self.sent_at or self.judged_at
        return max(self.sent_at, self.judged_at)

    def is_shrunk(self, rows: int) -> bool:
        """Return whether rows of an accepted call were purged: there are fewer than were read."""
        return self.sent_revision > 0 and rows < (self.rows_read or 0)


@dataclass(frozen=True)
class Clocks:
    """The database's two clocks at a search: the source's own time, and UTC."""

    now: datetime
    utc: datetime


@dataclass(frozen=True)
class Claim:
    """A candidate to be written into the ledger: leased, or left open until its next look.

    Parameters:
        wait_seconds: 0 for a call that is leased.
    """

    candidate: Candidate
    wait_seconds: float
    takeovers: int

    @property
    def is_leased(self) -> bool:
        return self.wait_seconds == 0

    @property
    def is_apart(self) -> bool:
        """Return whether it has failed by itself: it is delivered where no other waits for it."""
        return self.candidate.attempts > 0


def seconds_to_wait(
    first: datetime | None,
    last: datetime | None,
    looked_at: datetime | None,
    clocks: Clocks,
    rules: Rules,
) -> float:
    """Return 0 when a call is quiet or has waited long enough, else the seconds to its next look.

    The longest wait counts from the last time that the call was read whole: one that goes on for
    hours and can't be sent must not be read again with every row.
    """
    if first is None or last is None:
        # All is stamped far ahead of the clock, so whether it is quiet can't be known. A live call
        # must not go out at each poll.
        if looked_at is None:
            return 0.0
        since_look = (clocks.utc - looked_at).total_seconds()
        return max(0.0, rules.settle_seconds - since_look)
    quiet = (clocks.now - last).total_seconds()
    waited = (clocks.now - first).total_seconds()
    if looked_at is not None:
        waited = min(waited, (clocks.utc - looked_at).total_seconds())
    if quiet >= rules.settle_seconds or waited >= rules.max_wait_seconds:
        return 0.0
    until_quiet = rules.settle_seconds - quiet
    until_longest = rules.max_wait_seconds - waited
    return max(SHORTEST_WAIT_SECONDS, min(until_quiet, until_longest))


def choose_claims(
    candidates: Sequence[Candidate], clocks: Clocks, rules: Rules, *, is_busy: bool = False
) -> list[Claim]:
    """Choose what to write for the candidates of one search.

    A call whose lease ended several times is leased alone, before all others.

    Parameters:
        is_busy: others are being delivered, which such a call must not take with it.
    """
    suspects = [candidate for candidate in candidates if candidate.is_alone]
    chosen = [candidate for candidate in candidates if not candidate.is_alone]
    if suspects and not is_busy:
        chosen = suspects[:1]
    return [claim(candidate, clocks, rules) for candidate in chosen]


def put_off(claim: Claim) -> Claim:
    """Return a claim that does not lease the call now but has it looked at again a little later."""
    return replace(claim, wait_seconds=max(claim.wait_seconds, PUT_OFF_SECONDS))


def claim(candidate: Candidate, clocks: Clocks, rules: Rules) -> Claim:
    """Claim a call.

    One that comes back for new segments starts counting its attempts anew.
    """
    if candidate.is_takeover:
        return Claim(candidate, 0.0, candidate.takeovers + 1)
    wait = seconds_to_wait(
        candidate.first_time, candidate.last_time, candidate.looked_at, clocks, rules
    )
    if candidate.attempts and not candidate.is_due:
        candidate = replace(candidate, attempts=0)
    return Claim(candidate, wait, candidate.takeovers)


def ended_alone(claim: Claim) -> bool:
    """Return whether a call was claimed alone and its lease ended again."""
    return claim.takeovers > TAKEOVERS_TOGETHER + 1
