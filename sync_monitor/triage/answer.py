"""The one schema of an answer, whoever writes it, and what is taken over of a reply."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

LONGEST_SUMMARY = 600


class Cause(str, Enum):
    """What is wrong, most specific first where several could be."""

    NOT_MEASURED = "NOT_MEASURED"
    BOTH_EMPTY = "BOTH_EMPTY"
    ZONE_SHIFT = "ZONE_SHIFT"
    PARTITION_UNREGISTERED = "PARTITION_UNREGISTERED"
    PARTITION_DROPPED = "PARTITION_DROPPED"
    LOAD_NEVER_RAN = "LOAD_NEVER_RAN"
    LOADER_STOPPED = "LOADER_STOPPED"
    SOURCE_LATE = "SOURCE_LATE"
    CDC_LAG = "CDC_LAG"
    LOAD_RETRIED = "LOAD_RETRIED"
    PARTIAL_WRITE = "PARTIAL_WRITE"
    DELETES_NOT_CARRIED = "DELETES_NOT_CARRIED"
    UPDATES_NOT_CARRIED = "UPDATES_NOT_CARRIED"
    SCHEMA_DRIFT = "SCHEMA_DRIFT"
    TRUNCATED = "TRUNCATED"
    SOURCE_LOW = "SOURCE_LOW"
    PIPELINE_STOPPED = "PIPELINE_STOPPED"
    PIPELINE_BEHIND = "PIPELINE_BEHIND"
    NOT_DELIVERED = "NOT_DELIVERED"
    REFUSED = "REFUSED"
    OTHER = "OTHER"


class Confidence(str, Enum):
    """How much the evidence says. No number, because nobody computed one."""

    STRONG = "strong"
    WEAK = "weak"
    NONE = "none"


class ActionCode(str, Enum):
    """What a person can do."""

    ASK_FOR_GRANT = "ASK_FOR_GRANT"
    CHECK_LOGIN = "CHECK_LOGIN"
    CHECK_REACHABLE = "CHECK_REACHABLE"
    DECLARE_EMPTY = "DECLARE_EMPTY"
    CHECK_ZONES = "CHECK_ZONES"
    LOOK_FOR_FILES = "LOOK_FOR_FILES"
    REGISTER_PARTITION = "REGISTER_PARTITION"
    CHECK_LOADER = "CHECK_LOADER"
    CHECK_SOURCE_JOB = "CHECK_SOURCE_JOB"
    CHECK_CDC = "CHECK_CDC"
    RUN_RUNBOOK = "RUN_RUNBOOK"
    LOOK_AT_DOUBLES = "LOOK_AT_DOUBLES"
    DECIDE_ON_DELETES = "DECIDE_ON_DELETES"
    ADD_COLUMN = "ADD_COLUMN"
    ASK_OWNER = "ASK_OWNER"
    CHECK_PIPELINE = "CHECK_PIPELINE"
    REPLAY_SET_ASIDE = "REPLAY_SET_ASIDE"


class FigureId(str, Enum):
    """The figures that an answer may cite."""

    ORACLE_COUNT = "oracle_count"
    LAKE_COUNT = "lake_count"
    SYNC_GAP = "sync_gap"
    EXTRA_ROWS = "extra_rows"
    CHANGED_ROWS = "changed_rows"
    DOUBLED_ROWS = "doubled_rows"
    GAP_PERCENTAGE = "gap_percentage"
    LAG_HOURS = "lag_hours"
    AGE_HOURS = "age_hours"
    CDC_LAG_HOURS = "cdc_lag_hours"
    MISSING_PARTITIONS = "missing_partitions"
    LATE_PARTITIONS = "late_partitions"
    UNREGISTERED_PARTITIONS = "unregistered_partitions"
    LOW_PARTITIONS = "low_partitions"
    DAYS = "days"
    SCHEMA = "schema"
    ERROR_CODE = "error_code"
    STOPPED_TOGETHER = "stopped_together"
    LAKE_COUNT_BEFORE = "lake_count_before"
    SET_ASIDE = "set_aside"


class Strict(BaseModel):
    """A value with the fields that it declares and no other."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Action(Strict):
    """One thing to do.

    Parameters:
        target: an alias of what it is done to.
        runbook: the number of the issue whose runbook does it.
    """

    code: ActionCode
    target: str | None = None
    runbook: int | None = None


class Answer(Strict):
    """What is probably wrong and what to do.

    Parameters:
        source: who says so.
        model: of the writer, empty for the rules.
        evidence: the figures that it rests on.
        ruled_out: what the figures speak against.
    """

    source: Literal["rules", "claude"]
    model: str
    cause: Cause
    confidence: Confidence
    summary: str = Field(max_length=LONGEST_SUMMARY)
    evidence: tuple[FigureId, ...]
    ruled_out: tuple[Cause, ...]
    actions: tuple[Action, ...]
    asked_at: datetime


class ReplyRefused(Exception):
    """A reply is no answer, so that of the rules stands. The text says why, without its words."""


E = TypeVar("E", bound=Enum)


def read_reply(
    text: str,
    *,
    model: str,
    asked_at: datetime,
    aliases: Collection[str],
    runbooks: Mapping[ActionCode, Collection[int]],
) -> Answer:
    """Return the answer that a model's reply is.

    Unknown figures, causes that are ruled out, actions and targets are dropped, and so are
    runbooks that do something else than the action, actions that are there already, and the cause
    itself where it is ruled out too. A summary that is too long is cut, and has no sign that is not
    printed. Raises ReplyRefused for what is no such JSON.

    Parameters:
        runbooks: the numbers of the issues whose runbooks an action may name.
    """
    reply = parse(text)
    actions: list[Action] = []
    for each in listed(reply, "actions"):
        action = known_action(each, aliases, runbooks)
        if action is not None and action not in actions:
            actions.append(action)
    ruled_out = known(Cause, listed(reply, "ruled_out"))
    try:
        return Answer(
            source="claude",
            model=model,
            cause=reply["cause"],
            confidence=reply["confidence"],
            summary=printable(text_of(reply["summary"])).strip()[:LONGEST_SUMMARY],
            evidence=known(FigureId, listed(reply, "evidence")),
            ruled_out=tuple(cause for cause in ruled_out if cause.value != reply["cause"]),
            actions=tuple(actions),
            asked_at=asked_at,
        )
    except (KeyError, TypeError):
        raise ReplyRefused("a reply lacks a cause, a confidence or a summary") from None
    except ValidationError as error:
        places = sorted(str(each["loc"][0]) for each in error.errors(include_input=False))
        raise ReplyRefused(f"a reply has another {', '.join(places)} than allowed") from None


def parse(text: str) -> Mapping[str, Any]:
    """Return the object that a text is. Raises ReplyRefused."""
    try:
        reply = json.loads(text)
    except (ValueError, RecursionError):
        raise ReplyRefused("a reply is no JSON") from None
    if not isinstance(reply, dict):
        raise ReplyRefused("a reply is no object")
    return reply


def listed(reply: Mapping[str, Any], name: str) -> list[Any]:
    """Return a list of a reply, empty where there is none."""
    found = reply.get(name)
    if isinstance(found, list):
        return found
    return []


def known(kind: type[E], words: list[Any]) -> tuple[E, ...]:
    """Return the words that are of a kind, each once."""
    values = {each.value: each for each in kind}
    found: list[E] = []
    for word in words:
        value = values.get(word) if isinstance(word, str) else None
        if value is not None and value not in found:
            found.append(value)
    return tuple(found)


def known_action(
    each: Any, aliases: Collection[str], runbooks: Mapping[ActionCode, Collection[int]]
) -> Action | None:
    """Return an action of a reply with what is known of it, None for one that nobody knows."""
    if not isinstance(each, dict):
        return None
    codes = known(ActionCode, [each.get("code")])
    if not codes:
        return None
    target = each.get("target")
    if not isinstance(target, str) or target not in aliases:
        target = None
    runbook = each.get("runbook")
    if type(runbook) is not int or runbook not in runbooks.get(codes[0], ()):
        runbook = None
    return Action(code=codes[0], target=target, runbook=runbook)


def text_of(value: object) -> str:
    """Return a text of a reply. Raises TypeError for what is none, or says nothing."""
    if not isinstance(value, str) or not printable(value).strip():
        raise TypeError("no text")
    return value


def printable(text: str) -> str:
    """Return a text whose other signs are blanks."""
    signs: list[str] = []
    for sign in text:
        if not sign.isprintable():
            sign = " "
        signs.append(sign)
    return "".join(signs)


def reply_schema() -> dict[str, Any]:
    """Return the JSON schema of a reply, as a model that keeps to schemas is asked for it."""
    action = {
        "type": "object",
        "additionalProperties": False,
        "required": ["code", "target", "runbook"],
        "properties": {
            "code": words(ActionCode),
            "target": {"type": ["string", "null"]},
            "runbook": {"type": ["integer", "null"]},
        },
    }
    properties = {
        "cause": words(Cause),
        "confidence": words(Confidence),
        "summary": {"type": "string"},
        "evidence": {"type": "array", "items": words(FigureId)},
        "ruled_out": {"type": "array", "items": words(Cause)},
        "actions": {"type": "array", "items": action},
    }
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }


def words(kind: type[Enum]) -> dict[str, Any]:
    """Return the schema of one of some words."""
    return {"type": "string", "enum": [each.value for each in kind]}
