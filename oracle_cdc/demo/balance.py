"""Holds what came back against what was put in, call by call and character by character."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from oracle_cdc.demo.dba import Dba
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
    """All that came back. ledger: state and newest sent revision; failures: call id (or "") and reason."""

    ledger: Mapping[str, tuple[str, int]]
    summaries: Mapping[str, Summary]
    failures: Sequence[tuple[str, str]]
    received: Mapping[tuple[str, int], Sequence[Received]]


@dataclass(frozen=True)
class Outcome:
    """What became of one call; reason: why there is no summary."""

    call_id: str
    turns: int
    state: str
    summary: Summary | None = None
    reason: str = ""


@dataclass(frozen=True)
class Balance:
    """Every call's outcome, and all that does not balance. intact: calls whose newest revision arrived as put in."""

    outcomes: Sequence[Outcome]
    intact: int
    set_aside: int
    mistakes: Sequence[str]

    def count(self, *states: str) -> int:
        return sum(outcome.state in states for outcome in self.outcomes)


def read_found(dba: Dba, received: Path) -> Found:
    """What the service's tables hold, and what the ML service wrote down."""
    ledger = {
        str(call): (str(state), int(str(revision)))
        for call, state, revision in dba.query("read_ledger")
    }
    summaries = {
        str(call): Summary(
            int(str(revision)), text_of(sentiment), text_of(classification), text_of(text)
        )
        for call, revision, sentiment, classification, text in dba.query("read_summaries")
    }
    failures = [(text_of(call), text_of(reason)) for call, reason in dba.query("read_failures")]
    return Found(ledger, summaries, failures, read_received(received))


def text_of(value: object) -> str:
    return "" if value is None else str(value)


def read_received(path: Path) -> dict[tuple[str, int], list[Received]]:
    """By call id and revision what came, more than once perhaps."""
    received: dict[tuple[str, int], list[Received]] = {}
    with path.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            record = json.loads(line)
            body = record["body"]
            received.setdefault((body["callId"], body["revision"]), []).append(
                Received(body, record["summary"])
            )
    return received


def balance(put_in: Mapping[str, Sequence[Segment]], found: Found) -> Balance:
    """Judge every call that was put in, and look for what was not."""
    outcomes = [find_outcome(call_id, segments, found) for call_id, segments in put_in.items()]
    mistakes = [mistake for o in outcomes for mistake in check(o, put_in[o.call_id], found)]
    strange = sorted(
        {*found.ledger, *found.summaries, *(call_id for call_id, _ in found.received)}
        - put_in.keys()
    )
    mistakes += [f"call {call_id}: came back, but was never put in" for call_id in strange]
    mistakes += check_repeats(found)
    set_aside = sum(not call_id for call_id, _ in found.failures)
    broken = min(1, len(found.received))
    if set_aside != broken:
        mistakes.append(f"{broken} broken results were put in, {set_aside} were set aside")
    intact = sum(is_intact(call_id, segments, found) for call_id, segments in put_in.items())
    return Balance(outcomes, intact, set_aside, mistakes)


def is_intact(call_id: str, segments: Sequence[Segment], found: Found) -> bool:
    """Whether the newest revision that was sent arrived as it was put in."""
    _, sent = found.ledger.get(call_id, ("", 0))
    received = found.received.get((call_id, sent), ())
    return bool(received) and not any(differences(expected_body(segments), received[-1].body))


def find_outcome(call_id: str, segments: Sequence[Segment], found: Found) -> Outcome:
    state, _ = found.ledger.get(call_id, ("unknown", 0))
    reason = REASONS.get(state, "")
    if state == FAILED:
        reason = "; ".join(why for failed, why in found.failures if failed == call_id)
    return Outcome(call_id, len(segments), state, found.summaries.get(call_id), reason)


def check(outcome: Outcome, segments: Sequence[Segment], found: Found) -> Iterator[str]:
    """What is wrong with one call; a call that failed is in order if a row says why."""
    call = f"call {outcome.call_id}"
    expected = expected_state(segments)
    if outcome.state == FAILED and outcome.reason:
        return
    if outcome.state != expected:
        yield f"{call}: {len(segments)} segments were put in; it is {outcome.state}, not {expected}"
    elif expected == SUMMARIZED:
        _, sent = found.ledger[outcome.call_id]
        yield from (f"{call}: {what}" for what in check_summary(outcome, sent, segments, found))


def check_summary(
    outcome: Outcome, sent: int, segments: Sequence[Segment], found: Found
) -> Iterator[str]:
    if outcome.summary is None or outcome.summary.revision != sent:
        stored = outcome.summary.revision if outcome.summary else "none"
        yield f"revision {sent} was sent, the summary's is {stored}"
        return
    received = found.received.get((outcome.call_id, sent))
    if not received:
        yield f"the ML service never got revision {sent}"
        return
    yield from differences(expected_body(segments), received[-1].body)
    if outcome.summary.text != received[-1].summary:
        yield "the stored summary is not the one that the ML service gave"


def expected_state(segments: Sequence[Segment]) -> str:
    """By docs/settings.md, when a call is complete: two utterances that are not blank, of agent and customer."""
    spoken = [segment for segment in segments if (segment.text or "").strip()]
    if len(spoken) < 2:
        return TOO_SHORT
    return SUMMARIZED if {"A", "C"} <= {segment.owner for segment in spoken} else MISSING_CHANNEL


def expected_body(segments: Sequence[Segment]) -> dict[str, object]:
    """What must arrive, but for revision and assembledAt."""
    rows = sorted(segments, key=lambda segment: (segment.text_time, segment.owner, segment.text))
    messages = [
        {"channel": row.owner, "text": row.text, "timestamp": row.text_time.isoformat()}
        for row in rows
        if (row.text or "").strip()
    ]
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
    """Where a body is not as expected, without its content."""
    keys = {*expected, "revision", "assembledAt"}
    if body.keys() != keys:
        yield f"the body's keys differ: {', '.join(sorted(keys ^ body.keys()))}"
    for key, value in expected.items():
        if body.get(key) != value:
            yield f"{key} arrived other than it was put in"


def check_repeats(found: Found) -> Iterator[str]:
    """A conversation may come twice, but then it is the same."""
    for (call_id, revision), copies in found.received.items():
        if any(each.body != copies[0].body for each in copies):
            yield f"call {call_id}: revision {revision} arrived with different bodies"
