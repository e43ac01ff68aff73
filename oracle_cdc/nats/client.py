"""What a log-in at NATS needs, from the settings: one try at one server, never again by itself."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from nats import errors
from nats.aio.client import Client as NatsClient

from oracle_cdc.errors import DestinationConfigurationError
from oracle_cdc.settings.sections import NatsSettings

#: How often a connection without traffic is asked for a sign of life. Two may be missed.
PING_SECONDS = 20


#: Takes the subject, the body and the headers of an answer, as they came.
TakeAnswer = Callable[[str, bytes, bytes | None], None]


def ignore(subject: str, data: bytes, headers: bytes | None) -> None:
    """Do nothing about an answer."""


class Client(NatsClient):
    """Goes beyond nats-py where that keeps silent about an end, or sends a password in the clear.

    Or where it ends its reading over an answer that comes too late.

    Parameters:
        needs_tls: nothing is sent to a server that does not ask for TLS, where nats-py goes on.
        on_end: called as soon as the connection ends. nats-py calls its own callback late, or not
            at all when the server is gone.
    """

    def __init__(self, needs_tls: bool, on_end: Callable[[], None]) -> None:
        super().__init__()
        self.needs_tls = needs_tls
        self.on_end = on_end
        #: The subscription whose messages are answers, and who takes them.
        self.answers_sid = 0
        self.on_answer: TakeAnswer = ignore

    def _connect_command(self) -> bytes:
        if self.needs_tls and not self._server_info.get("tls_required"):
            raise errors.SecureConnWantedError
        return super()._connect_command()

    async def write(self, subject: str, reply: str, headers: bytes, body: bytes) -> None:
        """Publish a message whose headers are written already.

        What nats-py would check of each again is checked before.
        """
        if not self.is_connected:
            raise errors.ConnectionClosedError
        size = len(headers)
        line = f"HPUB {subject} {reply} {size} {size + len(body)}\r\n".encode()
        await self._send_command(b"".join((line, headers, body, b"\r\n")))
        if self._flush_queue is not None and self._flush_queue.empty():
            await self._flush_pending()

    async def take_answers(self, subject: str, take: TakeAnswer) -> None:
        """Have each message of a subject taken as it comes."""
        self.on_answer = take
        await self.subscribe(subject)
        self.answers_sid = self._sid

    async def _process_msg(
        self, sid: int, subject: bytes, reply: bytes, data: bytes, headers: bytes
    ) -> None:
        """Take an answer as it comes, without the queue and the task of its subscription."""
        if sid == self.answers_sid:
            self.on_answer(subject.decode(), data, headers)
        else:
            await super()._process_msg(sid, subject, reply, data, headers)

    async def _process_pong(self) -> None:
        """Take a sign of life for which nobody waits any more, over which nats-py stops to read."""
        if self._pongs and self._pongs[0].done():
            self._pongs[0] = asyncio.get_running_loop().create_future()
        await super()._process_pong()

    async def _close(self, status: int, do_cbs: bool = True) -> None:
        self.on_end()
        # nats-py would write the rest first, which fails or waits for ever when the server is gone.
        # A failed handshake would wait for the server's end.
        self._pending.clear()
        self._pending_data_size = 0
        writer = getattr(self._transport, "_io_writer", None)
        if writer is not None:
            # Python 3.11.2 can't abort what TLS has closed already.
            with suppress(AttributeError):
                writer.transport.abort()
        if self._reading_task is None:
            # It never got in, so there is nothing else to end.
            self._status = status
            return
        await super()._close(status, do_cbs)


def needs_tls(settings: NatsSettings) -> bool:
    """Return whether the settings ask for TLS."""
    if settings.tls_ca_file or settings.tls_cert_file:
        return True
    return any(server.startswith("tls:") for server in settings.servers)


def tls_context(settings: NatsSettings) -> ssl.SSLContext:
    """Return whom TLS trusts, and the certificate that it shows."""
    name = "NATS_TLS_CA_FILE"
    try:
        context = ssl.create_default_context(cafile=settings.tls_ca_file)
        if settings.tls_cert_file and settings.tls_key_file:
            name = "NATS_TLS_CERT_FILE and NATS_TLS_KEY_FILE"
            # Without a password OpenSSL would ask the terminal for a locked key's.
            context.load_cert_chain(settings.tls_cert_file, settings.tls_key_file, lambda: b"")
    except (OSError, ValueError) as error:
        raise DestinationConfigurationError(
            f"{name}: can't be used ({type(error).__name__}); PEM files are needed"
        ) from None
    return context


def connect_arguments(settings: NatsSettings, secret: str) -> dict[str, Any]:
    """Return what nats-py connects with.

    Parameters:
        secret: the password or token as it is now. A file is read by nats-py at each log-in.
    """
    arguments: dict[str, Any] = {
        "name": "oracle-cdc",
        "connect_timeout": settings.connect_timeout_seconds,
        "ping_interval": PING_SECONDS,
        # Whoever sends connects anew, by the one retry policy of the service.
        "allow_reconnect": False,
        "max_reconnect_attempts": 1,
        "reconnect_time_wait": 0,
        # Else it would keep what is published while it is not connected, and send it later.
        "pending_size": 0,
    }
    # Without it nats-py trusts what this host trusts, once a server requires TLS.
    if settings.tls_ca_file or settings.tls_cert_file:
        arguments["tls"] = tls_context(settings)
    if settings.user is not None:
        arguments |= {"user": settings.user, "password": secret}
    if settings.token is not None:
        arguments["token"] = secret
    if settings.creds_file is not None:
        arguments["user_credentials"] = settings.creds_file
    if settings.nkey_file is not None:
        arguments["nkeys_seed"] = settings.nkey_file
    return arguments


def secret_of(settings: NatsSettings) -> str:
    """Return the password or token of the settings, if there is one."""
    for value in (settings.password, settings.token):
        if value is not None:
            return value.get_secret_value()
    return ""


def first_of(servers: Sequence[str], begin: int) -> list[str]:
    """Return the servers in turn, from one of them on."""
    begin %= len(servers)
    return [*servers[begin:], *servers[:begin]]
