"""Fixtures of several files of these tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from oracle_cdc.aws.sqs.client import SqsClient
from oracle_cdc.conversations.parts import create_client
from tests.builders import sqs_settings
from tests.eventfixtures import events_world as events_world
from tests.eventfixtures import table as table


@pytest.fixture
def client(sqs_server: str) -> Iterator[SqsClient]:
    """Give a client of the SQS server."""
    client = create_client(sqs_settings(sqs_server))
    yield client
    client.close()
