"""Listening and connections: one thread for each client, all on one database."""

from __future__ import annotations

import contextlib
import itertools
import logging
import socket
import threading
import time
from types import TracebackType

from oralite.conversation.faults_in_force import Faults
from oralite.conversation.login import Instance
from oralite.conversation.session import converse
from oralite.protocol.capabilities import PROFILES
from oralite.protocol.messages.connect import TOO_MANY_SESSIONS, UNKNOWN_SERVICE
from oralite.protocol.transport import Transport
from oralite.sql.database import Database
from oralite.statistics import Statistics

logger = logging.getLogger(__name__)

_BACKLOG = 128
#: The connections beyond the limit that get an answer. More are cut without a word.
_REFUSED_AT_ONCE = 100
_STOP_SECONDS = 5.0
_PAUSE_AFTER_ERROR_SECONDS = 0.1


class Connections:
    """The connections of one server, each with the thread that serves it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._threads: dict[Transport, threading.Thread] = {}
        self.refused_until = 0.0

    def __len__(self) -> int:
        return len(self._threads)

    def refusal(self, most_sessions: int) -> int | None:
        """Return the listener's error now, if it refuses connections."""
        if time.monotonic() < self.refused_until:
            return UNKNOWN_SERVICE
        if len(self) > most_sessions:
            return TOO_MANY_SESSIONS
        return None

    def add(self, transport: Transport, thread: threading.Thread) -> None:
        with self._lock:
            self._threads[transport] = thread

    def remove(self, transport: Transport) -> None:
        with self._lock:
            del self._threads[transport]

    def threads(self) -> list[threading.Thread]:
        with self._lock:
            return list(self._threads.values())

    def cut(self) -> None:
        """Cut all of them. The one that asks for it gets its answer first."""
        with self._lock:
            connections = list(self._threads.items())
        for transport, thread in connections:
            if thread is threading.current_thread():
                transport.closes_after_send = True
            else:
                transport.abort()


class Server:
    """An Oracle stand-in on a loopback address.

    Port 0 picks one. database_path None: in memory, gone when stopped. charset: NLS_CHARACTERSET.

    faults, statistics(), restart(), latency_seconds (added to each answer) and most_sessions are
    its controls.
    """

    def __init__(
        self,
        database_path: str | None,
        user: str,
        password: str,
        service: str,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        profile: str = "19c",
        charset: str = "AL32UTF8",
    ) -> None:
        self.host = host
        self.port = port
        self.service = service
        self.user = user
        self.latency_seconds = 0.0
        self.most_sessions = 500
        self.faults = Faults(self.restart)
        self.database = Database(database_path, user=user.upper(), password=password)
        self.database.on_fault = self.faults.set
        self.database.statistics = self.statistics
        self.database.version = ".".join(map(str, PROFILES[profile].release))
        self.database.service = service
        self.database.charset = charset
        self._statistics = Statistics()
        self._connections = Connections()
        self._stopping = threading.Event()
        self._listener: socket.socket | None = None
        self._accepting: threading.Thread | None = None
        self._instance = Instance(
            profile=PROFILES[profile],
            service=service,
            database=self.database,
            faults=self.faults,
            refusal=lambda: self._connections.refusal(self.most_sessions),
            next_session_id=itertools.count(1).__next__,
            latency_seconds=lambda: self.latency_seconds,
        )

    @property
    def dsn(self) -> str:
        return f"{self.host}:{self.port}/{self.service}"

    def start(self) -> Server:
        """Listen. Raises OSError when the port is in use."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self._listener = socket.create_server(
            (self.host, self.port), family=family, backlog=_BACKLOG
        )
        self.port = self._listener.getsockname()[1]
        self._accepting = threading.Thread(
            target=self._accept, args=(self._listener,), name="oralite", daemon=True
        )
        self._accepting.start()
        return self

    def stop(self) -> None:
        """Cut all connections, roll back what is not committed and close the database.

        Safe to call twice.
        """
        if self._stopping.is_set():
            return
        self._stopping.set()
        self.faults.clear()
        if self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        if self._accepting is not None:
            self._accepting.join(_STOP_SECONDS)
        self._connections.cut()
        deadline = time.monotonic() + _STOP_SECONDS
        for thread in self._connections.threads():
            thread.join(max(0.0, deadline - time.monotonic()))
        self.database.close()

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def statistics(self) -> dict[str, int]:
        """Return the counts since the start, by the names of statistics.NAMES."""
        return self._statistics.totals()

    def restart(self, seconds: float = 0.0) -> None:
        """Act as if the database went down for some seconds: cut all connections, refuse new ones
        until then.

        A client that asks for it gets its answer first.
        """
        self._connections.refused_until = time.monotonic() + seconds
        self._connections.cut()

    def _accept(self, listener: socket.socket) -> None:
        while not self._stopping.is_set():
            try:
                client, _ = listener.accept()
            except OSError as error:
                if not self._stopping.wait(_PAUSE_AFTER_ERROR_SECONDS):
                    logger.warning("A connection could not be accepted: %s", error)
                continue
            if len(self._connections) < self.most_sessions + _REFUSED_AT_ONCE:
                self._open(client)
            else:
                logger.warning("A connection was cut: %d are open", len(self._connections))
                client.close()

    def _open(self, client: socket.socket) -> None:
        counts = self._statistics.open()
        try:
            transport = Transport(client, counts)
        except OSError as error:
            logger.info("A client hung up at once: %s", error)
            client.close()
            self._statistics.close(counts)
            return
        thread = threading.Thread(
            target=self._serve, args=(transport,), name="oralite session", daemon=True
        )
        self._connections.add(transport, thread)
        thread.start()

    def _serve(self, transport: Transport) -> None:
        try:
            converse(transport, self._instance, transport.counts)
        except Exception:
            logger.exception("A session ended for a reason inside oralite")
        finally:
            transport.close()
            self._statistics.close(transport.counts)
            self._connections.remove(transport)
