"""Limits of the sending: how many requests may hang, and when a body is written into S3."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

import pytest

from oracle_cdc.aws.sqs.overflow import store_bodies
from oracle_cdc.aws.sqs.requests import Requests, RetryTimes
from oracle_cdc.conversations.outbound.fitting import fit
from oracle_cdc.conversations.wiring_parts import create_client
from oracle_cdc.model import OutboundMessage, Overflow
from standins.scriptedsqs import accept, describe, serve_endpoint
from tests.builders import ASSEMBLED_AT, a_message, queue_facts, sqs_settings

NOBODY = "http://127.0.0.1:9"


def a_stored_message() -> OutboundMessage:
    """Return a message whose body lies in S3."""
    text = "".join(chr(0x4E00 + (n * 7919) % 20000) for n in range(5000))
    message = fit(
        [text.encode()],
        call_id="1",
        revision=1,
        content_hash="0" * 64,
        assembled_at=ASSEMBLED_AT,
        facts=queue_facts(max_message_bytes=1024),
        overflow=Overflow("bucket", ""),
    )
    assert message.stored
    return message


@pytest.mark.parametrize(("is_suspect", "most_in_flight"), [(True, 4), (False, 2)])
def test_requests_that_may_hang_take_at_most_half_of_those_in_flight(
    is_suspect: bool, most_in_flight: int
) -> None:
    lock = threading.Lock()
    crowd = threading.Barrier(3)
    active: list[int] = []
    most: list[int] = [0]

    def answer(action: str, request: dict[str, Any]) -> tuple[int, dict[str, Any] | bytes]:
        if action != "SendMessageBatch":
            return describe()
        with lock:
            active.append(1)
            most[0] = max(most[0], len(active))
        with suppress(threading.BrokenBarrierError):
            crowd.wait(0.5)
        with lock:
            active.pop()
        return accept(request)

    with serve_endpoint(answer) as endpoint:
        client = create_client(sqs_settings(endpoint.url))
        requests = Requests(
            client,
            queue_facts(url=endpoint.queue_url),
            most_in_flight=most_in_flight,
            are_suspect=lambda messages: is_suspect,
            retry=RetryTimes(0.001, 0.002),
            stop=threading.Event(),
        )
        sends = []
        for _ in range(4):
            arguments = ([a_message()], lambda: True, 1)
            sends.append(threading.Thread(target=requests.send, args=arguments))
        for send in sends:
            send.start()
        for send in sends:
            send.join()
        client.close()

    assert most[0] <= 2


def test_a_body_that_lies_in_s3_already_is_not_written_again() -> None:
    message = a_stored_message()
    assert message.stored
    client = create_client(sqs_settings(NOBODY))

    ready, failed = store_bodies(client, [message], {message.stored.key}, may_send=lambda: True)

    assert (ready, failed) == ([message], [])


def test_no_body_is_written_when_the_lease_ends_too_soon() -> None:
    client = create_client(sqs_settings(NOBODY))

    ready, failed = store_bodies(client, [a_stored_message()], set(), may_send=lambda: False)

    assert ready == []
    assert "the lease ends too soon" in str(failed[0].error)
