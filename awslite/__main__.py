"""python -m awslite: the stand-in as a process of its own, until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
import signal
import sys
from collections.abc import Sequence

from awslite.cloud import Cloud
from awslite.server import Server

USAGE = 2
_LARGEST_PORT = 65535


def main(arguments: Sequence[str] | None = None) -> int:
    options = make_parser().parse_args(arguments)
    try:
        asyncio.run(_serve(options))
    except OSError as error:
        # The one line the user sees.
        print(f"awslite: cannot start: {error}", file=sys.stderr)  # noqa: T201
        return USAGE
    return 0


async def _serve(options: argparse.Namespace) -> None:
    """Serve until a signal comes. Raises OSError where the port is taken."""
    cloud = Cloud()
    cloud.faults.reseed(options.seed)
    server = Server(cloud, options.latency_ms / 1000)
    await server.start(options.host, options.port)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    # Starters of the process wait for it.
    print(f"awslite listening on {cloud.url}", flush=True)  # noqa: T201
    await stop.wait()
    await server.stop()


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m awslite",
        description="Kinesis, EventBridge and DynamoDB on a loopback address.",
    )
    parser.add_argument(
        "--host", type=_loopback, default="127.0.0.1", help="a loopback address (default 127.0.0.1)"
    )
    parser.add_argument("--port", type=_port, default=0, help="0, the default, picks a free one")
    parser.add_argument(
        "--latency-ms", type=_latency, default=0.0, help="added to each request (default 0)"
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="what faults are drawn from (default 0)"
    )
    return parser


def _loopback(text: str) -> str:
    try:
        is_loopback = ipaddress.ip_address(text).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no loopback address; awslite serves this machine only"
        )
    return text


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
