"""VERINT_TEXT_ANALYSIS: the segments of leased calls. Read only."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing

from oracle_cdc.conversations.rules.assembly import group_calls
from oracle_cdc.model import Segment
from oracle_cdc.oracle.queries import LIST_LENGTHS
from oracle_cdc.oracle.session import Rows, Session

#: A batch of 500 calls in four round trips of some 200 KB each.
ROWS_PER_FETCH = 2000


def fetch_calls(session: Session, token: str) -> Generator[list[Segment], None, None]:
    """Yield all rows of each call that the token leases, call by call, as they stream in.

    The caller closes it.
    """
    with closing(
        session.fetch(
            "fetch_segments", rows_per_fetch=ROWS_PER_FETCH, weigh=weigh_texts, token=token
        )
    ) as fetched:
        yield from group_calls(read_segments(fetched))


def fetch_some_calls(
    session: Session, token: str, call_ids: Sequence[str]
) -> Generator[list[Segment], None, None]:
    """Yield all rows of some of the calls that the token leases, by the same joins."""
    for start in range(0, len(call_ids), LIST_LENGTHS[-1]):
        listed = call_ids[start : start + LIST_LENGTHS[-1]]
        with closing(
            session.fetch("fetch_some_segments", listed, weigh=weigh_texts, token=token)
        ) as fetched:
            yield from group_calls(read_segments(fetched))


def weigh_texts(rows: Rows) -> int:
    """Return about how many bytes the texts of rows have."""
    return sum([len(text or "") for _, _, _, _, text, _, _ in rows]) * 2


def read_segments(fetched: Iterator[tuple[Sequence[str], Rows]]) -> Iterator[Segment]:
    """Yield rows as segments.

    All statements here select the columns in the order of Segment's fields.
    """
    for _, rows in fetched:
        yield from map(Segment._make, rows)


def peek_calls(session: Session, call_ids: Sequence[str]) -> Generator[list[Segment], None, None]:
    """Yield all rows of calls that nobody leases, for a look without a claim."""
    for start in range(0, len(call_ids), LIST_LENGTHS[-1]):
        listed = call_ids[start : start + LIST_LENGTHS[-1]]
        with closing(session.fetch("peek_segments", listed)) as fetched:
            yield from group_calls(read_segments(fetched))
