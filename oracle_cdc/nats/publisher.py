"""The destination: sends events to a stream, with one outcome for each."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from contextlib import suppress

from nats import errors

from oracle_cdc.errors import (
    CdcError,
    DestinationConfigurationError,
    DestinationUnavailable,
    EventRefused,
)
from oracle_cdc.nats.client import secret_of
from oracle_cdc.nats.connection import Connection, Connector
from oracle_cdc.nats.headers import HeaderWriter
from oracle_cdc.nats.limits import refusal
from oracle_cdc.nats.loop import Loop
from oracle_cdc.nats.outcomes import Finding, Outcomes
from oracle_cdc.nats.rights import Rights, read_rights
from oracle_cdc.nats.stream import (
    Bounds,
    create,
    facts_of,
    read_config,
    require_subject,
)
from oracle_cdc.nats.translation import Answer, Silence, Unheard
from oracle_cdc.relay.values import Event, Facts, Outcome
from oracle_cdc.running.dependencies import Calling, unwatched
from oracle_cdc.running.secret_rotation import LogIn, log_in_with
from oracle_cdc.settings.sections import NatsSettings

#: In flight at a time.
MAX_IN_FLIGHT = 1000
#: How long a close waits for what is under way, and for nats-py.
CLOSE_SECONDS = 3.0


class NatsPublisher:
    """Publishes to one stream. Threads take turns, and close may come in between.

    Parameters:
        wanted_repeats_seconds: how long the stream must know an id again.
        wanted_subject: of the events, a * for each token that differs. Empty: nothing is known.
        log_in: calls what it is given with the password or token. None: the one of the settings.
        calling: stands around each batch, and each question to the stream.
    """

    def __init__(
        self,
        settings: NatsSettings,
        *,
        wanted_repeats_seconds: float = 0.0,
        wanted_subject: str = "",
        max_in_flight: int = MAX_IN_FLIGHT,
        log_in: LogIn | None = None,
        calling: Calling = unwatched,
    ) -> None:
        self.settings = settings
        self.calling = calling
        self.wanted_subject = wanted_subject
        self.stream = settings.stream
        self.wanted_repeats_seconds = wanted_repeats_seconds
        self.log_in = log_in or log_in_with(secret_of(settings))
        self.connector = Connector(settings, max_in_flight)
        self.headers = HeaderWriter(settings.stream)
        self.loop = Loop()
        self.turn = threading.Lock()
        self.connection: Connection | None = None

    def facts(self) -> Facts:
        """Return what the stream and its server say of themselves."""
        with self.calling("facts"), self.turn:
            connection = self.lend()
            config = self.loop.run(read_config(connection, self.stream))
            max_payload = connection.client.max_payload
        if self.wanted_subject:
            require_subject(config, self.wanted_subject)
        return facts_of(config, max_payload, self.wanted_repeats_seconds, self.wanted_subject)

    def create_stream(self, subjects: tuple[str, ...], bounds: Bounds) -> bool:
        """Create the stream, and return False where it is there already."""
        with self.calling("facts"), self.turn:
            return self.loop.run(create(self.lend(), self.stream, subjects, bounds))

    def send(self, events: Sequence[Event]) -> Sequence[Outcome]:
        """Send events, and return one outcome for each, in their order."""
        if not events:
            return []
        with self.calling("send"), self.turn:
            return self.loop.run(self.deliver(self.lend(), events))

    def close(self) -> None:
        """Close for good. What waits for an answer learns that none will come."""
        if not self.loop.is_closed:
            self.loop.run(self.close_connection())
            self.loop.close()

    async def close_connection(self) -> None:
        """Close the connection as soon as nobody uses it, which its inbox' end sees to.

        What goes on all the same ends with the loop.
        """
        connection = self.connection
        if connection is not None:
            connection.inbox.end()
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(connection.busy.acquire(), CLOSE_SECONDS)
                await asyncio.wait_for(connection.close(), CLOSE_SECONDS)

    def lend(self) -> Connection:
        """Return a connection, a new one where the former has ended."""
        if self.connection is None or not self.connection.is_usable:
            self.log_in(self.connect)
        if self.connection is None:
            raise DestinationUnavailable("NATS: not connected")
        return self.connection

    def connect(self, secret: str) -> None:
        """Open a new connection with a secret."""
        former, self.connection = self.connection, None
        if former is not None:
            self.loop.run(former.close())
        self.connection = self.loop.run(self.connector.open(secret))

    async def deliver(self, connection: Connection, events: Sequence[Event]) -> list[Outcome]:
        """Publish events, wait for their answers, and say what became of each."""
        async with connection.busy:
            tried = [await self.publish(connection, event) for event in events]
            await connection.inbox.settle()
            answers: list[Answer | CdcError] = []
            for each in tried:
                if isinstance(each, CdcError):
                    answers.append(each)
                else:
                    answers.append(connection.inbox.take(each))
            finding = await self.ask(connection, answers)
        made = Outcomes(self.stream, self.settings.ack_timeout_seconds, finding)
        return list(map(made.outcome, events, answers))

    async def publish(self, connection: Connection, event: Event) -> str | CdcError:
        """Publish an event, and return by what its answer is known, or why it was not sent."""
        inbox = connection.inbox
        try:
            headers = self.headers.write(event)
        except EventRefused as error:
            return error
        size_bytes = len(headers) + len(event.body)
        refused = refusal(event, size_bytes, inbox.next_reply(), connection.client.max_payload)
        if refused is not None:
            return refused
        if not await inbox.make_room(size_bytes):
            return DestinationUnavailable(
                "not sent: earlier ones were not answered, or the connection ended"
            )
        try:
            return await inbox.publish(event, headers, size_bytes)
        except (OSError, errors.Error) as error:
            return DestinationUnavailable(f"not sent: {type(error).__name__}")

    async def ask(
        self, connection: Connection, answers: Sequence[Answer | CdcError]
    ) -> Finding | None:
        """Ask the stream where messages were not answered: is it there at all?

        What does not answer that either is left, for the next server or a new connection.
        """
        kinds = set(map(type, answers))
        is_silent = Silence in kinds
        is_unheard = Unheard in kinds
        if not (is_silent or is_unheard) or not connection.is_usable:
            return None
        try:
            config = await read_config(connection, self.stream)
            return Finding(tuple(config.subjects or ()))
        except DestinationConfigurationError as error:
            return Finding(error=error)
        except DestinationUnavailable as error:
            if is_silent:
                self.connector.skip()
                await connection.close()
            return Finding(error=error)


def ask_rights(publisher: NatsPublisher) -> Rights | None:
    """Return what the user may publish, None where the server does not say so."""
    with publisher.calling("facts"), publisher.turn:
        return publisher.loop.run(read_rights(publisher.lend()))
