"""python -m oralite: the stand-in as a process of its own, until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import ipaddress
import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

try:
    import apsw
except ImportError:
    sys.exit("oralite: the package apsw is missing; pip install -r requirements.txt")

from oralite.charsets import CODECS, UTF8
from oralite.errors import OraError
from oralite.protocol.capabilities import PROFILES
from oralite.script import ScriptError, run_script
from oralite.server import Server

USAGE = 2
_LARGEST_PORT = 65535
_SIGNAL_CHECK_SECONDS = 1.0
#: A stop that takes longer is cut short.
_STOP_SECONDS = 8.0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = _parser()
    options = parser.parse_args(arguments)
    if not options.user or not options.password:
        parser.error(
            "--user and --password are needed (the password may also come from ORALITE_PASSWORD)"
        )
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    try:
        server = _start(options)
    except (OSError, OraError, ScriptError, apsw.Error) as error:
        # The one line the user sees.
        print(f"oralite: cannot start: {error}", file=sys.stderr)  # noqa: T201
        return USAGE
    _run_until_signal(server)
    return 0


def _start(options: argparse.Namespace) -> Server:
    if options.database == ":memory:":
        path = None
    else:
        path = options.database
    server = Server(
        path,
        options.user,
        options.password,
        options.service,
        host=options.host,
        port=options.port,
        profile=options.profile,
        charset=options.charset,
    )
    server.latency_seconds = options.latency_ms / 1000
    try:
        for script in options.script:
            run_script(server.database, script.user or server.user.upper(), script.path)
        return server.start()
    except (OSError, OraError, ScriptError):
        server.stop()
        raise


def _run_until_signal(server: Server) -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    # Starters of the process wait for it.
    print(f"oralite listening on {server.dsn}", flush=True)  # noqa: T201
    while not stop.wait(_SIGNAL_CHECK_SECONDS):
        pass
    stopping = threading.Thread(target=server.stop, daemon=True)
    stopping.start()
    stopping.join(_STOP_SECONDS)
    if stopping.is_alive():
        # A client's thread hangs. The file is safe: what is not committed is not in it.
        os._exit(0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m oralite", description="An Oracle stand-in on a loopback address."
    )
    parser.add_argument(
        "--host", type=_loopback, default="127.0.0.1", help="a loopback address (default 127.0.0.1)"
    )
    parser.add_argument(
        "--port", type=_port, default=1521, help="0 picks a free one (default 1521)"
    )
    parser.add_argument("--user", help="a user with DBA rights")
    parser.add_argument(
        "--password", default=os.environ.get("ORALITE_PASSWORD"), help="or ORALITE_PASSWORD"
    )
    parser.add_argument(
        "--service", default="XE", help="the service name clients ask for (default XE)"
    )
    parser.add_argument(
        "--database", default=":memory:", metavar="PATH", help="a file, or :memory: (default)"
    )
    parser.add_argument(
        "--script",
        action="append",
        default=[],
        type=_script,
        metavar="[USER=]FILE",
        help="SQL to run before it listens, as SQL*Plus reads it, as --user or another;"
        " may be given more than once",
    )
    parser.add_argument(
        "--profile",
        choices=sorted(PROFILES),
        default="19c",
        help="which server to play (default 19c)",
    )
    parser.add_argument(
        "--charset",
        choices=sorted(CODECS),
        default=UTF8,
        help=f"NLS_CHARACTERSET, whose bytes STANDARD_HASH and CONVERT see (default {UTF8})",
    )
    parser.add_argument(
        "--latency-ms", type=_latency, default=0.0, help="added to each round trip (default 0)"
    )
    return parser


def _loopback(text: str) -> str:
    if text == "localhost":
        address = "127.0.0.1"
    else:
        address = text
    try:
        is_loopback = ipaddress.ip_address(address).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no loopback address; oralite serves this machine only"
        )
    return address


@dataclass(frozen=True)
class _Script:
    """A script to run before the server listens.

    user None: the one of --user.
    """

    user: str | None
    path: Path


def _script(text: str) -> _Script:
    user, _, path = text.rpartition("=")
    return _Script(user.upper() or None, Path(path))


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > _LARGEST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is no port number from 0 to {_LARGEST_PORT}")
    return int(text)


def _latency(text: str) -> float:
    try:
        milliseconds = float(text)
    except ValueError:
        milliseconds = -1.0
    if not 0 <= milliseconds <= 60_000:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of milliseconds from 0 to 60000")
    return milliseconds


if __name__ == "__main__":
    sys.exit(main())
