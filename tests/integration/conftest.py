"""Fixtures of several files of these tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from awslite.cloud import Cloud
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


@pytest.fixture(scope="session")
def shared_cloud() -> Iterator[Cloud]:
    from awslite.server import serve

    with serve() as cloud:
        yield cloud


@pytest.fixture
def cloud(shared_cloud: Cloud) -> Iterator[Cloud]:
    """Serve streams without faults, whatever a test before ordered."""
    yield shared_cloud
    shared_cloud.restore()
