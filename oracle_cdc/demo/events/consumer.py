"""A consumer as a process of its own, which writes down what it receives before it acknowledges.

`python -m oracle_cdc.demo.events.consumer --stream NAME --received FILE` takes the server's URL
from the variable DEMO_NATS_URL, which has a password.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import nats.errors
from nats.aio.client import Client
from nats.js import JetStreamContext

from oracle_cdc.demo.events.streams import quiet, stored

URL_VARIABLE = "DEMO_NATS_URL"
DURABLE = "demo"
READY = "consuming "
BATCH = 100
POLL_SECONDS = 1.0
RECONNECT_SECONDS = 1


async def consume(url: str, stream: str, received: Path) -> None:
    """Receive until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    client = Client()
    await client.connect(
        url, error_cb=quiet, max_reconnect_attempts=-1, reconnect_time_wait=RECONNECT_SECONDS
    )
    reader = await client.jetstream().pull_subscribe("", DURABLE, stream=stream)
    sys.stdout.write(f"{READY}{stream}\n")
    sys.stdout.flush()
    with received.open("a", encoding="utf-8") as lines:
        while not stop.is_set():
            await take(reader, lines)
    await client.close()


async def take(reader: JetStreamContext.PullSubscription, lines: IO[str]) -> None:
    """Receive some messages, write them down, and only then acknowledge them."""
    try:
        messages = await reader.fetch(BATCH, timeout=POLL_SECONDS)
    except TIMEOUTS:
        return
    except nats.errors.Error:
        # The server is away, or its JetStream is not there yet: the client finds it again.
        await asyncio.sleep(POLL_SECONDS)
        return
    for message in messages:
        lines.write(describe(message))
    lines.flush()
    for message in messages:
        await message.ack()


#: What nats-py raises when nothing has come.
TIMEOUTS = (asyncio.TimeoutError, TimeoutError)


def describe(message: Any) -> str:
    """Return a message as a line of JSON."""
    found = stored(message)
    line = {"sequence": found.sequence, "id": found.id, "body": found.body.decode()}
    return json.dumps(line) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Work until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--stream", required=True)
    parser.add_argument("--received", required=True, type=Path)
    options = parser.parse_args(arguments)
    asyncio.run(consume(os.environ[URL_VARIABLE], options.stream, options.received))
    return 0


if __name__ == "__main__":
    sys.exit(main())
