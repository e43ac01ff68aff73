"""Sending, to moto and to an endpoint that fails in every way that SQS can."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from oracle_cdc.aws.sqs.client import SqsClient, read_queue
from oracle_cdc.aws.sqs.outbound import Outbound
from oracle_cdc.aws.sqs.requests import TRIES, RetryTimes
from oracle_cdc.conversations.parts import create_client
from oracle_cdc.errors import (
    CdcError,
    MessageRefused,
    NotSent,
    SqsConfigurationError,
    SqsCredentialsError,
    SqsUnanswered,
    SqsUnavailable,
    TransientError,
)
from oracle_cdc.model import OutboundMessage, QueueFacts, SendOutcome
from standins.endpoint import Answer, Endpoint, accept, accepted, failed, refuse, serve_endpoint
from tests.builders import a_message, queue_facts, sqs_settings

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


@pytest.fixture
def client(sqs_server: str) -> Iterator[SqsClient]:
    client = create_client(sqs_settings(sqs_server))
    yield client
    client.close()


def create_queue(client: SqsClient, name: str = "", **attributes: str) -> QueueFacts:
    with client.calling("CreateQueue", "") as sqs:
        url = sqs.create_queue(QueueName=f"{uuid4().hex}{name}", Attributes=attributes)["QueueUrl"]  # type: ignore[arg-type]
    return read_queue(client, url)


def receive_all(client: SqsClient, facts: QueueFacts) -> list[Any]:
    received: list[Any] = []
    with client.calling("ReceiveMessage", facts.url) as sqs:
        while found := sqs.receive_message(
            QueueUrl=facts.url,
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
            AttributeNames=["All"],
        ).get("Messages", []):
            received += found
    return received


def test_messages_arrive_as_they_were_made(client: SqsClient) -> None:
    facts = create_queue(client)
    message = a_message(TEXT, facts=facts)

    (outcome,) = an_outbound(client, facts).send([message], may_send=always)
    (arrived,) = receive_all(client, facts)

    assert (arrived["Body"], arrived["MessageId"]) == (TEXT, outcome.message_id)
    assert {
        name: value["StringValue"] for name, value in arrived["MessageAttributes"].items()
    } == message.attributes
    assert {value["DataType"] for value in arrived["MessageAttributes"].values()} == {"String"}


def test_each_message_has_one_outcome(client: SqsClient) -> None:
    facts = create_queue(client)
    messages = [
        a_message("x" * (number * 37 % 500), call_id=str(number), facts=facts)
        for number in range(35)
    ]

    outcomes = in_order(messages, an_outbound(client, facts).send(messages, may_send=always))

    assert [outcome.message for outcome in outcomes] == messages
    assert all(outcome.message_id and not outcome.error for outcome in outcomes)
    assert len({outcome.message_id for outcome in outcomes}) == 35


def test_a_fifo_queue_gets_group_and_deduplication_id(client: SqsClient) -> None:
    facts = create_queue(client, ".fifo", FifoQueue="true")
    messages = [
        a_message(f"{revision}", call_id="7", revision=revision, facts=facts) for revision in (1, 2)
    ]

    list(an_outbound(client, facts).send([*messages, messages[0]], may_send=always))
    arrived = receive_all(client, facts)

    assert [found["Body"] for found in arrived] == ["1", "2"]
    assert {found["Attributes"]["MessageGroupId"] for found in arrived} == {"7"}


def test_later_messages_of_a_fifo_group_wait_for_the_earlier_ones_to_be_answered() -> None:
    # Given a group whose first message fails once, among requests that run at the same time
    texts: list[str] = []

    def answer(request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        texts.extend(entry["MessageBody"] for entry in request["Entries"])
        return refuse("InternalError", status=500) if len(texts) == 1 else accept(request)

    facts = queue_facts(url="http://127.0.0.1/0/outbound.fifo")
    messages = [a_message(str(revision), revision=revision, facts=facts) for revision in (1, 2, 3)]

    send_to(on_send(answer), *messages)

    assert texts == ["1", "1", "2", "3"]


def test_only_the_entries_that_failed_are_sent_again() -> None:
    def answer(request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        entries = request["Entries"]
        if len(entries) == 1:
            return accept(request)
        return 200, {
            "Successful": [accepted(entries[0])],
            "Failed": [failed(entries[1], "InternalError")],
        }

    outcomes, endpoint = send_to(on_send(answer), a_message("one"), a_message("two"))

    assert endpoint.entry_texts == [["one", "two"], ["two"]]
    assert [outcome.message_id for outcome in outcomes] == ["id-0", "id-0"]


def test_what_is_sent_again_has_everything_it_had() -> None:
    calls: list[dict[str, Any]] = []

    def answer(request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        calls.append(request["Entries"][0])
        return accept(request) if len(calls) > 1 else refuse("RequestThrottled")

    message = a_message(TEXT, facts=queue_facts(url="http://127.0.0.1/0/outbound.fifo"))

    send_to(on_send(answer), message)

    assert calls[0] == calls[1]
    assert calls[1]["MessageDeduplicationId"] == message.deduplication_id


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("InvalidMessageContents", MessageRefused),
        ("InternalError", SqsUnavailable),
        ("RequestThrottled", SqsUnavailable),
        ("KMS.AccessDeniedException", SqsUnavailable),
        ("KMS.DisabledException", SqsUnavailable),
        ("AccessDenied", SqsConfigurationError),
        ("AWS.SimpleQueueService.NonExistentQueue", SqsConfigurationError),
        ("ExpiredToken", SqsCredentialsError),
        ("NeverHeardOf", SqsUnavailable),
    ],
)
@pytest.mark.parametrize("sender_fault", [True, False])
def test_an_entry_is_sorted_by_its_code_whoever_is_called_at_fault_and_is_at_fault_only_if_others_pass(
    code: str, kind: type[CdcError], sender_fault: bool
) -> None:
    def answer(request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return 200, {
            "Failed": [
                failed(entry, code, sender_fault=sender_fault) for entry in request["Entries"]
            ]
        }

    ((outcome,), endpoint) = send_to(on_send(answer), a_message())

    assert (type(outcome.error), outcome.is_own) == (kind, False)
    assert len(endpoint.requests) == (TRIES if kind is SqsUnavailable else 1)
    assert "vendor" not in str(outcome.error)


@pytest.mark.parametrize(
    ("status", "code", "kind", "words"),
    [
        (403, "AccessDeniedException", SqsConfigurationError, "allow sqs:SendMessage"),
        (400, "QueueDoesNotExist", SqsConfigurationError, "this queue is not there"),
        (403, "InvalidClientTokenId", SqsCredentialsError, "keys are wrong"),
        (403, "SignatureDoesNotMatch", SqsCredentialsError, "clock"),
        (400, "RequestThrottled", SqsUnavailable, "RequestThrottled"),
        (400, "KmsAccessDenied", SqsUnavailable, "Kms"),
        (503, "ServiceUnavailable", SqsUnavailable, "503"),
        (500, "NeverHeardOf", SqsUnavailable, "500"),
        (429, "NeverHeardOf", SqsUnavailable, "429"),
        (400, "NeverHeardOf", SqsConfigurationError, "NeverHeardOf"),
    ],
)
def test_a_failed_request_fails_its_messages_without_counting_as_their_attempt(
    status: int, code: str, kind: type[CdcError], words: str
) -> None:
    outcomes, _ = send_to(
        on_send(lambda request: refuse(code, status=status)), a_message("one"), a_message("two")
    )

    assert [(type(outcome.error), outcome.is_own) for outcome in outcomes] == [(kind, False)] * 2
    assert words in str(outcomes[0].error)


@pytest.mark.parametrize("status", [200, 502])
@pytest.mark.parametrize("body", [b"<html>a proxy's own page</html>", b""])
def test_an_answer_that_is_not_from_sqs_is_a_passing_failure(status: int, body: bytes) -> None:
    ((outcome,), _) = send_to(lambda action, request: (status, body), a_message())

    assert (type(outcome.error), outcome.is_own) == (SqsUnavailable, False)


def test_an_entry_that_sqs_does_not_mention_is_sent_again() -> None:
    outcomes, endpoint = send_to(on_send(lambda request: (200, {})), a_message())

    assert (type(outcomes[0].error), outcomes[0].is_own) == (SqsUnavailable, False)
    assert len(endpoint.requests) == TRIES


def test_one_message_that_makes_a_whole_request_fail_does_not_stop_the_others() -> None:
    def answer(request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        bodies = [entry["MessageBody"] for entry in request["Entries"]]
        return refuse("InvalidMessageContents") if "bad" in bodies else accept(request)

    texts = ["a", "b", "bad", "c", "d", "e", "f"]
    outcomes, _ = send_to(on_send(answer), *[a_message(text, call_id=text) for text in texts])

    assert [outcome.message.body for outcome in outcomes if outcome.error] == ["bad"]
    assert (type(outcomes[2].error), outcomes[2].is_own) == (MessageRefused, True)


def test_a_request_that_is_too_long_for_an_endpoint_is_sent_in_halves() -> None:
    def answer(request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return refuse("BatchRequestTooLong") if len(request["Entries"]) > 3 else accept(request)

    outcomes, _ = send_to(on_send(answer), *[a_message(str(number)) for number in range(10)])

    assert all(outcome.message_id for outcome in outcomes)


def queue_that_takes(limit_bytes: int) -> Answer:
    def answer(action: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if action == "GetQueueAttributes":
            return 200, {"Attributes": {"MaximumMessageSize": str(limit_bytes)}}
        return 200, {
            "Failed": [failed(entry, "InvalidParameterValue") for entry in request["Entries"]]
        }

    return answer


def test_a_complaint_about_size_has_the_limit_read_again_so_that_the_message_is_made_to_fit() -> (
    None
):
    with serve_endpoint(queue_that_takes(1024)) as endpoint:
        client = create_client(sqs_settings(endpoint.url))
        outbound = an_outbound(client, queue_facts(url=endpoint.queue_url))

        (outcome,) = outbound.send([a_message("x" * 5000)], may_send=always)
        again = a_message("x" * 5000, facts=outbound.facts)
        client.close()

    assert isinstance(outcome.error, TransientError)
    assert outbound.facts.max_message_bytes == 1024
    assert again.size_bytes <= 1024


def test_a_complaint_about_size_that_the_limit_does_not_explain_is_final() -> None:
    ((outcome,), _) = send_to(queue_that_takes(1_048_576), a_message("x" * 5000))

    assert isinstance(outcome.error, MessageRefused)
    assert "call 1001 revision 1" in str(outcome.error)


def test_a_complaint_about_size_while_the_limit_can_not_be_read_is_a_passing_failure() -> None:
    def answer(action: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if action == "GetQueueAttributes":
            return refuse("InternalError", status=500)
        return 200, {
            "Failed": [failed(entry, "InvalidParameterValue") for entry in request["Entries"]]
        }

    ((outcome,), _) = send_to(answer, a_message())

    assert (type(outcome.error), outcome.is_own) == (TransientError, False)


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


def test_an_sqs_that_is_not_there_is_an_outcome_and_no_exception() -> None:
    with serve_endpoint(on_send(accept)) as endpoint:
        gone = endpoint.url
    client = create_client(sqs_settings(gone))

    outcomes = list(
        an_outbound(client, queue_facts(url=f"{gone}/0/q")).send(
            [a_message()] * 12, may_send=always
        )
    )

    assert [(type(outcome.error), outcome.is_own) for outcome in outcomes] == [
        (SqsUnanswered, False)
    ] * 12


def test_a_failure_of_the_caller_is_one_outcome_for_each_message_too(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken() -> bool:
        raise RuntimeError

    with serve_endpoint(on_send(accept)) as endpoint:
        client = create_client(sqs_settings(endpoint.url))
        outcomes = list(
            an_outbound(client, queue_facts(url=endpoint.queue_url)).send(
                [a_message()] * 3, may_send=broken
            )
        )

    assert [type(outcome.error) for outcome in outcomes] == [CdcError] * 3


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

    # Two messages alone are enough to say that it is no message's doing: after the tries 5, 2, 1 and 1 of 10.
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


def test_nothing_to_send_asks_nothing() -> None:
    outcomes, endpoint = send_to(on_send(accept))

    assert (outcomes, endpoint.requests) == ([], [])


def test_refused_credentials_are_read_anew_for_the_next_request() -> None:
    with serve_endpoint(on_send(lambda request: refuse("ExpiredToken", status=403))) as endpoint:
        client = create_client(sqs_settings(endpoint.url))
        with client.calling("SendMessage", "") as before:
            list(
                an_outbound(client, queue_facts(url=endpoint.queue_url)).send(
                    [a_message()], may_send=always
                )
            )
        with client.calling("SendMessage", "") as after:
            assert after is not before
        client.close()


def test_no_text_of_a_message_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", logger="oracle_cdc")

    def answer(request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        entries = request["Entries"]
        return 200, {"Failed": [failed(entries[0], "InvalidMessageContents")]}

    send_to(
        on_send(answer),
        replace(a_message(json.dumps("my secret words"))),
        a_message("other secret"),
    )

    assert "InvalidMessageContents" in caplog.text
    assert "secret" not in caplog.text


def test_one_performance_line_tells_of_each_batch(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="oracle_cdc.performance")

    send_to(on_send(accept), *[a_message("x")] * 12)

    (record,) = [record for record in caplog.records if record.name == "oracle_cdc.performance"]
    assert record.getMessage().startswith(
        f"sqs send: messages=12 sent=12 requests=2 bytes={12 * a_message('x').size_bytes}"
    )
