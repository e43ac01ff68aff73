"""What happens to the system while it works: its stream is full for a while, then it is killed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic

from oracle_cdc.demo.events.stack import STREAM, Stack
from oracle_cdc.demo.events.streams import Streams
from oracle_cdc.demo.events.watch import Standing
from oracle_cdc.demo.events.writers import Writers

#: The stream stays full for at least this time, and at most until the service has said so.
FULL_SECONDS, MOST_FULL_SECONDS = 3.0, 20.0
NO_BOUND = -1


@dataclass
class Happened:
    """What has happened so far.

    Parameters:
        full_at: when the stream was full.
        complaint: what the service said of it.
    """

    full_at: float | None = None
    complaint: str = ""
    is_widened: bool = False
    is_killed: bool = False

    def find_missed(self) -> Iterator[str]:
        """Yield what did not happen as it should have."""
        if self.full_at is None:
            yield "the stream was never full"
        elif not self.complaint:
            yield "the stream was full, and the service never said on /readyz that it is not ready"
        if not self.is_killed:
            yield "the service was never killed"


class Incidents:
    """Makes one thing happen after the other, and says so.

    Parameters:
        bound: of messages that the stream takes at first.
    """

    def __init__(self, stack: Stack, streams: Streams, writers: Writers, bound: int) -> None:
        self.stack = stack
        self.writers = writers
        self.streams = streams
        self.bound = bound
        self.happened = Happened()

    def happen(self, standing: Standing) -> None:
        """Do what is next, once it is time for it."""
        if self.happened.full_at is None:
            self.notice_full(standing)
        elif not self.happened.is_widened:
            self.wait_full(monotonic() - self.happened.full_at)
        elif not self.happened.is_killed and standing.stored > self.bound:
            self.kill(standing)

    def notice_full(self, standing: Standing) -> None:
        if standing.stored >= self.bound:
            self.happened.full_at = monotonic()
            self.say(f"the stream is full: {standing.stored} messages, and it refuses more")

    def wait_full(self, elapsed_seconds: float) -> None:
        """Wait until the service has said that the stream is full, and make room in it."""
        complaint = self.stack.ask_complaint()
        if STREAM in complaint and not self.happened.complaint:
            self.happened.complaint = complaint
            self.say(f"the service is not ready (/readyz): {complaint}")
        if elapsed_seconds < FULL_SECONDS:
            return
        if self.happened.complaint or elapsed_seconds > MOST_FULL_SECONDS:
            self.streams.update(STREAM, max_msgs=NO_BOUND)
            self.happened.is_widened = True
            self.say(f"after {elapsed_seconds:.1f} s the stream takes messages again")

    def kill(self, standing: Standing) -> None:
        self.stack.program.kill()
        self.happened.is_killed = True
        self.say(
            f"the service is killed (kill -9) with {standing.stored} messages in the stream, "
            "and started again"
        )
        self.stack.program.start()
        self.writers.release()

    def say(self, text: str) -> None:
        self.stack.stage.console.print(f"         {text}")
