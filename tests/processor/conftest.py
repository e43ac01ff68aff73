"""A stand-in of Kinesis, EventBridge and DynamoDB, and what publishes there."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from awslite.cloud import Cloud
from tests.processor.commands import Desk, Watcher
from tests.processor.pipelines import PipelineWorld
from tests.processor.publishing import Publishing
from tests.processor.reading import World
from tests.typist import Typist


@pytest.fixture(autouse=True)
def the_whole_log(caplog: pytest.LogCaptureFixture) -> None:
    """Have all lines logged, whatever level a command set that ran before in this process."""
    caplog.set_level(logging.DEBUG, logger="oracle_cdc")


@pytest.fixture
def publishing(cloud: Cloud) -> Publishing:
    return Publishing(cloud)


@pytest.fixture
def world(cloud: Cloud) -> World:
    return World(cloud)


@pytest.fixture
def desk(
    cloud: Cloud,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    quick_queue_server: str,
) -> Iterator[Desk]:
    desk = Desk(cloud, Typist(tmp_path, monkeypatch, capsys), quick_queue_server)
    yield desk
    desk.close()


@pytest.fixture
def pipelines(
    cloud: Cloud, quick_queue_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PipelineWorld]:
    for service in ("KINESIS", "EVENTBRIDGE", "DYNAMODB", "CLOUDWATCH"):
        # boto3's session puts them into the environment of the process.
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", cloud.url)
    world = PipelineWorld(cloud, quick_queue_server, tmp_path)
    yield world
    world.close()


@pytest.fixture
def watcher(
    pipelines: PipelineWorld,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Watcher:
    return Watcher(pipelines, Typist(pipelines.folder, monkeypatch, capsys))
