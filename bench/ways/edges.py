"""What every way needs that is not the service: a plain session and a plain client."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import boto3
import oracledb
from botocore.config import Config

ROWS_PER_FETCH = 1000
#: The service's own default.
THREADS = 10


def connect() -> oracledb.Connection:
    return oracledb.connect(
        user=os.environ["ORACLE_USER"],
        password=os.environ["ORACLE_PASSWORD"],
        dsn=os.environ["ORACLE_DSN"],
    )


def client(threads: int = 1) -> Any:
    """Make a client as its documentation does, with a connection for each thread.

    The first connection is open already.
    """
    config = Config(max_pool_connections=threads)
    sqs = boto3.client(
        "sqs",
        endpoint_url=os.environ["AWS_ENDPOINT_URL"],
        region_name=os.environ["AWS_REGION"],
        config=config,
    )
    sqs.get_queue_attributes(QueueUrl=os.environ["SQS_OUTBOUND_QUEUE_URL"], AttributeNames=["All"])
    return sqs


def fetching(sql: str) -> Callable[[], int]:
    """Return what fetches all rows of a query by one cursor, and counts them."""
    connection = connect()

    def fetch() -> int:
        count = 0
        with connection.cursor() as cursor:
            cursor.arraysize = ROWS_PER_FETCH
            cursor.execute(sql, fetch_lobs=False)
            for _ in cursor:
                count += 1
        return count

    return fetch
