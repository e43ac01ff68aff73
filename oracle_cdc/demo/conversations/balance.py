"""Holds what came back against what was put in, call by call and character by character."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from oracle_cdc.demo.conversations.source import Source
from oracle_cdc.model import Segment

SUMMARIZED, FAILED = "SUMMARIZED", "FAILED"
TOO_SHORT, MISSING_CHANNEL = "REJECTED_TOO_SHORT", "REJECTED_MISSING_CHANNEL"
REASONS = {TOO_SHORT: "too short", MISSING_CHANNEL: "a channel is missing"}


@dataclass(frozen=True)
class Received:
    """A conversation as the ML service got it, and the summary that it made."""

    body: Mapping[str, Any] = field(repr=False)
    summary: str = field(repr=False)


@dataclass(frozen=True)
class Summary:
    """A row of DICTA_CALL_SUMMARY."""

    revision: int
    sentiment: str
    classification: str
    text: str = field(repr=False)


@dataclass(frozen=True)
class Found:
    """All that came back.

    ledger: state and newest sent revision by call id.
    failures: call id (or "") and reason of what was set aside.
    """

    ledger: Mapping[str, tuple[str, int]]
    summaries: Mapping[str, Summary]
    failures: Sequence[tuple[str, str]]
    received: Mapping[tuple[str, int], Sequence[Received]]


@dataclass(frozen=True)
class Outcome:
    """What became of one call. reason: why there is no summary."""

    call_id: str
    turns: int
    state: str
    summary: Summary | None = None
    reason: str = ""


@dataclass(frozen=True)
class Balance:
    """Every call's outcome, and all that does not balance.

    intact: calls whose newest revision arrived as put in.
    """

    outcomes: Sequence[Outcome]
    intact: int
    set_aside: int
    mistakes: Sequence[str]

    def count(self, *states: str) -> int:
        """Count the calls that ended in one of these states."""
        return sum(outcome.state in states for outcome in self.outcomes)


def read_found(source: Source, received: Path) -> Found:
    """Read what the service's tables hold, and what the ML service wrote down."""
    ledger = {}
    for call, state, revision in source.query("read_ledger"):
        ledger[str(call)] = (str(state), int(str(revision)))
    summaries = {}
    for call, revision, sentiment, classification, text in source.query("read_summaries"):
        summaries[str(call)] = Summary(
            int(str(revision)), text_of(sentiment), text_of(classification), text_of(text)
        )
    failures = []
    for call, reason in source.query("read_failures"):
        failures.append((text_of(call), text_of(reason)))
    return Found(ledger, summaries, failures, read_received(received))


def text_of(value: object) -> str:
    """Return a column's text, which Oracle gives as NULL when it is empty."""
    if value is None:
        return ""
    return str(value)


def read_received(path: Path) -> dict[tuple[str, int], list[Received]]:
    """Return what came by call id and revision, more than once perhaps."""
    received: dict[tuple[str, int], list[Received]] = {}
    with path.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            record = json.loads(line)
            body = record["body"]
            copies = received.setdefault((body["callId"], body["revision"]), [])
            copies.append(Received(body, record["summary"]))
    return received


def balance(put_in: Mapping[str, Sequence[Segment]], found: Found) -> Balance:
    """Judge every call that was put in, and look for what was not."""
    outcomes = []
    mistakes: list[str] = []
    intact = 0
    for call_id, segments in put_in.items():
        outcome = find_outcome(call_id, segments, found)
        outcomes.append(outcome)
        mistakes += check(outcome, segments, found)
        if is_intact(call_id, segments, found):
            intact += 1
    for call_id in sorted(returned_calls(found) - put_in.keys()):
        mistakes.append(f"call {call_id}: came back, but was never put in")
    mistakes += check_repeats(found)
    set_aside = sum(not call_id for call_id, _ in found.failures)
    broken = min(1, len(found.received))
    if set_aside != broken:
        mistakes.append(f"{broken} broken results were put in, {set_aside} were set aside")
    return Balance(outcomes, intact, set_aside, mistakes)


def returned_calls(found: Found) -> set[str]:
    """Return the ids of the calls that came back in any way."""
    returned = {*found.ledger, *found.summaries}
    for call_id, _ in found.received:
        returned.add(call_id)
    return returned


def is_intact(call_id: str, segments: Sequence[Segment], found: Found) -> bool:
    """Return whether the newest revision that was sent arrived as it was put in."""
    _, sent = found.ledger.get(call_id, ("", 0))
    received = found.received.get((call_id, sent))
    if not received:
        return False
    return not any(differences(expected_body(segments), received[-1].body))


def find_outcome(call_id: str, segments: Sequence[Segment], found: Found) -> Outcome:
    """Return what became of a call, with the reasons of its failures if it failed."""
    state, _ = found.ledger.get(call_id, ("unknown", 0))
    reason = REASONS.get(state, "")
    if state == FAILED:
        reason = "; ".join(reasons_of_failure(call_id, found))
    return Outcome(call_id, len(segments), state, found.summaries.get(call_id), reason)


def reasons_of_failure(call_id: str, found: Found) -> Iterator[str]:
    """Yield why a call was set aside."""
    for failed, why in found.failures:
        if failed == call_id:
            yield why


def check(outcome: Outcome, segments: Sequence[Segment], found: Found) -> Iterator[str]:
    """Yield what is wrong with one call.

    A call that failed is as it should be if a row says why.
    """
    call = f"call {outcome.call_id}"
    expected = expected_state(segments)
    if outcome.state == FAILED and outcome.reason:
        return
    if outcome.state != expected:
        yield f"{call}: {len(segments)} segments were put in; it is {outcome.state}, not {expected}"
    elif expected == SUMMARIZED:
        _, sent = found.ledger[outcome.call_id]
        for what in check_summary(outcome, sent, segments, found):
            yield f"{call}: {what}"


def check_summary(
    outcome: Outcome, sent: int, segments: Sequence[Segment], found: Found
) -> Iterator[str]:
    """Yield what is wrong with the summary of the revision that was sent last."""
    if outcome.summary is None:
        yield f"revision {sent} was sent, the summary's is none"
        return
    if outcome.summary.revision != sent:
        yield f"revision {sent} was sent, the summary's is {outcome.summary.revision}"
        return
    received = found.received.get((outcome.call_id, sent))
    if not received:
        yield f"the ML service never got revision {sent}"
        return
    yield from differences(expected_body(segments), received[-1].body)
    if outcome.summary.text != received[-1].summary:
        yield "the stored summary is not the one that the ML service gave"


def is_spoken(segment: Segment) -> bool:
    """Return whether something is said in a segment, and not blanks alone."""
    return bool((segment.text or "").strip())


def expected_state(segments: Sequence[Segment]) -> str:
    """Return what a call must become, by docs/settings.md, when a call is complete.

    That is: two utterances that are not blank, of agent and customer.
    """
    speakers = [segment.owner for segment in segments if is_spoken(segment)]
    if len(speakers) < 2:
        return TOO_SHORT
    if not {"A", "C"} <= set(speakers):
        return MISSING_CHANNEL
    return SUMMARIZED


def expected_body(segments: Sequence[Segment]) -> dict[str, object]:
    """Return what must arrive, but for revision and assembledAt."""
    rows = sorted(segments, key=lambda segment: (segment.text_time, segment.owner, segment.text))
    messages = []
    for row in rows:
        if is_spoken(row):
            time = row.text_time.isoformat()
            messages.append({"channel": row.owner, "text": row.text, "timestamp": time})
    return {
        "type": "CONVERSATION_ASSEMBLY",
        "schemaVersion": "1.0",
        "callId": rows[0].call_id,
        "ban": rows[0].ban,
        "subscriberNo": rows[0].subscriber_no,
        "callTime": rows[0].call_time.isoformat(),
        "messages": messages,
        "messageCount": len(messages),
        "source": "on-premises-cdc",
    }


def differences(expected: Mapping[str, object], body: Mapping[str, Any]) -> Iterator[str]:
    """Yield where a body is not as expected, without its content."""
    keys = {*expected, "revision", "assembledAt"}
    if body.keys() != keys:
        yield f"the body's keys differ: {', '.join(sorted(keys ^ body.keys()))}"
    for key, value in expected.items():
        if body.get(key) != value:
            yield f"{key} arrived other than it was put in"


def check_repeats(found: Found) -> Iterator[str]:
    """Yield each conversation that came twice and was not the same."""
    for (call_id, revision), copies in found.received.items():
        if any(each.body != copies[0].body for each in copies):
            yield f"call {call_id}: revision {revision} arrived with different bodies"
