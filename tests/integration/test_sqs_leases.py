"""Sending stops where its lease, the service or the endpoint ends."""

from __future__ import annotations

import threading
from typing import Any

from oracle_cdc.aws.sqs.outbound import Outbound
from oracle_cdc.aws.sqs.requests import TRIES
from oracle_cdc.conversations.wiring_parts import create_client
from oracle_cdc.errors import (
    NotSent,
    SqsUnavailable,
)
from standins.scriptedsqs import accept, failed, refuse, serve_endpoint
from tests.builders import a_message, queue_facts, sqs_settings
from tests.integration.sendings import (
    QUICK,
    always,
    an_outbound,
    in_order,
    on_send,
    send_to,
)


def test_nothing_is_sent_when_the_lease_ends_too_soon() -> None:
    with serve_endpoint(on_send(accept)) as endpoint:
        client = create_client(sqs_settings(endpoint.url))
        outbound = an_outbound(client, queue_facts(url=endpoint.queue_url))

        outcomes = list(outbound.send([a_message()] * 15, may_send=lambda: False))

    assert [(type(outcome.error), outcome.is_own) for outcome in outcomes] == [
        (NotSent, False)
    ] * 15
    assert endpoint.requests == []


def test_a_lease_that_ends_between_two_tries_ends_the_trying() -> None:
    answers = iter([True, False])
    with serve_endpoint(on_send(lambda request: refuse("InternalError", status=500))) as endpoint:
        client = create_client(sqs_settings(endpoint.url))
        outbound = an_outbound(client, queue_facts(url=endpoint.queue_url))

        (outcome,) = outbound.send([a_message()], may_send=lambda: next(answers))
        client.close()

    assert isinstance(outcome.error, SqsUnavailable)
    assert len(endpoint.requests) == 1


def test_what_failed_together_before_the_lease_ended_is_sent_apart_the_next_time() -> None:
    poisoned = on_send(
        lambda r: refuse("InternalError", status=500) if "2" in called(r) else accept(r)
    )
    messages = [a_message(call_id=call_id) for call_id in "123"]
    with serve_endpoint(poisoned) as endpoint:
        client = create_client(sqs_settings(endpoint.url))
        outbound = an_outbound(client, queue_facts(url=endpoint.queue_url), concurrent=1)

        for _ in range(2):
            answers = iter([True, True, False])
            outcomes = in_order(
                messages, outbound.send(messages, may_send=lambda a=answers: next(a, False))
            )
        client.close()

    assert [called(request) for _, request in endpoint.requests] == [["1", "2", "3"]] * 2 + [
        ["1"],
        ["2"],
    ]
    assert [bool(outcome.message_id) for outcome in outcomes] == [True, False, False]


def called(request: dict[str, Any]) -> list[str]:
    return [entry["MessageAttributes"]["callId"]["StringValue"] for entry in request["Entries"]]


def test_a_stop_does_not_wait_for_an_endpoint_that_never_answers() -> None:
    # Given an endpoint that holds its one request until the test is over
    asked, over, stop = threading.Event(), threading.Event(), threading.Event()

    def answer(request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        asked.set()
        over.wait()
        return accept(request)

    with serve_endpoint(on_send(answer)) as endpoint:
        client = create_client(sqs_settings(endpoint.url))
        facts = queue_facts(url=endpoint.queue_url)
        outbound = Outbound(
            client, facts, max_concurrent_calls=1, retry=QUICK, stop=stop, stop_seconds=0.01
        )
        threading.Thread(target=lambda: (asked.wait(), stop.set()), daemon=True).start()

        # When the stop comes while it waits
        outcomes = list(
            outbound.send([a_message(str(number)) for number in range(15)], may_send=always)
        )

        # Then it returns: what was in flight is unknown, the rest was never sent
        over.set()
    assert all(
        isinstance(outcome.error, SqsUnavailable) and not outcome.is_own for outcome in outcomes
    )
    assert "abandoned at the stop" in str(outcomes[0].error)
    assert len(outcomes) == 15


def test_after_a_stop_nothing_is_sent() -> None:
    stop = threading.Event()
    with serve_endpoint(on_send(accept)) as endpoint:
        client = create_client(sqs_settings(endpoint.url))
        stop.set()
        stopped = an_outbound(client, queue_facts(url=endpoint.queue_url), stop=stop)

        outcomes = list(stopped.send([a_message()], may_send=always))

    assert ["stopping" in str(outcome.error) for outcome in outcomes] == [True]
    assert endpoint.requests == []


def test_a_batch_is_given_up_once_a_request_has_failed_while_none_was_answered() -> None:
    messages = [a_message(call_id=str(number)) for number in range(50)]

    outcomes, endpoint = send_to(
        on_send(lambda request: refuse("InternalError", status=500)), *messages, concurrent=1
    )

    # Two messages alone are enough to say that it is no message's doing: after the tries 5, 2, 1
    # and 1 of 10.
    assert len(endpoint.requests) == TRIES + 4
    assert [type(outcome.error) for outcome in outcomes] == [SqsUnavailable] * 50


def test_one_message_that_keeps_failing_does_not_give_up_the_batch() -> None:
    def answer(request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if len(request["Entries"]) == 1:
            return 200, {"Failed": [failed(request["Entries"][0], "InternalError")]}
        return accept(request)

    large = a_message("x" * 1_000_000)
    small = [a_message("y" * 60_000, call_id=str(number)) for number in range(20)]

    outcomes, _ = send_to(on_send(answer), large, *small, concurrent=1)

    assert [outcome.message is large for outcome in outcomes if outcome.error] == [True]
