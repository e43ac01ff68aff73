"""Answers that are written: in envelopes, in lists and in a bucket."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

import boto3
import pytest

from oracle_cdc.conversations.rules.pointers import POINTER_CLASS
from tests.builders import a_result_body
from tests.integration.answers import SET_ASIDE, drain, errors, put, ready
from tests.integration.samples import HELLO
from tests.unit.envelopes import compressed, notified
from tests.world import USER, World

CALLS = f"SELECT CALL_ID FROM {USER}.DICTA_CALL_SUMMARY ORDER BY CALL_ID"
SUMMARY = f"SELECT SUMMARY_TEXT FROM {USER}.DICTA_CALL_SUMMARY WHERE CALL_ID = :1"


numbers = count(1)


@pytest.fixture(scope="module")
def queue_server(sqs_server: str) -> str:
    """Return moto's address: it has more of AWS than queues."""
    return sqs_server


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


def test_half_a_character_in_a_bad_answer_of_a_list_keeps_it_from_no_row(world: World) -> None:
    good = a_result_body(callId="1")
    bad = '{"type":"ML_PROCESSING_RESULT","callId":"","summary":"half \ud83d"}'
    # In the envelope's text it stands as it is, as an escape in neither.
    put(world, json.dumps({"Type": "Notification", "Message": f"[{good},{bad}]"}))

    drain(world)

    ((_, _, body, _),) = world.rows(SET_ASIDE)
    assert json.loads(body) == json.loads(bad)
    assert world.rows(CALLS) == [("1",)]
    assert world.waiting(world.results_url) == 0


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
    (reported,) = errors(caplog)
    assert "this bucket is not there" in reported
    assert "this bucket is not there" in service.readiness.work().reason
    # When
    s3 = s3_of(world)
    s3.create_bucket(Bucket=later, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket=later, Key="answers/1", Body=a_result_body(callId="1").encode())
    service.results.drain(wait_seconds=3)
    # Then
    assert world.rows(CALLS) == [("1",), ("2",)]


def test_what_is_too_much_for_one_transaction_is_written_in_the_next(world: World) -> None:
    for number in range(4):
        world.answer(str(number), summary="x" * 2000)
    service = ready(world)
    service.results.intake.batch_bytes = 3000

    assert service.results.drain(0) == 4

    assert len(world.rows(CALLS)) == 4
    assert len(world.rows(f"SELECT DISTINCT BATCH_ID FROM {USER}.CDC_PROCESSING_LOG")) == 2
