"""Full batches are delivered beside the search for more: nothing of it shows in what is sent,
counted or limited."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest

from oracle_cdc.aws.sqs.client import read_queue
from oracle_cdc.aws.sqs.outbound import Outbound
from oracle_cdc.aws.sqs.requests import RetryTimes
from oracle_cdc.conversations.outbound.lanes import Lanes
from oracle_cdc.conversations.wiring_parts import create_client
from oracle_cdc.errors import CdcError
from oracle_cdc.model import OutboundMessage
from oracle_cdc.running.progress import Progress
from standins.scriptedsqs import accept, serve_endpoint
from tests.world import USER, World

CALLS = 45
BATCH = 10
HELLO = (("A", "hello"), ("C", "my line is down"))


@pytest.fixture
def busy_world(world: World) -> World:
    """Record more quiet calls than several batches take."""
    with world.connect() as connection:
        for number in range(CALLS):
            world.record(str(100 + number), *HELLO, connection=connection)
        connection.commit()
    return world


def test_each_call_of_many_full_batches_is_sent_and_counted_once(busy_world: World) -> None:
    service = busy_world.application(max_batch_size=BATCH)

    busy_world.cycle(service)

    sent = sorted(int(body["callId"]) for body in busy_world.received())
    assert sent == list(range(100, 100 + CALLS))
    assert set(busy_world.states().values()) == {"SENT"}
    status = (
        f"SELECT TOTAL_PROCESSED FROM {USER}.CDC_PROCESSING_STATUS "
        "WHERE TABLE_NAME = 'CDC_NORMAL_MODE'"
    )
    assert busy_world.rows(status) == [(CALLS,)]


def test_a_delivery_that_fails_beside_the_search_fails_the_cycle_and_gives_its_leases_back(
    busy_world: World,
) -> None:
    service = busy_world.application(max_batch_size=BATCH)
    watermark = (
        f"SELECT LAST_PROCESSED_TIMESTAMP FROM {USER}.CDC_PROCESSING_STATUS "
        "WHERE TABLE_NAME = 'CDC_NORMAL_MODE'"
    )
    service.startup.ensure_database()
    busy_world.server.faults.set('error 904 on execute times always when "CALL_TIME FROM"')

    with pytest.raises(CdcError, match="00904"):
        busy_world.cycle(service)

    assert "LEASED" not in busy_world.states().values()
    busy_world.server.faults.clear()
    before = busy_world.rows(watermark)
    while set(busy_world.states().values()) != {"SENT"}:
        busy_world.cycle(service)
    assert len(busy_world.states()) == CALLS
    assert busy_world.rows(watermark) > before


def test_requests_of_two_batches_in_flight_count_together(world: World) -> None:
    active: list[int] = []
    most = 0
    lock = threading.Lock()

    def answer(action: str, request: dict[str, Any]) -> tuple[int, dict[str, Any] | bytes]:
        nonlocal most
        if action == "GetQueueAttributes":
            return 200, {"Attributes": {}}
        with lock:
            active.append(1)
            most = max(most, len(active))
        answered = accept(request)
        with lock:
            active.pop()
        return answered

    with serve_endpoint(answer) as endpoint:
        client = create_client(
            replace(world, endpoint=endpoint.url).settings(queue_url=endpoint.queue_url)
        )
        outbound = Outbound(
            client,
            read_queue(client, endpoint.queue_url),
            max_concurrent_calls=2,
            retry=RetryTimes(0.01, 0.02),
            stop=threading.Event(),
        )
        sends = [
            threading.Thread(target=lambda: list(outbound.send(messages(), may_send=lambda: True)))
            for _ in "12"
        ]
        for send in sends:
            send.start()
        for send in sends:
            send.join()
        client.close()

    assert len(endpoint.entry_texts) == 40
    assert most <= 2


def messages() -> list[OutboundMessage]:
    return [
        OutboundMessage(str(number), 1, "{}", {"callId": str(number)}, 60) for number in range(200)
    ]


def test_no_more_deliveries_run_than_there_are_lanes() -> None:
    lanes = Lanes(Progress(), threading.Event(), count=1)
    has_second_begun = threading.Event()
    overlaps: list[bool] = []

    lanes.start(lambda: overlaps.append(has_second_begun.wait(0.3)))
    lanes.start(has_second_begun.set)
    lanes.finish()

    assert overlaps == [False]
