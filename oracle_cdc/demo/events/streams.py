"""What an administrator of NATS sees and does, with nats-py in a loop of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, NamedTuple, TypeVar

from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, StreamConfig, StreamInfo

from oracle_cdc.nats.loop import Loop

Result = TypeVar("Result")

SECONDS = 60.0
BATCH = 500
ID_HEADER = "Nats-Msg-Id"

Hear = Callable[[Any], Awaitable[None]]


async def quiet(heard: object) -> None:
    """Do nothing about it."""


class Stored(NamedTuple):
    """A message of a stream."""

    sequence: int
    id: str
    subject: str
    body: bytes


class Streams:
    """One connection, as whoever may do everything."""

    def __init__(self, url: str, *, seconds: float = SECONDS, **arguments: Any) -> None:
        self.loop = Loop()
        self.client = Client()
        self.do(self.client.connect(url, error_cb=quiet, **arguments))
        self.js: JetStreamContext = self.client.jetstream(timeout=seconds)

    def do(self, work: Coroutine[Any, Any, Result]) -> Result:
        return self.loop.run(work)

    def create(self, name: str, **config: Any) -> str:
        config.setdefault("subjects", [f"{name}.>"])
        self.do(self.js.add_stream(StreamConfig(name=name, **config)))
        return name

    def update(self, name: str, **config: Any) -> None:
        self.do(self.js.update_stream(self.info(name).config.evolve(**config)))

    def info(self, name: str) -> StreamInfo:
        return self.do(self.js.stream_info(name))

    def count(self, name: str) -> int:
        return self.info(name).state.messages

    def messages(self, name: str) -> Sequence[Stored]:
        """Return all messages, as they stand in the stream."""
        return self.do(self.read(name))

    async def read(self, name: str) -> Sequence[Stored]:
        left = (await self.js.stream_info(name)).state.messages
        unacknowledged = ConsumerConfig(ack_policy=AckPolicy.NONE)
        reader = await self.js.pull_subscribe("", stream=name, config=unacknowledged)
        found: list[Stored] = []
        while len(found) < left:
            batch = await reader.fetch(min(BATCH, left - len(found)), timeout=SECONDS)
            for message in batch:
                found.append(stored(message))
        await reader.unsubscribe()
        return found

    def close(self) -> None:
        self.do(self.client.close())
        self.loop.close()


def stored(message: Any) -> Stored:
    """Return what a consumer got, with its number in the stream."""
    id = (message.headers or {}).get(ID_HEADER, "")
    return Stored(message.metadata.sequence.stream, id, message.subject, message.data)
