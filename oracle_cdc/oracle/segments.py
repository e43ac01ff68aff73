"""VERINT_TEXT_ANALYSIS: the segments of leased calls. Read only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from oracle_cdc.assembly import group_calls
from oracle_cdc.model import Segment
from oracle_cdc.oracle.database import Record, Session
from oracle_cdc.oracle.queries import LIST_LENGTHS


def fetch_calls(session: Session, token: str) -> Iterator[list[Segment]]:
    """All rows of each call that the token leases, call by call, as they stream in."""
    return group_calls(map(to_segment, session.stream("fetch_segments", token=token)))


def to_segment(record: Record) -> Segment:
    return Segment(
        call_id=record["call_id"],
        ban=record["ban"],
        subscriber_no=record["subscriber_no"],
        owner=(record["owner"] or "").rstrip() or " ",
        text=record["text"],
        text_time=record["text_time"],
        call_time=record["call_time"],
    )


def peek_calls(session: Session, call_ids: Sequence[str]) -> Iterator[list[Segment]]:
    """All rows of calls that nobody leases, for a look without a claim."""
    for start in range(0, len(call_ids), LIST_LENGTHS[-1]):
        listed = call_ids[start : start + LIST_LENGTHS[-1]]
        yield from group_calls(map(to_segment, session.stream("peek_segments", listed)))
