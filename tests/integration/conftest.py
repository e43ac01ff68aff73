"""Fixtures of several files of these tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from oracle_cdc.aws.sqs.client import SqsClient
from oracle_cdc.conversations.parts import create_client
from oralite.server import Server
from tests.builders import sqs_settings
from tests.integration.rowtables import RowTable, serve_reader


@pytest.fixture
def client(sqs_server: str) -> Iterator[SqsClient]:
    """Give a client of the SQS server."""
    client = create_client(sqs_settings(sqs_server))
    yield client
    client.close()


@pytest.fixture(scope="session")
def rows_server() -> Iterator[Server]:
    """Serve a database for this test process, where each test has a schema of its own."""
    with serve_reader() as server:
        yield server


@pytest.fixture
def table(rows_server: Server) -> Iterator[RowTable]:
    """Give a table that is still to be created."""
    table = RowTable(rows_server)
    yield table
    table.close()
