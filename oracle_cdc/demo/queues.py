"""The SQS server as a process of its own: `python -m oracle_cdc.demo.queues`.

SIGUSR1 has it cut each connection that asks for something, until SIGUSR2.
"""

from __future__ import annotations

import logging
import signal
import socket
import sys
import threading

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

from oracle_cdc.demo.endpoint import READY

_SIGNAL_CHECK_SECONDS = 1.0


class Handler(WSGIRequestHandler):
    """Answers a request, or cuts its connection while the server is away."""

    away = threading.Event()

    def run_wsgi(self) -> None:
        """Answer one request."""
        if self.away.is_set():
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        super().run_wsgi()


def main() -> int:
    """Serve until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if hasattr(signal, "SIGUSR1"):
        signal.signal(signal.SIGUSR1, lambda *_: Handler.away.set())
        signal.signal(signal.SIGUSR2, lambda *_: Handler.away.clear())
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    application = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"{READY}http://127.0.0.1:{server.port}\n")
    sys.stdout.flush()
    while not stop.wait(_SIGNAL_CHECK_SECONDS):
        pass
    server.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
