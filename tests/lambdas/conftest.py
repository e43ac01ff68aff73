"""The environment of a function of AWS Lambda, on awslite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from awslite.cloud import Cloud
from oracle_cdc.lambdas import container
from oracle_cdc.lambdas.container import CONTAINER
from tests.processor.conftest import the_whole_log
from tests.processor.pipelines import PipelineWorld

__all__ = ["the_whole_log"]


@pytest.fixture
def function(
    cloud: Cloud, quick_queue_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PipelineWorld]:
    """Give what a function finds in its environment and beside its package."""
    world = PipelineWorld(cloud, quick_queue_server, tmp_path)
    for name, value in world.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(tmp_path))
    # It would take the log away from the test.
    monkeypatch.setattr(container, "configure_console", lambda level: None)
    CONTAINER.forget()
    yield world
    CONTAINER.forget()
    world.close()
