"""Messages that are sent through Outbound to moto or to an endpoint."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from oracle_cdc.aws.sqs.client import SqsClient
from oracle_cdc.aws.sqs.outbound import Outbound
from oracle_cdc.aws.sqs.requests import RetryTimes
from oracle_cdc.conversations.wiring_parts import create_client
from oracle_cdc.model import OutboundMessage, QueueFacts, SendOutcome
from standins.scriptedsqs import Answer, Endpoint, serve_endpoint
from tests.builders import queue_facts, sqs_settings

QUICK = RetryTimes(initial_seconds=0.001, max_seconds=0.002)
TEXT = '{"text":"שלום 😀 \\u0007"}'


def always() -> bool:
    return True


def an_outbound(
    client: SqsClient,
    facts: QueueFacts,
    *,
    stop: threading.Event | None = None,
    concurrent: int = 4,
) -> Outbound:
    return Outbound(
        client, facts, max_concurrent_calls=concurrent, retry=QUICK, stop=stop or threading.Event()
    )


def send_to(
    answer: Answer, *messages: OutboundMessage, **options: Any
) -> tuple[list[SendOutcome], Endpoint]:
    with serve_endpoint(answer) as endpoint:
        client = create_client(sqs_settings(endpoint.url))
        sender = an_outbound(client, queue_facts(url=endpoint.queue_url), **options)
        outcomes = in_order(messages, sender.send(messages, may_send=always))
        client.close()
        return outcomes, endpoint


def in_order(
    messages: Sequence[OutboundMessage], outcomes: Iterable[SendOutcome]
) -> list[SendOutcome]:
    place = {id(message): number for number, message in enumerate(messages)}
    return sorted(outcomes, key=lambda outcome: place[id(outcome.message)])


def on_send(answer: Callable[[dict[str, Any]], tuple[int, dict[str, Any]]]) -> Answer:
    return lambda action, request: answer(request)
