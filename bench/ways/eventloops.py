"""Rows to a stream as others do it: bare loops, one by one, and the former publisher's way."""

from __future__ import annotations

import asyncio
import json
import os
import uuid
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import nats
import oracledb
from nats.js import JetStreamContext

from bench.events import COLUMNS, TABLE
from bench.streams import SUBJECT
from bench.ways.edges import ROWS_PER_FETCH, connect, fetching

#: Unanswered messages of the bare loop.
WINDOW = 256
#: The former publisher's: rows of one poll, and messages that it gathers.
POLLED, GATHERED = 10_000, 1000
BEGINNING = datetime(1970, 1, 1)
READ = f"SELECT {COLUMNS} FROM {TABLE} ORDER BY CREATED_AT, ID"
POLL = (
    f"SELECT {COLUMNS} FROM {TABLE} WHERE CREATED_AT > :since ORDER BY CREATED_AT "
    f"FETCH FIRST {POLLED} ROWS ONLY"
)

Publish = Callable[[JetStreamContext], Coroutine[Any, Any, int]]


def prepare_fetch() -> Callable[[], int]:
    """Fetch all rows by one cursor."""
    return fetching(READ)


def prepare_publish(path: str) -> Callable[[], int]:
    """Publish the bodies of a file by publish_async, a window at a time, without ids."""
    bodies = Path(path).read_bytes().splitlines()

    async def publish(js: JetStreamContext) -> int:
        for start in range(0, len(bodies), WINDOW):
            for body in bodies[start : start + WINDOW]:
                await js.publish_async(SUBJECT, body)
            await js.publish_async_completed()
        return len(bodies)

    return on_stream(publish)


def prepare_one_by_one(path: str, count: str) -> Callable[[], int]:
    """Publish the first bodies of a file, each after the answer to the one before it."""
    bodies = Path(path).read_bytes().splitlines()[: int(count)]

    async def publish(js: JetStreamContext) -> int:
        for body in bodies:
            await js.publish(SUBJECT, body)
        return len(bodies)

    return on_stream(publish)


def prepare_original() -> Callable[[], int]:
    """Poll, publish and poll again, as the former publisher does.

    It is spared what makes it slower or lose rows: CLOBs come with their rows, the next poll begins
    at the last row, and its progress is written nowhere.
    """
    connection = connect()

    async def publish(js: JetStreamContext) -> int:
        count = 0
        since = BEGINNING
        while rows := poll(connection, since):
            events = list(map(make_event, rows))
            for start in range(0, len(events), GATHERED):
                batch = events[start : start + GATHERED]
                await asyncio.gather(*[publish_event(js, event) for event in batch])
            count += len(events)
            since = rows[-1]["CREATED_AT"]
        return count

    return on_stream(publish)


def poll(connection: oracledb.Connection, since: datetime) -> Sequence[dict[str, Any]]:
    """Return the next rows as dictionaries."""
    with connection.cursor() as cursor:
        cursor.arraysize = ROWS_PER_FETCH
        cursor.setinputsizes(since=oracledb.DB_TYPE_TIMESTAMP)
        cursor.execute(POLL, {"since": since}, fetch_lobs=False)
        columns = [column.name for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def make_event(row: dict[str, Any]) -> dict[str, Any]:
    """Return the event of a row, with an id that no repeat has."""
    event: dict[str, Any] = {"trace_id": str(uuid.uuid4()), "data_type": "TXLOG"}
    for name, value in row.items():
        if isinstance(value, datetime):
            event[name] = value.isoformat()
        else:
            event[name] = value
    return event


async def publish_event(js: JetStreamContext, event: dict[str, Any]) -> None:
    await js.publish(SUBJECT, json.dumps(event, default=str).encode("utf-8"))


def on_stream(publish: Publish) -> Callable[[], int]:
    """Return what publishes on a connection that is open already."""
    loop = asyncio.new_event_loop()
    client = loop.run_until_complete(nats.connect(os.environ["NATS_SERVERS"]))
    js = client.jetstream()

    def work() -> int:
        return loop.run_until_complete(publish(js))

    return work
