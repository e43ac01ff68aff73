"""Fixtures of several files of these tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import oracledb
import pytest

from awslite.cloud import Cloud
from oracle_cdc.aws.sqs.client import SqsClient
from oracle_cdc.conversations.wiring_parts import create_client
from tests.builders import sqs_settings
from tests.eventfixtures import events_world as events_world
from tests.eventfixtures import table as table
from tests.integration.changedesks import Desk
from tests.integration.changepipelines import serve_pipeline
from tests.integration.changeworlds import World, serve_captured
from tests.integration.shippings import serve_shipping
from tests.typist import Typist


@pytest.fixture
def client(sqs_server: str) -> Iterator[SqsClient]:
    """Give a client of the SQS server."""
    client = create_client(sqs_settings(sqs_server))
    yield client
    client.close()


@pytest.fixture
def captured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Make a table captured whose triggers the service's user may see."""
    monkeypatch.setattr(oracledb.defaults, "fetch_lobs", False)
    with serve_captured(tmp_path) as world:
        world.run("GRANT DEBUG ON USERS TO CDC")
        yield world


@pytest.fixture
def desk(
    tmp_path: Path,
    cloud: Cloud,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    sqs_server: str,
) -> Iterator[Desk]:
    with (
        serve_captured(tmp_path) as database,
        serve_shipping(database, cloud) as shipping,
        serve_pipeline(shipping, tmp_path) as world,
    ):
        yield Desk(world, Typist(tmp_path, monkeypatch, capsys), sqs_server)
