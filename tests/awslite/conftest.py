"""Clients of the stand-in alone, and of whichever of stand-in and moto a test runs on."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from awslite.cloud import Cloud
from tests.awslite.clients import connect

_numbers = itertools.count(1)


@pytest.fixture(params=["ours", "moto"])
def url(request: pytest.FixtureRequest) -> str:
    """Serve by either: a test that takes this holds for both."""
    if request.param == "moto":
        return str(request.getfixturevalue("sqs_server"))
    cloud: Cloud = request.getfixturevalue("cloud")
    return cloud.url


@pytest.fixture
def name() -> str:
    """Return a name that no other test of this process has."""
    return f"made-{next(_numbers)}"


@pytest.fixture
def kinesis(cloud: Cloud) -> Iterator[Any]:
    yield from closing("kinesis", cloud.url)


@pytest.fixture
def events(cloud: Cloud) -> Iterator[Any]:
    yield from closing("events", cloud.url)


@pytest.fixture
def dynamodb(cloud: Cloud) -> Iterator[Any]:
    yield from closing("dynamodb", cloud.url)


@pytest.fixture
def client(url: str) -> Iterator[Callable[[str], Any]]:
    """Return what connects to a service of either."""
    made = []

    def make(service: str) -> Any:
        made.append(connect(service, url))
        return made[-1]

    yield make
    for each in made:
        each.close()


def closing(service: str, url: str) -> Iterator[Any]:
    made = connect(service, url)
    yield made
    made.close()
