"""Answers that are put into the results queue, and the loop that reads it."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit

import pytest

from oracle_cdc.conversations.wiring import Application
from tests.world import USER, World

SET_ASIDE = (
    "SELECT CALL_ID, ERROR_MESSAGE, ORIGINAL_MESSAGE, SQS_MESSAGE_ID "
    f"FROM {USER}.SQS_PERMANENT_FAILURES"
)


def ready(world: World, **changes: Any) -> Application:
    """Return a service that knows both of its queues."""
    service = world.application(**changes)
    service.startup.ensure_database()
    service.startup.ensure_queue(service.settings.sqs.results_queue_url)
    service.startup.ensure_queue(service.settings.sqs.outbound_queue_url)
    return service


def drain(world: World, **changes: Any) -> Application:
    service = ready(world, **changes)
    service.results.drain_all()
    return service


def put(world: World, body: str, **attributes: str) -> None:
    reported = {
        name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
    }
    world.sqs.send_message(QueueUrl=world.results_url, MessageBody=body, MessageAttributes=reported)


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]


def other_name(url: str) -> str:
    """Return the same queue under another host's name."""
    parts = urlsplit(url)
    host = "localhost" if parts.hostname == "127.0.0.1" else "127.0.0.1"
    return parts._replace(netloc=f"{host}:{parts.port}").geturl()
