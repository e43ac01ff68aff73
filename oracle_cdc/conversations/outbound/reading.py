"""The rows of leased calls, read together.

A call whose rows can't be read is found apart from the others.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from oracle_cdc.conversations.tables.segments import fetch_calls, fetch_some_calls, weigh_texts
from oracle_cdc.model import Segment
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.session import Session
from oracle_cdc.running.evidence import Evidence
from oracle_cdc.running.halving import Sorted

#: What a segment costs in memory beside its text.
SEGMENT_OVERHEAD_BYTES = 400

Calls = Mapping[str, Sequence[Segment]]


@dataclass
class _Room:
    """The bytes of text that may still be read before what was read must be delivered."""

    left_bytes: int

    def fill(self, segments: Sequence[Segment]) -> None:
        self.left_bytes -= weigh_texts(segments) + len(segments) * SEGMENT_OVERHEAD_BYTES

    @property
    def is_full(self) -> bool:
        return self.left_bytes <= 0


class Reader:
    """Reads the rows of leased calls.

    Parameters:
        max_bytes: of text that are read at a time, at least one call.
    """

    def __init__(self, database: Database, max_bytes: int) -> None:
        self.database = database
        self.max_bytes = max_bytes
        self.evidence = Evidence[str](str, lambda: database.answers)

    def read(
        self, token: str, call_ids: Sequence[str], before_each: Callable[[], None]
    ) -> Sorted[str, Calls]:
        """Read calls that the token leases.

        `results` has their rows, none for a call that has none any more. What is `untried` is to be
        read next. Raises what keeps it from a session.

        Parameters:
            before_each: called before each statement, which can take as long as the call time-out.
        """
        room = _Room(self.max_bytes)

        def read_group(group: Sequence[str]) -> Calls:
            before_each()
            if room.is_full:
                return {}
            is_all = len(group) == len(call_ids)
            return self.database.attempt(
                lambda session: _collect(_fetch(session, token, group, is_all), group, room)
            )

        return self.evidence.sort(call_ids, read_group, lambda group, calls: list(calls))


def _fetch(
    session: Session, token: str, call_ids: Sequence[str], is_all: bool
) -> Generator[list[Segment], None, None]:
    if is_all:
        return fetch_calls(session, token)
    return fetch_some_calls(session, token, call_ids)


def _collect(
    fetched: Generator[list[Segment], None, None], call_ids: Sequence[str], room: _Room
) -> Calls:
    wanted = set(call_ids)
    calls: dict[str, Sequence[Segment]] = {}
    with closing(fetched):
        for segments in fetched:
            if segments[0].call_id in wanted:
                calls[segments[0].call_id] = segments
                room.fill(segments)
            if room.is_full:
                return calls
    return {call_id: calls.get(call_id, ()) for call_id in call_ids}
