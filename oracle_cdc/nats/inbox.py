"""The answers to published messages: each message has a deadline and gets an answer.

nats-py's own publish_async never ends for a message that the server refuses.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from typing import NamedTuple

from oracle_cdc.nats.client import Client
from oracle_cdc.nats.translation import DENIED, SILENCE, Answer, read_answer
from oracle_cdc.relay.values import Event

#: Beside the number of messages: bodies are kept a second time until they are written.
MAX_BYTES_IN_FLIGHT = 8 * 1024 * 1024
#: How many messages are published before the loop may write, and read answers.
PUBLISHED_AT_ONCE = 256


class OneTurn:
    """Lets the loop go around once: it writes what is published, and reads answers."""

    def __await__(self) -> Generator[None, None, None]:
        yield


class Waiting(NamedTuple):
    """A message that is not answered yet, and when its time is over."""

    route: str
    size_bytes: int
    deadline: float


class Inbox:
    """Publishes messages on one connection, and keeps the answer to each until it is taken."""

    def __init__(self, client: Client, ack_seconds: float, max_in_flight: int) -> None:
        self.client = client
        self.ack_seconds = ack_seconds
        self.max_in_flight = max_in_flight
        self.prefix = client.new_inbox()
        self.count = 0
        #: By the subject of the answer, the oldest first.
        self.waiting: dict[str, Waiting] = {}
        self.waiting_bytes = 0
        self.answers: dict[str, Answer] = {}
        #: No further answer can come.
        self.is_over = False
        #: Whoever waits is woken when so few are left.
        self.goal = -1
        self.reached: asyncio.Future[None] | None = None

    async def open(self) -> None:
        """Listen for answers."""
        await self.client.take_answers(f"{self.prefix}.*", self.receive)

    def next_reply(self) -> str:
        """Return the subject of the next message's answer."""
        return f"{self.prefix}.{self.count}"

    async def publish(self, event: Event, headers: bytes, size_bytes: int) -> str:
        """Publish an event, and return the subject by which its answer is taken."""
        reply = self.next_reply()
        self.count += 1
        loop = asyncio.get_running_loop()
        self.waiting[reply] = Waiting(event.route, size_bytes, loop.time() + self.ack_seconds)
        self.waiting_bytes += size_bytes
        try:
            await self.client.write(event.route, reply, headers, event.body)
        except BaseException:
            self.remove(reply)
            raise
        if self.count % PUBLISHED_AT_ONCE == 0:
            await OneTurn()
        return reply

    async def make_room(self, size_bytes: int) -> bool:
        """Wait until one more message may be published. Return False when the oldest is late."""
        while self.is_full(size_bytes):
            if not await self.wait_for(len(self.waiting) // 2):
                return False
        return not self.is_over

    def is_full(self, size_bytes: int) -> bool:
        """Return whether a message has to wait."""
        if not self.waiting:
            return False
        is_large = self.waiting_bytes + size_bytes > MAX_BYTES_IN_FLIGHT
        return is_large or len(self.waiting) >= self.max_in_flight

    async def settle(self) -> None:
        """Wait until every message is answered, or its time is over."""
        while self.waiting:
            if not await self.wait_for(0):
                self.answer(next(iter(self.waiting)), SILENCE)

    async def wait_for(self, left: int) -> bool:
        """Wait until so few are unanswered. Return False when the oldest is late."""
        loop = asyncio.get_running_loop()
        while len(self.waiting) > left:
            oldest = next(iter(self.waiting.values()))
            seconds = oldest.deadline - loop.time()
            if self.is_over or seconds <= 0:
                return False
            self.goal, self.reached = left, loop.create_future()
            await asyncio.wait((self.reached,), timeout=seconds)
        return True

    def take(self, reply: str) -> Answer:
        """Return a message's answer, once."""
        return self.answers.pop(reply)

    def receive(self, reply: str, data: bytes, headers: bytes | None) -> None:
        """Note an answer. One that comes too late changes nothing."""
        if reply in self.waiting:
            self.answer(reply, read_answer(data, headers))

    def answer(self, reply: str, answer: Answer) -> None:
        """Note the answer to a message."""
        self.answers[reply] = answer
        self.remove(reply)

    def deny(self, complaint: str) -> None:
        """Note that the server refused a message's subject, which its complaint names."""
        for reply, waiting in self.waiting.items():
            if f'"{waiting.route.lower()}"' in complaint:
                self.answer(reply, DENIED)
                return

    def end(self) -> None:
        """Note that no further answer can come."""
        self.is_over = True
        self.wake()

    def remove(self, reply: str) -> None:
        """Wait no longer for a message's answer."""
        self.waiting_bytes -= self.waiting.pop(reply).size_bytes
        if len(self.waiting) <= self.goal:
            self.wake()

    def wake(self) -> None:
        """Wake whoever waits."""
        self.goal = -1
        if self.reached is not None and not self.reached.done():
            self.reached.set_result(None)
