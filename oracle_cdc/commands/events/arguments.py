"""The arguments of `init-stream`."""

from __future__ import annotations

import argparse
import re

from oracle_cdc.commands.arguments import Commands

#: What a letter behind a number stands for.
SIZES = {"": 1, "K": 1024, "M": 1024**2, "G": 1024**3, "T": 1024**4}
SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}
#: What NATS counts bytes and nanoseconds in.
MOST_BYTES, MOST_SECONDS = 2**63 - 1, 100 * 366 * 86_400


def add_init_stream(commands: Commands) -> None:
    stream = commands.add_parser(
        "init-stream", help="create the stream of events where it is missing, with bounds"
    )
    stream.add_argument(
        "--max-bytes",
        type=size,
        metavar="SIZE",
        help="what is new is refused then: bytes, or such as 10G (default)",
    )
    stream.add_argument(
        "--max-age",
        type=duration,
        dest="max_age_seconds",
        metavar="TIME",
        help="messages leave after it, read or not: seconds, or such as 90m, 24h, 7d; 0 = never "
        "(default)",
    )
    stream.add_argument(
        "--replicas", type=replicas, metavar="N", help="servers that keep it: 1 (default), 3 or 5"
    )
    stream.add_argument(
        "--dedup-window",
        type=duration,
        dest="repeats_known_seconds",
        metavar="TIME",
        help="for how long ids are known again (default twice the overlap, at least 20m)",
    )


def size(text: str) -> int:
    """Read a number of bytes."""
    found = re.fullmatch("([0-9]{1,18})([KMGT]?)", text.upper())
    number = 0
    if found:
        number = int(found[1]) * SIZES[found[2]]
    if not 1 <= number <= MOST_BYTES:
        raise argparse.ArgumentTypeError(f"{text!r} is no size; bytes, or such as 512M, 10G, 1T")
    return number


def duration(text: str) -> int:
    """Read a number of seconds."""
    found = re.fullmatch("([0-9]{1,10})([smhd]?)", text.lower())
    number = -1
    if found:
        number = int(found[1]) * SECONDS[found[2]]
    if not 0 <= number <= MOST_SECONDS:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; seconds, or such as 90m, 24h, 7d")
    return number


def replicas(text: str) -> int:
    """Read a number of replicas."""
    if text not in ("1", "2", "3", "4", "5"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of replicas; 1 to 5")
    return int(text)
