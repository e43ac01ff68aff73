"""The most memory that one large call takes on its way to S3."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

from bench.backlog import begin_coverage, insert, read_clock
from bench.conversations import FIRST_CALL_ID, Row
from bench.figure import Bench, Figure
from bench.stage import open_stage

TARGET = 3
BUCKET = "large-calls"
#: Beyond what SQS takes in whatever way, and beyond what Oracle brings within a row.
SEGMENT_CHARACTERS = 40_000
MEGABYTE = 1_000_000


def measure(bench: Bench) -> list[Figure]:
    """Send one large call, and compare the memory that it took with what lies in S3 of it."""
    megabytes = bench.sizes.large_call_megabytes
    with (
        open_stage(bench.directory, bench.backlogs.copy(0)) as stage,
        open_bucket() as (url, s3),
    ):
        end = read_clock(stage.dsn) - timedelta(hours=1)
        insert(stage.dba, make_rows(bench, megabytes * MEGABYTE, end))
        begin_coverage(stage.dba, end - timedelta(days=1))
        stage.dba.commit()
        # A cycle does not wait for what takes long.
        run = stage.run("service-cycles", "1", AWS_ENDPOINT_URL_S3=url, S3_OVERFLOW_BUCKET=BUCKET)
        (stored,) = s3.list_objects_v2(Bucket=BUCKET)["Contents"]
    assert run.count == 1, f"{run.count} calls sent"
    size = int(stored["Size"])
    ratio = (run.peak_bytes - run.idle_bytes) / size
    return [
        Figure(
            "large-call",
            f"peak memory sending a call of {size / MEGABYTE:.0f} MB",
            f"its size; idle: {run.idle_bytes / MEGABYTE:.0f} MB",
            f"<= {TARGET} x beyond idle",
            f"{ratio:.2f} x, {run.peak_bytes / MEGABYTE:.0f} MB",
            ratio <= TARGET,
            {"ratio": ratio, "peak_bytes": run.peak_bytes, "idle_bytes": run.idle_bytes},
        )
    ]


def make_rows(bench: Bench, size: int, end: Any) -> Iterator[Row]:
    """Yield the rows of one call, which weighs this many bytes, and says what others say."""
    said = itertools.cycle(itertools.chain.from_iterable(bench.backlogs.conversations))
    number = 0
    while size > 0:
        text = ""
        while len(text) < SEGMENT_CHARACTERS:
            text += next(said).text + " "
        size -= len(text.encode())
        at = end - timedelta(seconds=number)
        yield FIRST_CALL_ID, "B-1", "050-1", "CA"[number % 2], text, at, end - timedelta(hours=12)
        number += 1


@contextmanager
def open_bucket() -> Iterator[tuple[str, Any]]:
    """Serve an empty bucket, and yield its endpoint and a client."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    try:
        host, port = server.get_host_and_port()
        url = f"http://{host}:{port}"
        client: Any = boto3.client(
            "s3",
            endpoint_url=url,
            region_name="eu-west-1",
            aws_access_key_id="bench",
            aws_secret_access_key="bench",
        )
        with closing(client) as s3:
            s3.create_bucket(
                Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
            )
            yield url, s3
    finally:
        server.stop()
