"""The dry cycle of `check`: it searches, reads and puts together as the first cycle would.

It stops before the claim.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from enum import Enum

from oracle_cdc.conversations.outbound.fitting import fit
from oracle_cdc.conversations.outbound.searching import Finder
from oracle_cdc.conversations.rules.assembly import Verdict, assemble, judge
from oracle_cdc.conversations.rules.claims import FUTURE_HORIZON, Clocks, Rules, choose_claims
from oracle_cdc.conversations.rules.messages import write_content
from oracle_cdc.conversations.rules.redaction import Marks, redact_conversation
from oracle_cdc.conversations.rules.windows import FAR_FUTURE, Window
from oracle_cdc.conversations.settings import Settings
from oracle_cdc.conversations.tables.modes import NORMAL_MODE, read_mode
from oracle_cdc.conversations.tables.search import Query
from oracle_cdc.conversations.tables.segments import peek_calls
from oracle_cdc.conversations.wiring_values import make_overflow, make_rules
from oracle_cdc.errors import CdcError, MessageRefused, MessageUnredacted, OracleConfigurationError
from oracle_cdc.model import Conversation, QueueFacts, Segment
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.session import Session
from oracle_cdc.running.amounts import counted
from oracle_cdc.running.evidence import Evidence
from oracle_cdc.running.privacy import describe
from oracle_cdc.running.terminal import complain, say, warn

#: A newest TEXT_TIME that is a whole number of hours from now, give or take this, points to a time
#: zone and not to a quiet hour.
ZONE_TOLERANCE = timedelta(minutes=5)
#: No two time zones are further apart than this.
MOST_ZONE_HOURS = 14


class Fate(Enum):
    """What would become of a call."""

    SENT = "sent"
    REJECTED = "rejected"
    FAILED = "failed"


@dataclass(frozen=True)
class Judgement:
    """What would become of a call. why: empty unless it would fail, then the reason and remedy.

    marks: what would be marked in it as personal.
    """

    call_id: str
    fate: Fate
    why: str = ""
    marks: Marks = field(default_factory=dict)


@dataclass(frozen=True)
class Look:
    """With what a call is looked at. queue: the outbound one, None when it did not answer."""

    rules: Rules
    settings: Settings
    queue: QueueFacts | None


def check_cycle(database: Database, settings: Settings, queue: QueueFacts | None) -> None:
    """Try a cycle. Raises what keeps it from working, or CdcError when a call would fail.

    Parameters:
        queue: the outbound one, None when it did not answer.
    """
    rules = make_rules(settings)
    with database.session() as session:
        warn_of_clocks(session)
        start = find_start(session, settings)
    limit = settings.cdc.max_batch_size
    found = Finder(database, report_unsearchable).find(
        Query(NORMAL_MODE, Window(start, FAR_FUTURE), limit, limit)
    )
    claims = choose_claims(found.candidates, found.clocks, rules, is_busy=True)
    ready = [claim.candidate.call_id for claim in claims if claim.is_leased]
    fates: Counter[Fate] = Counter()
    marks: Counter[str] = Counter()
    for judgement in look_at(database, ready, Look(rules, settings, queue)):
        fates[judgement.fate] += 1
        marks.update(judgement.marks)
    if not found.is_enabled:
        warn(f"{NORMAL_MODE} is paused: IS_ENABLED is 0")
    say("🔄 First CDC cycle completed (dry run)")
    say(
        f"   {counted(len(claims), 'call')} found (at most {limit} are looked at), "
        f"{len(claims) - len(ready)} still talking, {fates[Fate.SENT]} would be sent, "
        f"{fates[Fate.REJECTED]} rejected, {fates[Fate.FAILED]} would fail"
    )
    if rules.marker is not None:
        say(f"   {describe_marks(marks)}")
    if fates[Fate.FAILED]:
        raise CdcError(f"{counted(fates[Fate.FAILED], 'call')} would fail, see above")


def describe_marks(marks: Mapping[str, int]) -> str:
    """Return what would be marked as personal, in words and without what it is."""
    listed = ", ".join(f"{kind} {count}" for kind, count in sorted(marks.items()))
    return f"would be redacted: {listed or 'nothing'}"


def find_start(session: Session, settings: Settings) -> datetime:
    """Return where the first cycle's search begins.

    Raises OracleConfigurationError when the mode has no row.
    """
    mode = read_mode(session, NORMAL_MODE)
    if mode is None:
        raise OracleConfigurationError(
            f"CDC_PROCESSING_STATUS has no row {NORMAL_MODE}; run init-tables"
        )
    watermark = mode.watermark or mode.clocks.now
    return watermark - timedelta(minutes=settings.cdc.normal_mode_minutes)


def report_unsearchable(call_id: str, error: Exception, failures: int) -> bool:
    """Name a call that no search can bring. Returns True: it is accounted for."""
    complain(
        f"call {call_id}",
        f"no search can bring it: {describe(error)}; a person must look at its rows",
    )
    return True


def look_at(database: Database, call_ids: Sequence[str], look: Look) -> Iterator[Judgement]:
    """Yield what would become of each call.

    One that can't be read or sent is named, and keeps no other from being looked at.
    """

    def judge_group(group: Sequence[str]) -> list[Judgement]:
        return database.attempt(lambda session: judge_calls(peek_calls(session, group), look))

    outcome = Evidence[str](str).sort(call_ids, judge_group)
    for judged in outcome.results:
        for judgement in judged:
            if judgement.why:
                complain(f"call {judgement.call_id}", judgement.why)
            yield judgement
    for call_id, error in [*outcome.own, *outcome.waiting]:
        complain(
            f"call {call_id}",
            f"its rows can't be read: {describe(error)}; a person must look at them",
        )
        yield Judgement(call_id, Fate.FAILED)
    if outcome.untried:
        warn(
            f"{counted(len(outcome.untried), 'call')} not looked at: "
            "none of those before could be read"
        )


def judge_calls(calls: Iterator[list[Segment]], look: Look) -> list[Judgement]:
    """Judge each call by its segments."""
    return [judge_call(segments, look) for segments in calls]


def judge_call(segments: Sequence[Segment], look: Look) -> Judgement:
    """Judge a call as the cycle would, by its segments and by what the queue can carry."""
    call_id = segments[0].call_id
    rules = look.rules
    conversation = assemble(segments)
    verdict = judge(
        conversation, min_segments=rules.min_segments, required_channels=rules.required_channels
    )
    if verdict is not Verdict.COMPLETE:
        return Judgement(call_id, Fate.REJECTED)
    try:
        conversation, marks = redact_conversation(conversation, rules.marker)
    except MessageUnredacted as error:
        return Judgement(call_id, Fate.FAILED, str(error).removeprefix(f"call {call_id} "))
    reason = ""
    if look.queue is not None:
        reason = find_misfit(conversation, look.settings, look.queue)
    if reason:
        return Judgement(call_id, Fate.FAILED, reason)
    return Judgement(call_id, Fate.SENT, marks=marks)


def find_misfit(conversation: Conversation, settings: Settings, queue: QueueFacts) -> str:
    """Return why no message can carry it, empty when one can. The call is not named in it."""
    content = write_content(conversation, time_zone=settings.source.time_zone)
    now = datetime.now(timezone.utc)
    try:
        fit(
            content.body(revision=1, assembled_at=now),
            call_id=conversation.call_id,
            revision=1,
            content_hash=content.hash,
            assembled_at=now,
            facts=queue,
            overflow=make_overflow(settings),
        )
    except MessageRefused as error:
        return str(error).removeprefix(f"call {conversation.call_id} revision 1: ")
    return ""


def warn_of_clocks(session: Session) -> None:
    """Warn when the database's clock and TEXT_TIME differ as clocks or zones do."""
    record = session.query("probe_source")[0]
    clocks = Clocks(record["now_time"], record["utc_time"])
    newest = record["newest_time"]
    for warning in clock_warnings(newest, clocks):
        warn(warning)


def clock_warnings(newest: datetime | None, clocks: Clocks) -> list[str]:
    """Return what the newest TEXT_TIME says about clocks and zones."""
    if newest is None:
        return ["the source table is empty"]
    warnings = []
    if newest > clocks.now + FUTURE_HORIZON:
        warnings.append(
            f"rows in the future: the newest TEXT_TIME is {newest}, "
            f"the database's clock says {clocks.now}"
        )
    lag = clocks.now - newest
    hours = round(lag / timedelta(hours=1))
    is_whole = abs(lag - timedelta(hours=hours)) <= ZONE_TOLERANCE
    if hours and is_whole and abs(hours) <= MOST_ZONE_HOURS:
        side = "behind" if hours > 0 else "ahead of"
        warnings.append(
            f"the newest TEXT_TIME is {abs(hours)} h {side} the database's clock "
            f"({newest} against {clocks.now}): if calls come in all the time, TEXT_TIME is "
            "written in another time zone; set or correct SOURCE_TIME_ZONE"
        )
    return warnings
