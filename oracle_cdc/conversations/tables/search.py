"""The search: calls that the ledger does not account for, and those that are due in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from oracle_cdc.conversations.rules.claims import FUTURE_HORIZON, Candidate, Clocks
from oracle_cdc.conversations.rules.states import CallState
from oracle_cdc.conversations.rules.windows import Window
from oracle_cdc.errors import OracleConfigurationError
from oracle_cdc.oracle.queries import LIST_LENGTHS
from oracle_cdc.oracle.session import Record, Session

HORIZON_MINUTES = FUTURE_HORIZON.total_seconds() / 60


@dataclass(frozen=True)
class Query:
    """What to search for.

    Parameters:
        due_limit: 0 for nothing that is due in the ledger.
        resend_job: a historical job that sends again what is accounted for, each call once.
        is_thorough: also calls with as many rows as before, at other times.
    """

    mode: str
    window: Window
    call_limit: int
    due_limit: int
    resend_job: str | None = None
    is_thorough: bool = False


@dataclass(frozen=True)
class Work:
    """What one search found, with the mode's row as it stood then.

    Parameters:
        is_enabled: the DBA's switch, IS_ENABLED.
        is_whole: False when the search met calls that it could not bring, and that the ledger does
            not account for yet.
        left_out: how many rows it met beside those of its candidates.
        leased: calls that are to be sent again, and that somebody leases now.
    """

    is_enabled: bool
    watermark: datetime | None
    coverage_start: datetime | None
    clocks: Clocks
    candidates: Sequence[Candidate]
    is_whole: bool = True
    left_out: int = 0
    leased: frozenset[str] = frozenset()


class Named(NamedTuple):
    """What a search says of a call beside its id."""

    is_due: bool
    resend: str | None


def find_work(session: Session, query: Query) -> Work:
    """Search a window and the due rows, in one round trip.

    Raises OracleConfigurationError when the mode has no row.
    """
    records = _search(session, "find_work", query)
    rows, leased = take_rows(records)
    return _to_work(records, [_to_candidate(row) for row in rows.values()], rows, leased)


def find_ids(session: Session, query: Query) -> tuple[Work, dict[str, Named]]:
    """Make the same search for the ids of the calls alone.

    Returns the work without candidates, and the calls by their ids.
    """
    records = _search(session, "find_ids", query)
    rows, leased = take_rows(records)
    named: dict[str, Named] = {}
    for call_id, row in rows.items():
        named[call_id] = Named(row["is_due"] == 1, row["resend"])
    return _to_work(records, [], rows, leased), named


def take_rows(records: Sequence[Record]) -> tuple[dict[str, Record], frozenset[str]]:
    """Return the row of each call that may be claimed, and the calls that somebody leases.

    What a job names that is due already comes twice: its second row, the job's, counts.
    """
    rows: dict[str, Record] = {}
    leased: set[str] = set()
    for record in naming_calls(records):
        if record["state"] == CallState.LEASED.value and record["is_due"] != 1:
            leased.add(record["call_id"])
        else:
            rows[record["call_id"]] = record
    return rows, frozenset(leased)


def naming_calls(records: Sequence[Record]) -> list[Record]:
    """Return the rows that name a call: where there is nothing to do, the one row names none."""
    return [record for record in records if record["call_id"] is not None]


def find_calls(session: Session, call_ids: Sequence[str]) -> tuple[Clocks | None, list[Candidate]]:
    """Return the database's clocks, and calls as a search would bring them, whatever the ledger
    says.

    Those that the source does not have are left out, and without any there are no clocks.
    """
    found: list[Candidate] = []
    clocks: Clocks | None = None
    for start in range(0, len(call_ids), LIST_LENGTHS[-1]):
        listed = call_ids[start : start + LIST_LENGTHS[-1]]
        for record in session.query("find_calls", listed, horizon_minutes=HORIZON_MINUTES):
            found.append(_to_candidate(record))
            clocks = Clocks(record["now_time"], record["utc_time"])
    return clocks, found


def _search(session: Session, name: str, query: Query) -> list[Record]:
    records = session.query(
        name,
        mode_name=query.mode,
        window_start=query.window.start,
        window_end=query.window.end,
        horizon_minutes=HORIZON_MINUTES,
        call_limit=query.call_limit,
        due_limit=query.due_limit,
        is_thorough=int(query.is_thorough),
        resend_job=query.resend_job,
    )
    if not records:
        raise OracleConfigurationError(f"CDC_PROCESSING_STATUS has no row {query.mode}")
    return records


def _to_work(
    records: Sequence[Record],
    candidates: Sequence[Candidate],
    rows: Mapping[str, Record],
    leased: frozenset[str],
) -> Work:
    first = records[0]
    return Work(
        is_enabled=first["is_enabled"] == 1,
        watermark=first["watermark"],
        coverage_start=first["coverage_start"],
        clocks=Clocks(first["now_time"], first["utc_time"]),
        candidates=candidates,
        left_out=len(naming_calls(records)) - len(rows),
        leased=leased,
    )


def _to_candidate(record: Record) -> Candidate:
    rows_read = record["rows_read"]
    if rows_read is not None:
        rows_read = int(rows_read)
    return Candidate(
        call_id=record["call_id"],
        is_due=record["is_due"] == 1,
        oldest_time=record["oldest_time"],
        rows_found=int(record["rows_found"]),
        newest_time=record["newest_time"],
        first_time=record["first_time"],
        last_time=record["last_time"],
        state=record["state"],
        # A person may have emptied or lowered it: no revision is given to two bodies.
        revision=max(int(record["revision"] or 0), int(record["sent_revision"] or 0)),
        sent_revision=int(record["sent_revision"] or 0),
        rows_read=rows_read,
        newest_read=record["newest_read"],
        content_hash=record["content_hash"],
        assembled_at=record["assembled_at"],
        sent_at=record["sent_at"],
        judged_at=record["judged_at"],
        newest_sent=record["newest_sent"],
        version=int(record["version"]),
        attempts=int(record["attempts"]),
        takeovers=int(record["takeovers"]),
        resend=record["resend"],
    )
