"""What comes into the results queue: conversations, envelopes, lists, pointers, empty and useless answers."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest

from oracle_cdc.conversations.inbound.answer_reports import STREAK_ANSWERS
from oracle_cdc.conversations.rules.pointers import POINTER_CLASS
from oracle_cdc.conversations.wiring import Application
from tests.builders import a_result_body
from tests.integration.test_capture import HELLO
from tests.unit.test_envelopes import compressed, notified
from tests.world import USER, World

CALLS = f"SELECT CALL_ID FROM {USER}.DICTA_CALL_SUMMARY ORDER BY CALL_ID"
SUMMARY = f"SELECT SUMMARY_TEXT FROM {USER}.DICTA_CALL_SUMMARY WHERE CALL_ID = :1"
SET_ASIDE = f"SELECT CALL_ID, ERROR_MESSAGE, ORIGINAL_MESSAGE, SQS_MESSAGE_ID FROM {USER}.SQS_PERMANENT_FAILURES"
RESULT_ATTRIBUTE = {"messageType": {"DataType": "String", "StringValue": "ML_PROCESSING_RESULT"}}
CONVERSATION = '{"type":"CONVERSATION_ASSEMBLY","callId":"1","source":"on-premises-cdc"}'
numbers = count(1)


def ready(world: World, **changes: Any) -> Application:
    """A service that knows both of its queues."""
    service = world.application(**changes)
    service.startup.ensure_database()
    service.startup.ensure_queue(service.settings.sqs.results_queue_url)
    service.startup.ensure_queue(service.settings.sqs.outbound_queue_url)
    return service


def drain(world: World, **changes: Any) -> Application:
    service = ready(world, **changes)
    service.results.drain_all()
    return service


def put(world: World, body: str, **attributes: str) -> None:
    told = {
        name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
    }
    world.sqs.send_message(QueueUrl=world.results_url, MessageBody=body, MessageAttributes=told)


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]


# Conversations


@pytest.mark.parametrize(
    ("body", "attributes"),
    [
        ("whatever", {"messageType": "CONVERSATION_ASSEMBLY"}),
        (CONVERSATION, {}),
        (CONVERSATION, {"messageType": "ML_PROCESSING_RESULT"}),
        ('{"callId":"1","source":"on-premises-cdc"}', {}),
        (notified(compressed(CONVERSATION)), {}),
        (
            json.dumps(
                [POINTER_CLASS, {"s3BucketName": "any", "s3Key": f"big/1-1-{'0' * 64}.json"}]
            ),
            {},
        ),
    ],
)
def test_a_conversation_in_the_results_queue_is_put_back_and_told_once(
    world: World, caplog: pytest.LogCaptureFixture, body: str, attributes: dict[str, str]
) -> None:
    put(world, body, **attributes)
    service = ready(world)

    for _ in range(3):
        assert service.results.drain(0) == 0

    assert world.waiting(world.results_url) == 1
    assert world.rows(SET_ASIDE) == []
    (told,) = errors(caplog)
    assert "the results queue brings conversations; they are put back" in told
    assert "conversations; they are put back" in service.readiness.work().reason


def test_a_conversation_that_went_away_is_no_reason_for_not_being_ready(world: World) -> None:
    service = ready(world)
    service.progress.complain("conversations", "there were some", seconds=-1)

    assert service.readiness.work().ok


def test_a_conversation_that_was_put_back_can_be_received_at_once_and_the_loop_pauses(
    world: World,
) -> None:
    put(world, CONVERSATION)
    service = ready(world, normal_poll_interval_seconds=0.3)
    before = service.progress.clock()

    service.results.drain(0)

    assert service.progress.clock() - before >= 0.3
    assert len(world.sqs.receive_message(QueueUrl=world.results_url).get("Messages", [])) == 1


def other_name(url: str) -> str:
    """The same queue under another host's name."""
    parts = urlsplit(url)
    host = "localhost" if parts.hostname == "127.0.0.1" else "127.0.0.1"
    return parts._replace(netloc=f"{host}:{parts.port}").geturl()


def test_one_queue_under_two_names_is_treated_as_a_shared_one(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.results_url = other_name(world.outbound_url)
    world.record("1", *HELLO)
    service = ready(world)
    world.cycle(service)
    world.answer("1", revision=1, summary="s")
    world.answer_raw("of somebody else")

    service.results.drain_all()

    assert world.states() == {"1": "SUMMARIZED"}
    assert world.waiting(world.outbound_url) == 2
    assert world.rows(SET_ASIDE) == []
    assert errors(caplog) == []
    assert any(
        "name one queue" in r.getMessage() and r.levelno == logging.WARNING for r in caplog.records
    )


def test_two_queues_are_not_one_for_having_the_same_account(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    assert not ready(world).startup.is_shared()
    assert not any("one queue" in record.getMessage() for record in caplog.records)


# Envelopes


def test_answers_in_envelopes_are_written(world: World) -> None:
    put(world, notified(a_result_body(callId="1")))
    put(world, compressed(a_result_body(callId="2")), contentEncoding="gzip+base64")
    put(world, compressed(a_result_body(callId="3")))
    put(world, '{"callId":4.0,"summary":"s"}', messageType="ML_PROCESSING_RESULT")

    drain(world)

    assert world.rows(CALLS) == [("1",), ("2",), ("3",), ("4",)]
    assert world.waiting(world.results_url) == 0


@pytest.mark.parametrize("spelling", ['"0001"', "1.0", '" 1 "', "1"])
def test_an_answer_finds_its_call_however_its_id_is_spelled(world: World, spelling: str) -> None:
    world.record("1", *HELLO)
    service = ready(world)
    world.cycle(service)
    put(world, f'{{"type":"ML_PROCESSING_RESULT","callId":{spelling},"summary":"s"}}')

    service.results.drain_all()

    assert world.states() == {"1": "SUMMARIZED"}


def test_the_good_answers_of_a_list_are_written_and_the_bad_one_is_set_aside_alone(
    world: World,
) -> None:
    bad = '{"type":"ML_PROCESSING_RESULT","callId":"","summary":"private"}'
    put(world, f"[{a_result_body(callId='1')},{bad},{a_result_body(callId='3')}]")

    drain(world)

    assert world.rows(CALLS) == [("1",), ("3",)]
    ((call_id, reason, body, message_id),) = world.rows(SET_ASIDE)
    assert (call_id, body, message_id[-2:]) == (None, bad, "#2")
    assert "callId has 0 bytes" in reason
    assert world.waiting(world.results_url) == 0


def test_of_two_answers_for_one_call_in_one_list_the_later_counts_also_when_it_comes_twice(
    world: World,
) -> None:
    elements = [a_result_body(callId="1", summary=text) for text in ("first", "second")]
    for _ in range(2):
        put(world, f"[{','.join(elements)}]")
        drain(world)
        assert world.rows(SUMMARY, "1") == [("second",)]


def test_a_list_is_deleted_only_when_all_of_it_is_committed(world: World) -> None:
    put(world, f"[{a_result_body(callId='1')},{a_result_body(callId='2')}]")
    service = ready(world, max_attempts=2)
    world.server.faults.set('error 1653 on execute 1 when "INTO DICTA_CALL_SUMMARY" times always')
    service.stop.set()
    service.persistence.grace_seconds = 0.0

    with pytest.raises(Exception, match="ORA-01653"):
        service.results.drain(0)

    assert world.waiting(world.results_url) == 1
    assert world.rows(CALLS) == world.rows(SET_ASIDE) == []


# Pointers


@pytest.fixture
def bucket(world: World) -> Iterator[str]:
    name = f"answers-{next(numbers)}"
    s3_of(world).create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    yield name


def s3_of(world: World) -> Any:
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    return boto3.client("s3", endpoint_url=world.endpoint, region_name="eu-west-1", **keys)


def point_to(world: World, bucket: str, key: str = "answers/1") -> None:
    body = json.dumps([POINTER_CLASS, {"s3BucketName": bucket, "s3Key": key}])
    put(world, body, messageType="ML_PROCESSING_RESULT", ExtendedPayloadSize="1")


def test_an_answer_in_our_bucket_is_read_and_written(world: World, bucket: str) -> None:
    s3_of(world).put_object(Bucket=bucket, Key="answers/1", Body=a_result_body(callId="1").encode())
    point_to(world, bucket)

    drain(world, bucket=bucket)

    assert world.rows(CALLS) == [("1",)]
    assert world.waiting(world.results_url) == 0


def test_an_object_that_is_not_there_is_set_aside(world: World, bucket: str) -> None:
    point_to(world, bucket, "nowhere")

    drain(world, bucket=bucket)

    ((_, reason, _, _),) = world.rows(SET_ASIDE)
    assert "NoSuchKey" in reason


def test_another_bucket_is_never_read(world: World, bucket: str) -> None:
    s3_of(world).put_object(Bucket=bucket, Key="answers/1", Body=a_result_body(callId="1").encode())
    point_to(world, bucket)

    drain(world, bucket="ours")

    assert world.rows(CALLS) == []
    ((_, reason, _, _),) = world.rows(SET_ASIDE)
    assert "S3_OVERFLOW_BUCKET" in reason


def test_an_answer_waits_while_its_bucket_can_not_be_read_and_the_others_are_written(
    world: World, bucket: str, caplog: pytest.LogCaptureFixture
) -> None:
    later = bucket + "-later"
    point_to(world, later)
    world.answer("2", summary="s")
    service = ready(world, bucket=later, results_visibility_seconds=1, max_attempts=1)

    service.results.drain(0)

    assert world.rows(CALLS) == [("2",)]
    assert world.rows(SET_ASIDE) == []
    assert world.waiting(world.results_url) == 1
    (told,) = errors(caplog)
    assert "this bucket is not there" in told
    assert "this bucket is not there" in service.readiness.work().reason
    # When
    s3 = s3_of(world)
    s3.create_bucket(Bucket=later, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket=later, Key="answers/1", Body=a_result_body(callId="1").encode())
    service.results.drain(wait_seconds=3)
    # Then
    assert world.rows(CALLS) == [("1",), ("2",)]


def test_what_is_too_much_for_one_batch_is_left_for_the_next(world: World) -> None:
    for number in range(4):
        world.answer(str(number), summary="x" * 2000)
    service = ready(world)
    service.results.intake.batch_bytes = 3000

    assert service.results.drain(0) == 2
    assert service.results.drain(0) == 2
    assert len(world.rows(CALLS)) == 4


# Useless answers


def test_each_answer_that_is_set_aside_is_an_error_with_its_id_its_call_and_the_command(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.answer("", summary="private")
    world.answer("2", summary="fine")

    drain(world)

    (told,) = errors(caplog)
    ((_, _, _, message_id),) = world.rows(SET_ASIDE)
    assert message_id in told
    assert "callId has 0 bytes" in told
    assert "cdc_service.py failures list" in told
    assert "private" not in caplog.text


def test_an_answer_that_oracle_refuses_is_told_with_its_call(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.change(
        f"ALTER TABLE {USER}.DICTA_CALL_SUMMARY ADD CONSTRAINT NO_7 CHECK (CALL_ID <> '7')"
    )
    world.answer("7", summary="s")
    world.answer("8", summary="s")

    drain(world)

    assert any("of call 7 set aside" in told and "ORA-02290" in told for told in errors(caplog))


def test_many_answers_set_aside_fill_no_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(40):
        world.answer_raw("useless")

    drain(world)

    assert len(world.rows(SET_ASIDE)) == 40
    assert (
        len([told for told in errors(caplog) if "failures list`" in told and "set aside:" in told])
        <= 12
    )


def test_a_queue_of_which_every_answer_is_set_aside_is_told_once_until_one_passes(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    service = ready(world, results_batch_size=10)
    for _ in range(2 * STREAK_ANSWERS + 10):
        world.answer_raw("useless")
    service.results.drain_all()

    (told,) = [text for text in errors(caplog) if "were all set aside" in text]
    assert "not a result: neither its messageType nor its type" in told
    assert "were all set aside" in service.readiness.work().reason
    # When
    world.answer("1", summary="s")
    service.results.drain_all()
    # Then
    assert service.readiness.work().ok


def test_some_answers_set_aside_among_good_ones_are_not_the_rule(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    service = ready(world, results_batch_size=10)
    for number in range(2 * STREAK_ANSWERS):
        world.answer_raw("useless") if number % 3 else world.answer(str(number), summary="s")
    service.results.drain_all()

    assert not any("were all set aside" in text for text in errors(caplog))


def test_an_empty_answer_is_written_counted_and_warned_of(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.record("1", *HELLO)
    service = ready(world)
    world.cycle(service)
    world.answer("1", modelVersion="v1", summary="  ")
    world.answer("2", sentiment="sad")

    service.results.drain_all()

    assert world.states() == {"1": "SUMMARIZED"}
    assert world.rows(f"SELECT CALL_ID FROM {USER}.DICTA_CALL_SUMMARY WHERE IS_EMPTY = 1") == [
        ("1",)
    ]
    assert service.progress.counts["empty"] == 1
    (warning,) = [r for r in caplog.records if "is empty" in r.getMessage()]
    assert (warning.levelno, warning.getMessage()) == (
        logging.WARNING,
        "the result of call 1 is empty",
    )


def test_a_later_answer_with_content_ends_the_emptiness(world: World) -> None:
    world.answer("1", revision=1)
    drain(world)
    world.answer("1", revision=1, summary="now")
    drain(world)

    assert world.rows(f"SELECT IS_EMPTY FROM {USER}.DICTA_CALL_SUMMARY") == [(None,)]


def test_a_service_that_sends_only_empty_answers_is_told_once(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    service = ready(world, results_batch_size=10)
    for number in range(2 * STREAK_ANSWERS):
        world.answer(str(number))
    service.results.drain_all()

    assert sum("were all empty" in text for text in errors(caplog)) == 1
    assert "were all empty" in service.readiness.work().reason
