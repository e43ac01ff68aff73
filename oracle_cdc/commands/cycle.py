"""The dry cycle of `check`: search, read and put together as the first cycle would, and stop before the claim."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import Enum

from oracle_cdc.conversations.from_settings import make_overflow, make_rules
from oracle_cdc.conversations.outbound.fitting import fit
from oracle_cdc.conversations.outbound.searching import Finder
from oracle_cdc.conversations.rules.assembly import Verdict, assemble, judge
from oracle_cdc.conversations.rules.claims import FUTURE_HORIZON, Clocks, Rules, choose_claims
from oracle_cdc.conversations.rules.messages import write_content
from oracle_cdc.conversations.rules.windows import FAR_FUTURE, Window
from oracle_cdc.conversations.settings import Settings
from oracle_cdc.conversations.tables.modes import NORMAL_MODE, read_mode
from oracle_cdc.conversations.tables.search import Query
from oracle_cdc.conversations.tables.segments import peek_calls
from oracle_cdc.errors import CdcError, MessageRefused, OracleConfigurationError
from oracle_cdc.model import Conversation, QueueFacts, Segment
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.session import Session
from oracle_cdc.running.evidence import Evidence
from oracle_cdc.running.privacy import describe
from oracle_cdc.running.terminal import complain, counted, say, warn

#: A newest TEXT_TIME within so little of a whole number of hours from now points to a time zone, not to a quiet hour.
ZONE_TOLERANCE = timedelta(minutes=5)


class Fate(Enum):
    """What would become of a call."""

    SENT = "sent"
    REJECTED = "rejected"
    FAILED = "failed"


@dataclass(frozen=True)
class Look:
    """With what a call is looked at. queue: the outbound one; None when it did not answer."""

    rules: Rules
    settings: Settings
    queue: QueueFacts | None


def check_cycle(database: Database, settings: Settings, queue: QueueFacts | None) -> None:
    """Raises what keeps the cycle from working, or CdcError when a call can't be read or sent.

    Parameters:
        queue: the outbound one; None when it did not answer.
    """
    rules = make_rules(settings)
    with database.session() as session:
        warn_of_clocks(session)
        mode = read_mode(session, NORMAL_MODE)
        if mode is None:
            raise OracleConfigurationError(
                f"CDC_PROCESSING_STATUS has no row {NORMAL_MODE}; run init-tables"
            )
        start = (mode.watermark or mode.clocks.now) - timedelta(
            minutes=settings.cdc.normal_mode_minutes
        )
    limit = settings.cdc.max_batch_size
    found = Finder(database, tell_unsearchable).find(
        Query(NORMAL_MODE, Window(start, FAR_FUTURE), limit, limit)
    )
    claims = choose_claims(found.candidates, found.clocks, rules)
    ready = [claim.candidate.call_id for claim in claims if claim.is_leased]
    fates = Counter(look_at(database, ready, Look(rules, settings, queue)))
    if not found.is_enabled:
        warn(f"{NORMAL_MODE} is paused: IS_ENABLED is 0")
    say("🔄 First CDC cycle completed (dry run)")
    say(
        f"   {len(claims)} calls found (at most {limit} are looked at), {len(claims) - len(ready)} still talking, "
        f"{fates[Fate.SENT]} would be sent, {fates[Fate.REJECTED]} rejected, {fates[Fate.FAILED]} would fail"
    )
    if fates[Fate.FAILED]:
        raise CdcError(f"{counted(fates[Fate.FAILED], 'call')} would fail, see above")


def tell_unsearchable(call_id: str, error: Exception, failures: int) -> bool:
    complain(
        f"call {call_id}",
        f"no search can bring it: {describe(error)}; a person must look at its rows",
    )
    return True


def look_at(database: Database, call_ids: Sequence[str], look: Look) -> Iterator[Fate]:
    """What would become of each call; one that can't be read or sent is named, and keeps no other from it."""

    def read(group: Sequence[str]) -> list[tuple[str, Fate, str]]:
        return database.attempt(lambda session: judge_calls(peek_calls(session, group), look))

    outcome = Evidence[str](str).sort(call_ids, read)
    for call_id, fate, why in (each for part in outcome.results for each in part):
        if why:
            complain(f"call {call_id}", why)
        yield fate
    for call_id, error in [*outcome.own, *outcome.waiting]:
        complain(
            f"call {call_id}",
            f"its rows can't be read: {describe(error)}; a person must look at them",
        )
        yield Fate.FAILED
    if outcome.untried:
        warn(
            f"{counted(len(outcome.untried), 'call')} not looked at: none of those before could be read"
        )


def judge_calls(calls: Iterator[list[Segment]], look: Look) -> list[tuple[str, Fate, str]]:
    return [(segments[0].call_id, *judge_call(segments, look)) for segments in calls]


def judge_call(segments: Sequence[Segment], look: Look) -> tuple[Fate, str]:
    """What would become of a call, and if it would fail, why and what to do."""
    rules = look.rules
    conversation = assemble(segments)
    verdict = judge(
        conversation, min_segments=rules.min_segments, required_channels=rules.required_channels
    )
    if verdict is not Verdict.COMPLETE:
        return Fate.REJECTED, ""
    reason = find_misfit(conversation, look.settings, look.queue) if look.queue else ""
    return (Fate.FAILED, reason) if reason else (Fate.SENT, "")


def find_misfit(conversation: Conversation, settings: Settings, queue: QueueFacts) -> str:
    """Why no message can carry it; empty when one can. The line that tells it names the call."""
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
    """Clock or zone skew between the database and TEXT_TIME."""
    record = session.query("probe_source")[0]
    clocks = Clocks(record["now_time"], record["utc_time"])
    newest = record["newest_time"]
    for warning in clock_warnings(newest, clocks):
        warn(warning)


def clock_warnings(newest: datetime | None, clocks: Clocks) -> list[str]:
    """What the newest TEXT_TIME says about clocks and zones."""
    if newest is None:
        return ["the source table is empty"]
    warnings = []
    if newest > clocks.now + FUTURE_HORIZON:
        warnings.append(
            f"rows in the future: the newest TEXT_TIME is {newest}, the database's clock says {clocks.now}"
        )
    lag = clocks.now - newest
    hours = round(lag / timedelta(hours=1))
    if hours and abs(lag - timedelta(hours=hours)) <= ZONE_TOLERANCE and abs(hours) <= 14:
        warnings.append(
            f"the newest TEXT_TIME is {hours:+d} h from the database's clock ({newest} against {clocks.now}): "
            "if calls come in all the time, TEXT_TIME is written in another time zone; set or correct SOURCE_TIME_ZONE"
        )
    return warnings
