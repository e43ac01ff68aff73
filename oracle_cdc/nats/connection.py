"""Connections to NATS: one try at each server, and what the server complains of meanwhile."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import Any

from nats import errors

from oracle_cdc.errors import (
    CdcError,
    DestinationConfigurationError,
    DestinationCredentialsError,
    DestinationUnavailable,
)
from oracle_cdc.nats.client import Client, connect_arguments, first_of, needs_tls
from oracle_cdc.nats.inbox import Inbox
from oracle_cdc.nats.translation import sort_connect_error
from oracle_cdc.settings.sections import NatsSettings

logger = logging.getLogger(__name__)

PUBLISH_DENIED = "permissions violation for publish"
SUBSCRIBE_DENIED = "permissions violation for subscription"


class Connection:
    """One connection, with the inbox of its answers. A closed one is never opened again."""

    def __init__(self, settings: NatsSettings, max_in_flight: int) -> None:
        self.settings = settings
        self.client = Client(needs_tls(settings), self.note_end)
        self.inbox = Inbox(self.client, settings.ack_timeout_seconds, max_in_flight)
        #: Held by whoever uses it, so that it is closed between two uses.
        self.busy = asyncio.Lock()
        self.errors: deque[Exception] = deque(maxlen=20)

    @property
    def is_usable(self) -> bool:
        """Return whether something can be sent."""
        return bool(self.client.is_connected) and not self.inbox.is_over

    async def open(self, server: str, arguments: dict[str, Any]) -> None:
        """Log in at a server, and listen for answers. Raises our errors."""
        try:
            await asyncio.wait_for(
                self.log_in(server, arguments), self.settings.connect_timeout_seconds
            )
        except asyncio.CancelledError:
            await self.close()
            raise
        except Exception as error:  # whatever ails a log-in: sorted by what to do
            await self.close()
            cause = self.cause_of(error)
            raise sort_connect_error(cause, server) from cause
        if self.is_complaint(SUBSCRIBE_DENIED):
            await self.close()
            raise DestinationConfigurationError(
                f"connecting to {server}: this user may not listen for answers; "
                "allow it to subscribe to _INBOX.>"
            )

    async def log_in(self, server: str, arguments: dict[str, Any]) -> None:
        """Log in, and wait until the server has answered all of it."""
        await self.client.connect([server], error_cb=self.note_error, **arguments)
        if not self.client.is_connected:
            raise errors.UnexpectedEOF
        await self.inbox.open()
        # nats-py lets the first one overtake the subscription, whose answer is waited for.
        await self.client.flush()
        await self.client.flush()

    def cause_of(self, error: Exception) -> Exception:
        """Return what nats-py gave its callback where it raises something vaguer."""
        if self.errors and isinstance(error, (errors.NoServersError, errors.ConnectionClosedError)):
            return self.errors[-1]
        return error

    def is_complaint(self, words: str) -> bool:
        """Return whether the server complained in these words."""
        return any(words in str(error) for error in self.errors)

    async def note_error(self, error: Exception) -> None:
        """Note what the server, or nats-py, complains of."""
        self.errors.append(error)
        if PUBLISH_DENIED in str(error):
            self.inbox.deny(str(error))

    def note_end(self) -> None:
        """Note that the connection has ended."""
        self.inbox.end()

    async def close(self) -> None:
        """Close it, whatever state it is in."""
        self.inbox.end()
        await self.client.close()


class Connector:
    """Opens connections, each server of the settings in turn."""

    def __init__(self, settings: NatsSettings, max_in_flight: int) -> None:
        self.settings = settings
        self.max_in_flight = max_in_flight
        self.begin = 0

    async def open(self, secret: str) -> Connection:
        """Return a connection to the first server that lets us in. Raises why none does."""
        arguments = connect_arguments(self.settings, secret)
        failures: list[CdcError] = []
        for server in first_of(self.settings.servers, self.begin):
            connection = Connection(self.settings, self.max_in_flight)
            try:
                await connection.open(server, arguments)
            except DestinationCredentialsError:
                # The other servers would refuse it too, and each refusal counts.
                raise
            except CdcError as error:
                failures.append(error)
                self.skip()
            else:
                version = connection.client.connected_server_version
                logger.info("NATS: connected to %s, version %s", server, version)
                return connection
        raise worst_of(failures)

    def skip(self) -> None:
        """Begin with the next server next time."""
        self.begin += 1


def worst_of(failures: list[CdcError]) -> CdcError:
    """Return what a person must see to, if anything, with what each server said."""
    kind: type[CdcError] = DestinationUnavailable
    for failure in failures:
        if isinstance(failure, DestinationConfigurationError):
            kind = DestinationConfigurationError
    return kind("; ".join(map(str, failures)))
