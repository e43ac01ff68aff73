"""The stream as whoever may do everything sees it: made anew, counted, read."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import nats
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DiscardPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError

from oracle_cdc.nats.stream import Bounds

#: As the settings' defaults name them.
STREAM, SUBJECT = "TXLOG_STREAM", "txlog.events"
AT_ONCE = 1000
SECONDS = 60.0

Result = TypeVar("Result")


@dataclass(frozen=True)
class Message:
    """A message of the stream. at: when it was stored, in seconds of the host's clock."""

    id: str
    body: bytes
    at: float


class Streams:
    """One stream of one server."""

    def __init__(self, url: str) -> None:
        self.url = url

    def create_anew(self) -> None:
        """Create the stream as the service does. Ids that a former one knew are unknown to it."""
        self.do(create_anew)

    def count(self) -> int:
        """Return how many messages the stream has."""
        return self.do(count)

    def read(self) -> list[Message]:
        """Return all messages in their order."""
        return self.do(read)

    def do(self, work: Callable[[JetStreamContext], Awaitable[Result]]) -> Result:
        """Do one thing on a connection of its own."""
        return asyncio.run(self.connect_and_do(work))

    async def connect_and_do(self, work: Callable[[JetStreamContext], Awaitable[Result]]) -> Result:
        client = await nats.connect(self.url)
        try:
            return await work(client.jetstream(timeout=SECONDS))
        finally:
            await client.close()


async def create_anew(js: JetStreamContext) -> None:
    """Delete the stream if there is one, and create it with the bounds of the service."""
    with suppress(NotFoundError):
        await js.delete_stream(STREAM)
    bounds = Bounds()
    await js.add_stream(
        StreamConfig(
            name=STREAM,
            subjects=[SUBJECT],
            storage=StorageType.FILE,
            discard=DiscardPolicy.NEW,
            max_bytes=bounds.max_bytes,
            num_replicas=bounds.replicas,
            duplicate_window=bounds.repeats_known_seconds,
        )
    )


async def count(js: JetStreamContext) -> int:
    return int((await js.stream_info(STREAM)).state.messages)


async def read(js: JetStreamContext) -> list[Message]:
    """Return all messages, which a consumer of this connection fetches."""
    config = ConsumerConfig(ack_policy=AckPolicy.NONE)
    consumer = await js.pull_subscribe(SUBJECT, stream=STREAM, config=config)
    messages: list[Message] = []
    expected = await count(js)
    while len(messages) < expected:
        messages += map(make_message, await consumer.fetch(AT_ONCE, SECONDS))
    return messages


def make_message(message: Any) -> Message:
    id = (message.headers or {}).get("Nats-Msg-Id", "")
    return Message(id, message.data, message.metadata.timestamp.timestamp())
