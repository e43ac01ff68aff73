"""Sending to an endpoint that fails in every way that SQS can."""

from __future__ import annotations

from typing import Any

import pytest

from oracle_cdc.aws.sqs.requests import TRIES
from oracle_cdc.conversations.wiring_parts import create_client
from oracle_cdc.errors import (
    CdcError,
    MessageRefused,
    SqsConfigurationError,
    SqsCredentialsError,
    SqsUnavailable,
    TransientError,
)
from standins.scriptedsqs import Answer, accept, accepted, failed, refuse, serve_endpoint
from tests.builders import a_message, queue_facts, sqs_settings
from tests.integration.sendings import TEXT, always, an_outbound, on_send, send_to


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
def test_an_entry_is_sorted_by_its_code_and_is_at_fault_only_if_others_pass(
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


@pytest.mark.parametrize("answer", [{}, {"Successful": None, "Failed": None}])
def test_an_entry_that_sqs_does_not_mention_is_sent_again(answer: dict[str, Any]) -> None:
    outcomes, endpoint = send_to(on_send(lambda request: (200, answer)), a_message())

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
