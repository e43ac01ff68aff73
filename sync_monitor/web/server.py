"""The page served by waitress, in threads, until it is closed."""

from __future__ import annotations

import logging
import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Any

from flask import Flask
from waitress.server import create_server
from waitress.wasyncore import close_all

from oracle_cdc.errors import SettingsError

logger = logging.getLogger(__name__)
THREADS = 4
STOP_SECONDS = 5.0


def family_of(host: str) -> socket.AddressFamily:
    """Return the kind of address that a host is."""
    if ":" in host:
        return socket.AF_INET6
    return socket.AF_INET


class PageServer:
    """Serves the page in threads of its own.

    Raises SettingsError for an address that can't be taken.
    """

    def __init__(self, app: Flask, host: str, port: int) -> None:
        try:
            listening = socket.create_server((host.strip("[]"), port), family=family_of(host))
        except OSError as error:
            raise SettingsError(
                f"PORT: given {port}; allowed: a free port of {host}; {error.strerror}"
            ) from error
        #: What the loop waits for. It ends once there is nothing.
        self._waiting: dict[int, Any] = {}
        self._server: Any = create_server(
            app,
            map=self._waiting,
            sockets=[listening],
            threads=THREADS,
            ident="monitor",
            # Before the application is asked, which refuses such a one as well, all of it is kept.
            max_request_body_size=app.config["MAX_CONTENT_LENGTH"],
        )
        self.host = host
        self.port: int = listening.getsockname()[1]
        self._thread = threading.Thread(target=self._server.run, name="page", daemon=True)

    @property
    def url(self) -> str:
        """Return where the page is."""
        host = self.host
        if ":" in host:
            host = f"[{host}]"
        return f"http://{host}:{self.port}/"

    def __enter__(self) -> PageServer:
        """Begin to serve."""
        self._thread.start()
        logger.info("The page is at %s", self.url)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it."""
        self._server.task_dispatcher.shutdown()
        # In the loop's own thread: nobody else may close what it waits for. It may have done so
        # before this one's signal is written, woken by an answer that was just sent.
        with suppress(OSError):
            self._server.trigger.pull_trigger(lambda: close_all(self._waiting))
        self._thread.join(STOP_SECONDS)
