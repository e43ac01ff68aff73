"""Dead letters of row changes, as the command and the function of AWS Lambda open them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any

from oracle_cdc.changes.rules.dead_letters import (
    Failed,
    Reason,
    fit_dead_letter,
)
from oracle_cdc.errors import DestinationMissing
from oracle_cdc.lambdas.dead_letter_processor import is_due
from oracle_cdc.model import ReceivedMessage
from oracle_cdc.processor.fetching import Fetching
from oracle_cdc.processor.redriving import Redriven, Redriving
from tests.fuzz.decoders import Take
from tests.fuzz.decoders.records import CHANGE, PLACE, Publishing

WORDS = (
    b'"originalEvent":{',
    b'"raw":"',
    b'"position":{"stream":"s","shardId":"x","sequenceNumber":"1"}',
    b'"error":{"code":"PARSE_ERROR"}',
    b'"attempts":Infinity',
    b'"lastAttempt":"2024-01-15T10:35:00"',
    b'"lastAttempt":"2024-01-15T10:35:00Z"',
)
REASON = Reason("PARSE_ERROR", "a stack", 3, datetime(2024, 1, 15, 10, 35, tzinfo=timezone.utc))


class Reader:
    """A stream whose records are gone, which takes texts alone, as boto3 does."""

    def find_iterator(self, shard_id: str, position: Any) -> str:
        assert isinstance(shard_id, str)
        assert isinstance(position.sequence_number, str)
        raise DestinationMissing("the record is gone")


def seeds() -> Sequence[bytes]:
    found = []
    for change in (None, CHANGE):
        for keeps_event in (True, False):
            failed = Failed(PLACE, b"\xff no record", change, is_redacted=True)
            document, _ = fit_dead_letter(
                failed, REASON, keeps_event=keeps_event, max_bytes=262_144
            )
            found.append(document.encode())
    whole = found[0]
    found.append(whole.replace(b'"attempts":3', b'"attempts":Infinity'))
    found.append(whole.replace(b':00Z"', b':00"'))
    return found


@contextmanager
def opened() -> Iterator[Take]:
    logging.disable(logging.CRITICAL)
    publishing = Publishing()
    redriving = Redriving(
        publishing.processing,
        publishing.queue,  # type: ignore[arg-type]
        Fetching(Reader(), threading.Event()),  # type: ignore[arg-type]
        "stream",
    )

    def take(data: bytes) -> None:
        text = data.decode(errors="replace")
        message = ReceivedMessage("m-1", "r-1", text, {}, 1, 1)
        is_due(message)
        opened = redriving.open([message])
        # Either it can be tried, or it stays in the queue as it came.
        stays = bool(opened.foreign or opened.waiting)
        assert bool(opened.items) != stays
        publishing.queue.letters.clear()
        left = redriving.redrive([message], Redriven())
        assert left == [message] * stays

    try:
        yield take
    finally:
        logging.disable(logging.NOTSET)
