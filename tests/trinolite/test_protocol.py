"""The stand-in's protocol, through the real client: what is lost, late, mute or cancelled."""

from __future__ import annotations

import socket
import threading
import time

import pytest
import requests
from trino.exceptions import (
    Http502Error,
    Http503Error,
    HttpError,
    TrinoConnectionError,
    TrinoQueryError,
)

from tests.trinolite.conftest import Ask, connected
from trinolite.faults import CANCEL, NEXT, SUBMIT, Fault
from trinolite.server import Trino

COUNT = "SELECT COUNT(*) FROM oracle.sales.orders"


@pytest.mark.parametrize("step", [SUBMIT, NEXT])
@pytest.mark.parametrize(
    ("status", "kind"), [(429, HttpError), (502, Http502Error), (503, Http503Error)]
)
def test_a_status_instead_of_an_answer(
    coordinator: Trino, step: str, status: int, kind: type[Exception]
) -> None:
    coordinator.faults.order(Fault(step, status=status))
    with connected(coordinator, max_attempts=1) as connection, pytest.raises(kind):
        connection.cursor().execute(COUNT).fetchall()


def test_a_client_that_repeats_gets_its_answer(coordinator: Trino) -> None:
    coordinator.faults.order(Fault(NEXT, status=503, times=1))
    with connected(coordinator, max_attempts=2) as connection:
        assert connection.cursor().execute(COUNT).fetchall() == [[250]]


def test_an_address_that_was_lost_is_not_found(ask: Ask, coordinator: Trino) -> None:
    coordinator.faults.order(Fault(NEXT, status=404))
    with pytest.raises(HttpError, match="404"):
        ask(COUNT)


def test_an_answer_without_the_next_address_ends_too_soon(coordinator: Trino) -> None:
    coordinator.faults.order(Fault(NEXT, drops_next=True, times=1))
    with connected(coordinator) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT id FROM oracle.sales.orders ORDER BY id")
        assert len(cursor.fetchall()) == 100
        assert cursor.stats["state"] == "RUNNING"


def test_half_an_answer_is_none(coordinator: Trino) -> None:
    coordinator.faults.order(Fault(NEXT, is_cut=True))
    with (
        connected(coordinator, max_attempts=1) as connection,
        pytest.raises(TrinoConnectionError),
    ):
        connection.cursor().execute(COUNT).fetchall()


def test_a_mute_server_is_given_up(coordinator: Trino) -> None:
    coordinator.faults.order(Fault(SUBMIT, is_mute=True))
    with (
        connected(coordinator, max_attempts=1, request_timeout=0.2) as connection,
        pytest.raises(TrinoConnectionError),
    ):
        connection.cursor().execute(COUNT)


def test_a_statement_that_waits_for_ever_can_be_cancelled(coordinator: Trino) -> None:
    coordinator.faults.order(Fault(SUBMIT, stays_queued=True))
    with connected(coordinator) as connection:
        cursor = connection.cursor()
        timer = threading.Timer(0.2, cursor.cancel)
        timer.start()
        began = time.monotonic()
        try:
            cursor.execute(COUNT).fetchall()
        except TrinoQueryError as error:
            assert error.error_name == "USER_CANCELED"
        assert time.monotonic() - began < 5
        timer.join()
    assert coordinator.cancelled == [COUNT]


def test_a_cancel_can_fail(coordinator: Trino) -> None:
    coordinator.faults.order(Fault(SUBMIT, stays_queued=True))
    coordinator.faults.order(Fault(CANCEL, status=503))
    query = requests.post(
        f"{coordinator.url}/v1/statement",
        data=COUNT,
        headers={"X-Trino-User": "tests"},
        timeout=5,
    ).json()
    assert requests.delete(query["nextUri"], timeout=5).status_code == 503
    coordinator.faults.clear()
    assert requests.delete(query["nextUri"], timeout=5).status_code == 204
    assert coordinator.cancelled == [COUNT]


def test_an_ordered_error_is_what_the_statement_fails_with(ask: Ask, coordinator: Trino) -> None:
    coordinator.faults.order(Fault(SUBMIT, error="HIVE_METASTORE_ERROR", containing="COUNT"))
    with pytest.raises(Exception, match="HIVE_METASTORE_ERROR"):
        ask(COUNT)
    assert ask("SELECT 1") == [[1]]


def test_who_says_no_user_is_refused(coordinator: Trino) -> None:
    answer = requests.post(f"{coordinator.url}/v1/statement", data="SELECT 1", timeout=5)
    assert answer.status_code == 401


def test_a_statement_takes_no_pause_of_the_network(ask: Ask) -> None:
    ask("SELECT 1")
    times = []
    for _ in range(5):
        began = time.monotonic()
        ask("SELECT 1")
        times.append(time.monotonic() - began)
    # Answers in two writes, or without TCP_NODELAY, take 40 ms each, and a statement three of them.
    assert min(times) < 0.1


@pytest.mark.parametrize("length", ["x", "-1", "1e3", "9" * 30, "²"])
def test_a_body_without_a_length_is_refused(coordinator: Trino, length: str) -> None:
    with socket.create_connection(("127.0.0.1", coordinator.port), timeout=10) as client:
        head = f"POST /v1/statement HTTP/1.1\r\nContent-Length: {length}\r\n\r\n"
        client.sendall(head.encode())
        answer = client.recv(100)
    assert answer.startswith(b"HTTP/1.1 400 ")
