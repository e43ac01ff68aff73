"""The witness of the stream: reads what is stored, and takes it away as a consumer does."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import TypeVar

from nats.aio.client import Client
from nats.errors import Error
from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, RawStreamMsg, StreamConfig, StreamInfo

from tests.chaos.events.judge.history import Stored
from tests.chaos.events.plan import STREAM, SUBJECT
from tests.chaos.events.site import NATS_PASSWORD, NATS_USER, Site

REPEATS_KNOWN_SECONDS = 300.0
ANSWER_SECONDS = 3.0
PATIENCE_SECONDS = 30.0
PAUSE_SECONDS = 0.2

T = TypeVar("T")
Work = Callable[[JetStreamContext], Awaitable[T]]


class StreamWitness:
    """Asks the servers themselves, past all proxies, with a new connection each time."""

    def __init__(self, site: Site) -> None:
        self.site = site
        #: What was taken away.
        self.archive: list[Stored] = []
        #: One consumer at a time, who is not counted half-way.
        self.lock = threading.Lock()

    def create(self, most_messages: int) -> None:
        """Create the stream, which refuses what is new when it is full."""
        config = StreamConfig(
            name=STREAM,
            subjects=[f"{SUBJECT}.>"],
            discard=DiscardPolicy.NEW,
            max_msgs=most_messages or -1,
            num_replicas=len(self.site.nats),
            duplicate_window=REPEATS_KNOWN_SECONDS,
        )
        self.ask(lambda js: js.add_stream(config))

    def info(self) -> StreamInfo:
        return self.ask(lambda js: js.stream_info(STREAM))

    def leader(self) -> str:
        """Return the name of the server that takes the stream's messages."""
        cluster = self.info().cluster
        if cluster is None or cluster.leader is None:
            return ""
        return cluster.leader

    def count(self) -> int:
        """Return how many messages are stored, with those that were taken away."""
        with self.lock:
            return len(self.archive) + self.info().state.messages

    def read(self) -> list[Stored]:
        """Return what is stored now."""
        return self.ask(read_all)

    def everything(self) -> tuple[Stored, ...]:
        """Return all that was ever stored."""
        with self.lock:
            return (*self.archive, *self.read())

    def empty(self) -> None:
        """Take away what is stored, as a consumer does."""
        with self.lock:
            found = self.read()
            if found:
                beyond = found[-1].sequence + 1
                self.ask(lambda js: js.purge_stream(STREAM, seq=beyond))
                self.archive += found

    def ask(self, work: Work[T]) -> T:
        """Do something with the stream until a server has done it. It must be repeatable."""
        return asyncio.run(self.persist(work))

    async def persist(self, work: Work[T]) -> T:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE_SECONDS
        while True:
            client = Client()
            try:
                await client.connect(
                    [server.url for server in self.site.nats if server.process is not None],
                    user=NATS_USER,
                    password=NATS_PASSWORD,
                    allow_reconnect=False,
                    connect_timeout=2,
                    error_cb=quiet,
                )
                return await work(client.jetstream(timeout=ANSWER_SECONDS))
            except (Error, OSError, asyncio.TimeoutError):
                if loop.time() > deadline:
                    raise
                await asyncio.sleep(PAUSE_SECONDS)
            finally:
                await client.close()


async def quiet(heard: Exception) -> None:
    """Do nothing about it."""


async def read_all(js: JetStreamContext) -> list[Stored]:
    """Return the messages of the stream in their succession."""
    state = (await js.stream_info(STREAM)).state
    found: list[Stored] = []
    if not state.messages:
        return found
    for sequence in range(state.first_seq, state.last_seq + 1):
        found.append(stored(await js.get_msg(STREAM, sequence)))
    return found


def stored(message: RawStreamMsg) -> Stored:
    """Return a message as the judge takes it."""
    assert message.time is not None
    return Stored(
        at=message.time.timestamp(),
        sequence=message.seq or 0,
        subject=message.subject or "",
        body=message.data or b"",
        headers=message.headers or {},
    )
