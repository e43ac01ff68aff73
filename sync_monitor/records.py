"""What the history keeps: what a look leaves behind, notices, silences, answers of triage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple

from sync_monitor.measurements import Cell, CellState
from sync_monitor.verdicts import Issue, Look, Span, Standing


@dataclass(frozen=True)
class Entry:
    """All that one look leaves behind. It is written in one transaction: whole or not at all.

    Parameters:
        cells: those that it measured, or could not.
        spans: as `record` of the rules gives them back.
        issues: as `follow_issues` gives them back.
    """

    look: Look
    standing: Standing
    cells: tuple[Cell, ...] = ()
    spans: tuple[Span, ...] = ()
    issues: tuple[Issue, ...] = ()


class Mark(NamedTuple):
    """A partition as the strip of a page shows it."""

    partition: str
    state: CellState


@dataclass(frozen=True)
class Known:
    """What the history knows of a sync.

    Parameters:
        added_at: since when it is declared: its SLA is of no earlier time.
        standing: None before its first look.
        last_run: run id of its newest look.
    """

    name: str
    added_at: datetime
    standing: Standing | None = None
    last_run: int | None = None


class NoticeKind(str, Enum):
    """What a notice says of its issue."""

    OPENED = "opened"
    REMINDER = "reminder"
    CLOSED = "closed"


@dataclass(frozen=True)
class Notice:
    """A notice of an issue to a channel, which is due at a stored time.

    Parameters:
        tries: how often it was tried.
        sent_at: None: it was not sent.
        ended_at: when nothing more was to be done: it was sent, or nobody needs it any more.
        result: a word or a status code, never what a server answered.
    """

    issue: int
    channel: str
    kind: NoticeKind
    due_at: datetime
    sent_at: datetime | None = None
    tries: int = 0
    result: str = ""
    number: int | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Silence:
    """A time in which nobody is notified. It always ends.

    Parameters:
        sync: of which. Empty: of all.
        asked_by: who wanted it.
        reason: as that person wrote it.
    """

    sync: str
    asked_by: str
    reason: str
    begins: datetime
    ends: datetime
    number: int | None = None


@dataclass(frozen=True)
class Consultation:
    """What triage answered of a sync.

    Parameters:
        source: rules or claude.
        payload_key: SHA-256 of what was asked, by which an answer is found again.
        answer: as JSON. Empty where the model gave none that counts.
        payload: what was sent, as JSON. Empty for the rules.
        failure: why the model gave none, in words of ours. Empty while it is asked still.
    """

    sync: str
    run_id: int
    source: str
    model: str
    payload_key: str
    payload: str
    answer: str
    asked_at: datetime
    input_tokens: int = 0
    output_tokens: int = 0
    number: int | None = None
    failure: str = ""


@dataclass(frozen=True)
class KeptRunbook:
    """The runbook of a confirmed issue, as its newest look wrote it.

    Parameters:
        dialect: of the engine that runs it.
        text: as it is copied.
        void_after: when a look must have found the issue again.
    """

    issue: int
    run_id: int
    dialect: str
    text: str
    void_after: datetime


@dataclass(frozen=True)
class Retention:
    """How long what is kept.

    Parameters:
        looks: all of them. Older ones are thinned to one an hour.
        figures: those, and cells, spans and answers. Issues and notices are kept for ever.
    """

    looks: timedelta = timedelta(days=90)
    figures: timedelta = timedelta(days=400)
