"""The least that a program can do: loops over the driver and boto3, with no ledger and no care."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import oracledb

from bench.ways.edges import THREADS, client, connect, fetching
from standins.oracle import SOURCE

FETCH = (
    "SELECT TO_CHAR(CALL_ID) AS CALL_ID, BAN, SUBSCRIBER_NO, OWNER, TEXT, TEXT_TIME, CALL_TIME "
    f"FROM {SOURCE} ORDER BY CALL_ID, TEXT_TIME"
)
UPSERT = (
    "MERGE INTO DICTA_CALL_SUMMARY d USING (SELECT :call_id AS CALL_ID FROM DUAL) n "
    "ON (d.CALL_ID = n.CALL_ID) "
    "WHEN MATCHED THEN UPDATE SET SUMMARY_TEXT = :summary, SENTIMENT = :sentiment, "
    "CLASSIFICATION_PRIMARY = :class, CLASSIFICATION_ALL = :classes, "
    "CONFIDENCE_SCORE = :confidence, ML_PROCESSING_TIME_MS = :ms, ML_MODEL_VERSION = :model "
    "WHEN NOT MATCHED THEN INSERT (CALL_ID, SUMMARY_TEXT, SENTIMENT, "
    "CLASSIFICATION_PRIMARY, CLASSIFICATION_ALL, "
    "CONFIDENCE_SCORE, ML_PROCESSING_TIME_MS, ML_MODEL_VERSION) "
    "VALUES (:call_id, :summary, :sentiment, :class, :classes, :confidence, :ms, :model)"
)
ENTRIES = 10


def prepare_fetch() -> Callable[[], int]:
    """Fetch all rows of the source, in order, by one cursor."""
    return fetching(FETCH)


def prepare_send(path: str) -> Callable[[], int]:
    """Send the entries of a file, ten in a request, by as many threads as the service uses."""
    sqs = client(THREADS)
    with Path(path).open(encoding="utf-8") as file:
        entries = [json.loads(line) for line in file]
    requests = list(split(entries))
    url = os.environ["SQS_OUTBOUND_QUEUE_URL"]

    def send_one(request: Sequence[dict[str, Any]]) -> int:
        numbered = []
        for number, entry in enumerate(request):
            numbered.append({**entry, "Id": str(number)})
        return len(sqs.send_message_batch(QueueUrl=url, Entries=numbered)["Successful"])

    def send() -> int:
        with ThreadPoolExecutor(THREADS) as threads:
            return sum(threads.map(send_one, requests))

    return send


def prepare_store(batch: str) -> Callable[[], int]:
    """Store results in one thread, as the service does.

    It receives, upserts by array, commits and deletes.
    """
    sqs, connection = client(), connect()
    url = os.environ["SQS_RESULTS_QUEUE_URL"]

    def store() -> int:
        count = 0
        while messages := list(receive(sqs, url, int(batch))):
            with connection.cursor() as cursor:
                cursor.setinputsizes(confidence=oracledb.DB_TYPE_NUMBER, ms=oracledb.DB_TYPE_NUMBER)
                cursor.executemany(UPSERT, [binds(message) for message in messages])
            connection.commit()
            delete(sqs, url, messages)
            count += len(messages)
        return count

    return store


def split(items: Sequence[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    """Yield what goes into one request, and the next, to the end."""
    for start in range(0, len(items), ENTRIES):
        yield items[start : start + ENTRIES]


def receive(sqs: Any, url: str, limit: int) -> Iterator[dict[str, Any]]:
    """Yield messages until the queue is empty or a batch is full."""
    for _ in range(limit // ENTRIES):
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=ENTRIES)
        messages = answer.get("Messages", [])
        if not messages:
            return
        yield from messages


def delete(sqs: Any, url: str, messages: Sequence[dict[str, Any]]) -> None:
    for part in split(messages):
        entries = []
        for number, message in enumerate(part):
            entries.append({"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]})
        sqs.delete_message_batch(QueueUrl=url, Entries=entries)


def binds(message: dict[str, Any]) -> dict[str, Any]:
    """Return a result as the upsert binds it."""
    result = json.loads(message["Body"])
    return {
        "call_id": result["callId"],
        "summary": result["summary"],
        "sentiment": result["sentiment"]["overall"],
        "class": result["classification"]["primary"],
        "classes": json.dumps(result["classification"]["all"]),
        "confidence": result["confidence"],
        "ms": result["processingTime"],
        "model": result["modelVersion"],
    }
