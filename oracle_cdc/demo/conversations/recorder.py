"""The recorder: writes turns of many calls into the source over time, as a call centre's does."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

import oracledb

from oracle_cdc.demo.conversations.calls import Arrival, Call, schedule
from oracle_cdc.demo.conversations.source import Source
from oracle_cdc.model import Segment

#: Between two transactions. Each has turns of several calls, and each call's turns come in several.
TICK_SECONDS = 0.2
RINGING = timedelta(seconds=2)
SHOWN_TURNS = 6


@dataclass(frozen=True)
class Waiting:
    """A segment that is committed after its time."""

    segment: Segment
    due_at: float
    is_held: bool

    def is_ripe(self, answered: set[str]) -> bool:
        """Return whether its time has come, or for a held one, its call's answer."""
        if self.is_held:
            return self.segment.call_id in answered
        return self.due_at <= monotonic()


@dataclass
class Recorded:
    """What the source holds, not yet complete while is_finished is False."""

    segments: dict[str, list[Segment]] = field(default_factory=dict)
    row_count: int = 0
    latest: deque[Segment] = field(default_factory=lambda: deque(maxlen=SHOWN_TURNS))
    is_finished: bool = False
    error: Exception | None = None

    def add(self, segments: Sequence[Segment]) -> None:
        """Add segments that are committed now."""
        for segment in segments:
            self.segments.setdefault(segment.call_id, []).append(segment)
        self.row_count += len(segments)
        self.latest.extend(segments)


class Recorder:
    """A thread with a session of its own, which close() ends.

    Parameters:
        seconds: in which all calls begin.
    """

    def __init__(
        self, connect: Callable[[], Source], calls: Sequence[Call], seconds: float | None = None
    ) -> None:
        self.connect = connect
        self.coming = deque(schedule(calls, seconds))
        self.waiting: list[Waiting] = []
        self.call_times: dict[str, datetime] = {}
        self.recorded = Recorded()
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.run, name="recorder", daemon=True)

    def start(self) -> None:
        self.thread.start()

    def close(self) -> None:
        self.stop.set()
        if self.thread.ident is not None:
            self.thread.join()

    def run(self) -> None:
        """Record everything, and keep the error that ended it."""
        try:
            source = self.connect()
            try:
                self.record(source)
            finally:
                source.close()
        except (oracledb.Error, OSError) as error:
            self.recorded.error = error

    def record(self, source: Source) -> None:
        """Put in what is due, tick by tick, until all is in or the recorder is closed."""
        started_at = monotonic()
        while (self.coming or self.waiting) and not self.stop.is_set():
            arrived = self.take(monotonic() - started_at, source)
            ripe = self.take_waiting(source)
            segments = [*arrived, *ripe]
            if segments:
                source.insert(segments)
                self.recorded.add(segments)
            self.stop.wait(TICK_SECONDS)
        self.recorded.is_finished = not self.coming and not self.waiting

    def take(self, elapsed_seconds: float, source: Source) -> list[Segment]:
        """Return what has been said since the last look, stamped in its order.

        What comes late is put aside with its stamp.
        """
        said: list[Arrival] = []
        while self.coming and self.coming[0].said_seconds <= elapsed_seconds:
            said.append(self.coming.popleft())
        if not said:
            return []
        now = source.read_clock()
        segments = []
        for place, arrival in enumerate(said, 1):
            age_seconds = TICK_SECONDS * (1 - place / len(said))
            segment = self.stamp(arrival, now - timedelta(seconds=age_seconds))
            if arrival.late_seconds or arrival.is_held:
                due_at = monotonic() + arrival.late_seconds
                self.waiting.append(Waiting(segment, due_at, arrival.is_held))
            else:
                segments.append(segment)
        return segments

    def stamp(self, arrival: Arrival, text_time: datetime) -> Segment:
        """Make the segment of a turn, said at this time."""
        call = arrival.call
        return Segment(
            call_id=call.call_id,
            ban=call.ban,
            subscriber_no=call.subscriber_no,
            owner=arrival.turn.owner,
            text=arrival.turn.text,
            text_time=text_time,
            call_time=self.call_times.setdefault(call.call_id, text_time - RINGING),
        )

    def take_waiting(self, source: Source) -> list[Segment]:
        """Return the late segments whose time has come, and stop waiting for them.

        Some come after a while, some once all else is in and their call has had its answer.
        """
        if not self.waiting:
            return []
        answered: set[str] = set()
        if not self.coming:
            for (call_id,) in source.query("read_answered"):
                answered.add(str(call_id))
        ripe = []
        unripe = []
        for waiting in self.waiting:
            if waiting.is_ripe(answered):
                ripe.append(waiting.segment)
            else:
                unripe.append(waiting)
        self.waiting = unripe
        return ripe
