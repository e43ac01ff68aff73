"""Fixtures for what the service talks to, and how hypothesis behaves on a busy machine."""

from __future__ import annotations

import gc
import importlib
import logging
import os
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

# What fixtures serve is imported by them: the process that only hands out tests needs none of it.
if TYPE_CHECKING:
    from awslite.cloud import Cloud
    from oralite.server import Server
    from standins.mariadbserver import MariaDbServer
    from standins.natsserver import NatsServer
    from tests.world import World

#: How many objects more than at the last time let cycles be looked for, after a test. While they
#: are few they are in the processor's cache, where looking at one costs half.
MOST_OBJECTS = 8_000
#: How many more let the interpreter do so by itself, in a test.
MANY_OBJECTS = 2_000_000

# Collecting makes objects that stay, hardly any garbage.
gc.disable()

# How long a generated example takes says something about the machine only.
hypothesis.settings.register_profile(
    "untimed",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.data_too_large],
    database=None,
)
hypothesis.settings.load_profile("untimed")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Start what forks the service, once for all test processes. It imports once it is used."""
    from tests.acceptance.process import forking_address

    node.workerinput["forking_address"] = forking_address()


def pytest_configure(config: pytest.Config) -> None:
    """Note where the service is forked, and let a process that has the processor keep it.

    Several of them are slower where each that wakes up takes another one's turn.
    """
    if hasattr(os, "SCHED_BATCH"):
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    given: dict[str, str] = getattr(config, "workerinput", {})
    if "forking_address" in given:
        os.environ["FORKING_ADDRESS"] = given["forking_address"]


def pytest_collection(session: pytest.Session) -> None:
    """Import this process's share of the tests, so that the others find it compiled.

    In a new checkout each process compiled all.
    """
    from tests.ordering import modules_of

    given: dict[str, Any] = getattr(session.config, "workerinput", {})
    if not given or session.config.args != session.config.getini("testpaths"):
        return
    number = int(given["workerid"].removeprefix("gw"))
    names = modules_of(session.config.rootpath, session.config.getoption("ignore") or ())
    for name in names[number :: given["workercount"]]:
        # What can't be imported is said where it is collected.
        with suppress(Exception):
            importlib.import_module(name)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Have each of several test processes begin with tests that take long."""
    from tests.ordering import deal_tests

    given: dict[str, Any] = getattr(config, "workerinput", {})
    if given:
        items[:] = deal_tests(items, given["workercount"])


def pytest_collection_finish() -> None:
    """Prepare a process that runs tests.

    The collector looks between tests, never twice at what stays: it took a tenth of the time.
    """
    from oralite.protocol import crypto
    from standins import servicefiles

    servicefiles.read_once()
    # Each log-in takes 2 ms for them. `python -m oralite` has as many as Oracle.
    crypto.VERIFIER_ITERATIONS = 16
    gc.freeze()
    gc.set_threshold(MANY_OBJECTS)
    gc.enable()


def pytest_sessionfinish() -> None:
    """Keep what earlier looks have seen from pytest's last look for what nobody closed."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """Undo what a command did that ran in this process: the next test reads the log, asks AWS."""
    for name in [name for name in os.environ if name.startswith("AWS_ENDPOINT_URL")]:
        del os.environ[name]
    root = logging.getLogger()
    root.setLevel(logging.WARNING)
    for handler in root.handlers[:]:
        if type(handler) is logging.StreamHandler:
            root.removeHandler(handler)
    # The command `run` has thresholds of its own.
    gc.set_threshold(MANY_OBJECTS)
    if gc.get_count()[0] > MOST_OBJECTS:
        gc.collect()
        gc.freeze()


@pytest.fixture(scope="session")
def sqs_server() -> Iterator[str]:
    """Serve SQS for this test process, and give its URL. Each test makes its own queues."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="session")
def queue_server() -> Iterator[str]:
    """Serve queues, and nothing else of AWS, in a fifth of moto's time for this test process."""
    from standins.queueserver import Queues, serve_queues

    with serve_queues(Queues(least_wait_seconds=0.005)) as queues:
        yield queues.url


@pytest.fixture(scope="session")
def quick_queue_server() -> Iterator[str]:
    """Serve queues whose receives wait briefly, for who reads dead letters until none comes."""
    from standins.queueserver import Queues, serve_queues

    with serve_queues(Queues(longest_wait_seconds=0.1)) as queues:
        yield queues.url


@pytest.fixture(scope="session")
def shared_cloud() -> Iterator[Cloud]:
    """Serve streams, buses and tables for this test process."""
    from awslite.server import serve

    with serve() as cloud:
        yield cloud


@pytest.fixture
def cloud(shared_cloud: Cloud) -> Iterator[Cloud]:
    """Serve them without faults, whatever a test before ordered."""
    yield shared_cloud
    shared_cloud.restore()


@pytest.fixture
def world(queue_server: str) -> Iterator[World]:
    """Serve a database with source table, service user and owned tables, and two empty queues."""
    from tests.world import serve_world

    with serve_world(queue_server) as world:
        yield world


@pytest.fixture
def aws_world(sqs_server: str) -> Iterator[World]:
    """Serve the same with moto's queues, which has buckets and rights too."""
    from tests.world import serve_world

    with serve_world(sqs_server) as world:
        yield world


@pytest.fixture(scope="session")
def rows_server() -> Iterator[Server]:
    """Serve a database for this test process, where each test has a schema of its own."""
    from tests.integration.rowtables import serve_reader

    with serve_reader() as server:
        yield server


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDbServer]:
    """Serve MariaDB for this test process. Who uses it restores it first."""
    from standins import mariadbserver
    from tests.mariadb.needs import do_without

    if mariadbserver.PROGRAM is None:
        do_without()
    with mariadbserver.serving(tmp_path_factory.mktemp("mariadb"), is_durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def nats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    """Serve JetStream for this test process."""
    from standins import natsserver
    from tests.integration.eventworlds import MOST_BYTES

    settings = f"max_payload: {MOST_BYTES}"
    with natsserver.serving(tmp_path_factory.mktemp("nats"), settings) as server:
        yield server
