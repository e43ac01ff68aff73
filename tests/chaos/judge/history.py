"""What the witnesses of a round saw: the values that the checker judges.

Times of the host are seconds of its clock.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

#: Two clocks of one host, read in two processes.
TOLERANCE_SECONDS = 0.02


@dataclass(frozen=True)
class Row:
    """A row of the source as it is there in the end.

    Parameters:
        committed_at: when its commit had been answered.
    """

    call_id: str
    ban: str
    subscriber_no: str | None
    owner: str
    text: str
    text_time: datetime
    call_time: datetime
    committed_at: float


@dataclass(frozen=True)
class Sent:
    """A conversation that the queue took.

    Parameters:
        at: when its request came.
        is_answered: its sender saw the answer.
    """

    at: float
    sender: str
    message_id: str
    call_id: str
    body: str
    group_id: str | None = None
    deduplication_id: str | None = None
    is_answered: bool = True


@dataclass(frozen=True)
class Reply:
    """A result that the results queue took.

    Parameters:
        revision: None for one that is no result at all.
    """

    message_id: str
    call_id: str
    revision: int | None
    sent_ms: int
    summary: str


@dataclass(frozen=True)
class Trouble:
    """What can explain that something was sent twice.

    Parameters:
        process: "" for all of them, as when the database was away.
    """

    kind: str
    begin: float
    end: float
    process: str = ""


@dataclass(frozen=True)
class Audit:
    """The ledger right after a cycle had written a watermark.

    Parameters:
        began_at: when the cycle began.
        start: where its search began.
        unknown_calls: those with a row between the two that the ledger did not know.
    """

    at: float
    began_at: float
    start: datetime
    watermark: datetime
    unknown_calls: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Entry:
    """A row of the ledger in the end."""

    call_id: str
    state: str | None
    sent_revision: int
    message_id: str | None
    text_time: datetime | None
    rows_read: int
    summarized_revision: int = 0


@dataclass(frozen=True)
class Summary:
    """A row of the summaries in the end."""

    call_id: str
    revision: int
    sent_ms: int
    text: str
    ban: str | None
    subscriber_no: str | None


@dataclass(frozen=True)
class Failure:
    """A row of what was set aside."""

    call_id: str | None
    direction: str
    message_id: str | None
    reason: str | None = "some reason"


@dataclass(frozen=True)
class Leased:
    """A claim or a renewal that one process wrote: when its commit had been answered."""

    at: float
    process: str


@dataclass(frozen=True)
class Rules:
    """The settings of the round that the checker must know.

    Parameters:
        quiet_until_sent: nothing may be sent before its call is quiet. The round had no faults that
            would excuse it.
        refused_calls: those whose messages never come through as they should.
        unreadable_calls: those with a row that no driver can read.
    """

    min_segments: int = 2
    required_channels: frozenset[str] = frozenset("AC")
    lease_seconds: float = 3.0
    settle_seconds: float = 0.0
    quiet_until_sent: bool = False
    refused_calls: frozenset[str] = frozenset()
    unreadable_calls: frozenset[str] = frozenset()
    purged_calls: frozenset[str] = frozenset()
    is_fifo: bool = False
    #: Nothing stands still between the look at a lease and its request.
    is_awake: bool = False
    #: What is rejected goes on with newer rows only.
    goes_on: bool = False


@dataclass(frozen=True)
class History:
    """One round.

    Parameters:
        complaints: what the service itself did wrong, as an end that nobody asked for.
    """

    rules: Rules
    coverage_start: datetime
    rows: tuple[Row, ...] = ()
    sent: tuple[Sent, ...] = ()
    replies: tuple[Reply, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    audits: tuple[Audit, ...] = ()
    ledger: Mapping[str, Entry] = field(default_factory=dict)
    summaries: Mapping[str, Summary] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()
    leases: tuple[Leased, ...] = ()
    #: By call, when it was rejected, by the database's clock.
    rejections: Mapping[str, Sequence[datetime]] = field(default_factory=dict)
    results_left: int = 0
    complaints: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sending:
    """A sending with its body read."""

    sent: Sent
    body: dict[str, Any]

    @property
    def revision(self) -> int:
        return int(self.body["revision"])


def sendings_by_call(history: History) -> dict[str, list[Sending]]:
    grouped: dict[str, list[Sending]] = defaultdict(list)
    for sent in history.sent:
        grouped[sent.call_id].append(Sending(sent, json.loads(sent.body)))
    return grouped
