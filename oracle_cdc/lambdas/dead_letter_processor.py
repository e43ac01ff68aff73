"""Dead letters once more, as a function of AWS Lambda: on a schedule, or as SQS brings them."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from oracle_cdc.changes.rules.dead_letters import read_dead_letter
from oracle_cdc.changes.rules.errors import ParseError
from oracle_cdc.lambdas.container import CONTAINER, Container, TimeLeft
from oracle_cdc.model import ReceivedMessage
from oracle_cdc.processor.redriving import Redriven, Redriving
from oracle_cdc.processor.wiring import make_redriving

logger = logging.getLogger(__name__)

#: A letter that SQS brings is not tried again sooner than this after its last attempt: else one
#: that fails would go round without an end.
REST = timedelta(minutes=15)
#: For a batch of letters, with their events.
RESERVE_SECONDS = 30.0


def handler(event: Mapping[str, Any], context: Any = None) -> dict[str, object]:
    """Try dead letters again: those of an event of SQS, or else all that are in the queue by now.

    Of an event the answer has `batchItemFailures`, for a mapping with ReportBatchItemFailures.
    Else it has `published`, `failed`, `foreign`.

    Raises SettingsError, and what keeps bus or queue from being asked.
    """
    container = CONTAINER.get()
    container.startup.ensure_bus()
    redriving = make_redriving(container.processor)
    if "Records" in event:
        return redrive_event(redriving, event["Records"])
    return redrive_queue(container, redriving, TimeLeft(context, RESERVE_SECONDS))


def redrive_queue(container: Container, redriving: Redriving, time: TimeLeft) -> dict[str, object]:
    """Try what is in the queue, as long as the invocation has time."""
    redriven = redriving.run(datetime.now(timezone.utc), may_go_on=time.is_left)
    container.figures.send_if_due()
    if redriven.error is not None:
        logger.error("dead letters wait: %s", redriven.error)
    return {"published": redriven.published, "failed": redriven.failed, "foreign": redriven.foreign}


def redrive_event(redriving: Redriving, records: Sequence[Mapping[str, Any]]) -> dict[str, object]:
    """Try the messages of an event. SQS deletes those that are not named in the answer."""
    due: list[ReceivedMessage] = []
    failures: list[dict[str, str]] = []
    for message in map(read_message, records):
        if is_due(message):
            due.append(message)
        else:
            failures.append({"itemIdentifier": message.message_id})
    if due:
        for message in redriving.redrive(due, Redriven()):
            failures.append({"itemIdentifier": message.message_id})
    return {"batchItemFailures": failures}


def is_due(message: ReceivedMessage) -> bool:
    """Return whether a letter has rested. What is no dead letter stays with SQS, too."""
    try:
        letter = read_dead_letter(message.body)
    except ParseError as error:
        logger.warning("message %s stays in the queue: %s", message.message_id, error)
        return False
    return datetime.now(timezone.utc) - letter.last_attempt >= REST


def read_message(record: Mapping[str, Any]) -> ReceivedMessage:
    """Return a message as SQS's event has it. Raises KeyError for what is none."""
    attributes: dict[str, str] = {}
    for name, value in record.get("messageAttributes", {}).items():
        attributes[name] = str(value.get("stringValue", ""))
    system = record.get("attributes", {})
    return ReceivedMessage(
        str(record["messageId"]),
        str(record["receiptHandle"]),
        str(record["body"]),
        attributes,
        int(system.get("SentTimestamp", 0)),
        int(system.get("ApproximateReceiveCount", 1)),
    )
