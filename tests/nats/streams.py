"""What an administrator of NATS sees and does, with nats-py in a loop of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import StreamConfig, StreamInfo

from oracle_cdc.nats.loop import Loop

Result = TypeVar("Result")

SECONDS = 60.0

Hear = Callable[[Any], Awaitable[None]]


async def quiet(heard: object) -> None:
    """Do nothing about it."""


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

    def purge(self, name: str) -> None:
        self.do(self.js.purge_stream(name))

    def delete(self, name: str) -> None:
        self.do(self.js.delete_stream(name))

    def info(self, name: str) -> StreamInfo:
        return self.do(self.js.stream_info(name))

    def count(self, name: str) -> int:
        return self.info(name).state.messages

    def message(self, name: str, sequence: int) -> tuple[str, bytes, dict[str, str]]:
        """Return a message's subject, body and headers."""
        found = self.do(self.js.get_msg(name, sequence))
        return str(found.subject), found.data or b"", dict(found.headers or {})

    def ids(self, name: str) -> list[str]:
        """Return the ids of all messages, as they stand in the stream."""
        return self.do(self.read_ids(name))

    async def read_ids(self, name: str) -> list[str]:
        state = (await self.js.stream_info(name)).state
        found = []
        for sequence in range(max(1, state.first_seq), state.last_seq + 1):
            message = await self.js.get_msg(name, sequence)
            found.append((message.headers or {}).get("Nats-Msg-Id", ""))
        return found

    def listen(self, subject: str, heard: Hear = quiet) -> None:
        """Listen on a subject, as any program may."""
        self.do(self.client.subscribe(subject, cb=heard))
        # The first one may overtake the subscription.
        self.do(self.client.flush())
        self.do(self.client.flush())

    def close(self) -> None:
        self.do(self.client.close())
        self.loop.close()
