"""The SQS server as a process of its own: `python -m oracle_cdc.demo.queues`."""

from __future__ import annotations

import logging
import signal
import sys
import threading

from moto.server import ThreadedMotoServer

from oracle_cdc.demo.endpoint import READY

_SIGNAL_CHECK_SECONDS = 1.0


def main() -> int:
    """Serve until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    sys.stdout.write(f"{READY}http://{host}:{port}\n")
    sys.stdout.flush()
    while not stop.wait(_SIGNAL_CHECK_SECONDS):
        pass
    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
