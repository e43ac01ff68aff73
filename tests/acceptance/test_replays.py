"""Failed calls and results are replayed: read again, sent or written, and gone from the table."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from oracle_cdc.conversations.rules.pointers import POINTER_CLASS
from standins.scriptedsqs import describe, refuse, serve_endpoint
from tests.acceptance.failures import NOISE, attempts, fail_a_call, fail_a_result, failure_ids, run
from tests.acceptance.process import log_text, running, wait_for
from tests.builders import a_result_body
from tests.unit.envelopes import compressed, notified
from tests.world import SOURCE, USER, World


def test_a_replayed_call_is_read_again_and_sent_and_its_row_goes(
    world: World, tmp_path: Path
) -> None:
    failure_id = fail_a_call(world)

    code, out, _ = run(world, tmp_path, "replay", failure_id, "--yes")

    assert (code, world.states(), failure_ids(world)) == (0, {"1": "SENT"}, [])
    assert re.search(rf"✅ {failure_id} call 1: sent: revision 1, message \S+", out)
    (body,) = world.received()
    assert (body["callId"], body["revision"], body["messages"][0]["text"]) == ("1", 1, NOISE)


def test_a_replay_that_fails_keeps_the_row_with_its_count_raised(
    world: World, tmp_path: Path
) -> None:
    failure_id = fail_a_call(world)
    world.sqs.set_queue_attributes(
        QueueUrl=world.outbound_url, Attributes={"MaximumMessageSize": "2048"}
    )

    code, out, _ = run(world, tmp_path, "replay", "--all", "--yes")

    assert (code, world.states(), failure_ids(world), attempts(world)) == (
        1,
        {"1": "FAILED"},
        [failure_id],
        2,
    )
    assert "the queue takes 2048" in out


@pytest.mark.parametrize("broken", [("2",), ("1",), ("1", "2"), ("1", "2", "3")])
def test_a_call_whose_rows_cannot_be_read_is_named_and_the_others_are_replayed(
    world: World, tmp_path: Path, broken: tuple[str, ...]
) -> None:
    ids = {call_id: fail_a_call(world, call_id) for call_id in ("1", "2", "3")}
    for call_id in broken:
        spoiled = "BAN = UTL_RAW.CAST_TO_VARCHAR2(HEXTORAW('C328'))"
        world.change(f"UPDATE {SOURCE} SET {spoiled} WHERE CALL_ID = {call_id}")

    code, out, err = run(world, tmp_path, "replay", "--all", "--yes")

    assert "Traceback" not in out + err
    assert code in (1, 3)
    for call_id, failure_id in ids.items():
        sign = "❌" if call_id in broken else "✅"
        assert f"{sign} {failure_id} call {call_id}: " in out


def test_a_replay_to_a_queue_that_is_not_there_changes_nothing(
    world: World, tmp_path: Path
) -> None:
    fail_a_call(world)

    code, _, err = run(
        world,
        tmp_path,
        "replay",
        "--all",
        "--yes",
        SQS_OUTBOUND_QUEUE_URL=world.outbound_url + "-none",
    )

    assert (code, world.states(), attempts(world)) == (4, {"1": "FAILED"}, 1)
    assert "NonExistentQueue" in err or "QueueDoesNotExist" in err


def test_a_replay_that_sqs_throttles_leaves_the_call_to_the_service(
    world: World, tmp_path: Path
) -> None:
    failure_id = fail_a_call(world)
    answers = {"GetQueueAttributes": describe(), "SendMessageBatch": refuse("KmsThrottled")}
    with serve_endpoint(lambda action, request: answers[action]) as endpoint:
        url = {"AWS_ENDPOINT_URL": endpoint.url, "SQS_OUTBOUND_QUEUE_URL": endpoint.queue_url}
        code, out, _ = run(world, tmp_path, "replay", failure_id, "--yes", **url)

    assert (code, world.states(), failure_ids(world), attempts(world)) == (
        1,
        {"1": "OPEN"},
        [failure_id],
        2,
    )
    assert "not sent now: the running service tries it again by itself" in out

    world.change(f"UPDATE {USER}.CDC_PROCESSED_CALLS SET DUE_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP)")
    world.cycle(world.application())
    assert (world.states(), failure_ids(world)) == ({"1": "SENT"}, [])


def test_a_replay_beside_the_running_service_sends_the_call_once(
    world: World, tmp_path: Path
) -> None:
    failure_id = fail_a_call(world)
    environment = world.environment(str(tmp_path / "service"))
    with running(environment):
        wait_for("the start", lambda: "SQS connection successful" in log_text(tmp_path / "service"))
        code, _, _ = run(world, tmp_path, "replay", failure_id, "--yes")
        world.record("2", ("A", "hello"), ("C", "yes"))
        wait_for("the next call", lambda: world.states() == {"1": "SENT", "2": "SENT"})

    assert (code, failure_ids(world)) == (0, [])
    assert sorted(body["callId"] for body in world.received()) == ["1", "2"]


def test_a_call_that_the_source_lost_is_not_replayable_and_says_so(
    world: World, tmp_path: Path
) -> None:
    fail_a_call(world)
    world.change(f"DELETE FROM {SOURCE}")

    code, out, _ = run(world, tmp_path, "replay", "--call", "1", "--yes")

    assert (code, len(failure_ids(world))) == (1, 1)
    assert "the source has no rows of this call any more" in out


def test_a_call_in_another_copys_hands_is_left_alone(world: World, tmp_path: Path) -> None:
    fail_a_call(world)
    world.change(f"UPDATE {USER}.CDC_PROCESSED_CALLS SET STATE = 'LEASED', LEASE_TOKEN = 'other'")

    code, out, _ = run(world, tmp_path, "replay", "--all", "--yes")

    assert (code, world.received()) == (1, [])
    assert "a copy of the service holds this call now" in out


def test_a_call_still_talking_is_left_to_the_service(world: World, tmp_path: Path) -> None:
    fail_a_call(world)
    world.record("1", ("C", "I am still here"), ago_seconds=0)

    code, out, _ = run(world, tmp_path, "replay", "--all", "--yes", CDC_SETTLE_SECONDS="3600")

    assert (code, world.states(), attempts(world)) == (1, {"1": "OPEN"}, 1)
    assert "still talking" in out


def test_a_call_that_the_service_sends_after_all_is_no_failure_any_more(world: World) -> None:
    fail_a_call(world)
    world.record("1", ("C", "one more thing"), ago_seconds=30)

    world.cycle(world.application())

    assert (world.states(), failure_ids(world)) == ({"1": "SENT"}, [])


def test_a_replayed_result_goes_the_way_of_every_result(world: World, tmp_path: Path) -> None:
    fail_a_result(
        world,
        '{"type":"ML_PROCESSING_RESULT","callId":"7","summary":"private","revision":1}' + " }",
    )
    body = '{"type":"ML_PROCESSING_RESULT","callId":"7","summary":"repaired","revision":1}'
    world.change(f"UPDATE {USER}.SQS_PERMANENT_FAILURES SET ORIGINAL_MESSAGE = :1", body)

    code, out, _ = run(world, tmp_path, "replay", "--all", "--yes")

    assert (code, failure_ids(world)) == (0, [])
    assert "written: the answer of call 7" in out
    assert world.rows(f"SELECT CALL_ID, SUMMARY_TEXT FROM {USER}.DICTA_CALL_SUMMARY") == [
        ("7", "repaired")
    ]


def test_a_replayed_result_never_replaces_a_newer_answer(world: World, tmp_path: Path) -> None:
    fail_a_result(world)
    body = '{"type":"ML_PROCESSING_RESULT","callId":"7","summary":"old","revision":1}'
    world.change(f"UPDATE {USER}.SQS_PERMANENT_FAILURES SET ORIGINAL_MESSAGE = :1", body)
    world.change(
        f"INSERT INTO {USER}.DICTA_CALL_SUMMARY (CALL_ID, SUMMARY_TEXT, REVISION) "
        "VALUES ('7', 'new', 2)"
    )

    code, _, _ = run(world, tmp_path, "replay", "--all", "--yes")

    assert (code, failure_ids(world)) == (0, [])
    assert world.rows(f"SELECT SUMMARY_TEXT FROM {USER}.DICTA_CALL_SUMMARY") == [("new",)]


def test_a_result_that_fails_again_keeps_its_row(world: World, tmp_path: Path) -> None:
    fail_a_result(world)

    code, out, _ = run(world, tmp_path, "replay", "--all", "--yes")

    assert (code, attempts(world)) == (1, 2)
    assert "failed again: callId has 0 bytes" in out
    assert "private" not in out


def test_a_result_whose_attribute_alone_said_so_is_a_result_in_its_replay_too(
    world: World, tmp_path: Path
) -> None:
    attribute = {"messageType": {"DataType": "String", "StringValue": "ML_PROCESSING_RESULT"}}
    world.sqs.send_message(QueueUrl=world.results_url, MessageBody="{", MessageAttributes=attribute)
    service = world.application()
    service.startup.ensure_database()
    service.results.drain_all()
    world.change(
        f"UPDATE {USER}.SQS_PERMANENT_FAILURES "
        """SET ORIGINAL_MESSAGE = '{"callId":"7","summary":"s"}'"""
    )

    code, _, _ = run(world, tmp_path, "replay", "--all", "--yes")

    assert (code, world.rows(f"SELECT CALL_ID FROM {USER}.DICTA_CALL_SUMMARY")) == (0, [("7",)])


def test_a_result_whose_body_was_not_kept_is_not_replayable_and_says_so(
    world: World, tmp_path: Path
) -> None:
    fail_a_result(world)
    world.change(f"UPDATE {USER}.SQS_PERMANENT_FAILURES SET ORIGINAL_MESSAGE = NULL")

    code, out, _ = run(world, tmp_path, "replay", "--all", "--yes")

    assert (code, attempts(world)) == (1, 1)
    assert "its body was not kept" in out


def test_a_replay_reads_envelopes_and_writes_the_good_ones_of_a_list(
    world: World, tmp_path: Path
) -> None:
    fail_a_result(world)
    body = f"[{a_result_body(callId='1')},{a_result_body(callId='')}]"
    world.change(
        f"UPDATE {USER}.SQS_PERMANENT_FAILURES SET ORIGINAL_MESSAGE = :1",
        notified(compressed(body)),
    )

    code, out, _ = run(world, tmp_path, "replay", "--all", "--yes")

    assert (code, attempts(world)) == (1, 2)
    assert "callId has 0 bytes" in out
    assert world.rows(f"SELECT CALL_ID FROM {USER}.DICTA_CALL_SUMMARY") == [("1",)]


def test_a_replayed_conversation_stays_and_is_reported_as_what_it_is(
    world: World, tmp_path: Path
) -> None:
    fail_a_result(world)
    body = '{"type":"CONVERSATION_ASSEMBLY","callId":"1"}'
    world.change(f"UPDATE {USER}.SQS_PERMANENT_FAILURES SET ORIGINAL_MESSAGE = :1", body)

    code, out, _ = run(world, tmp_path, "replay", "--all", "--yes")

    assert (code, len(failure_ids(world))) == (1, 1)
    assert "a conversation of ours" in out


def test_a_replay_of_an_answer_in_a_bucket_that_is_not_there_counts_no_attempt(
    aws_world: World, tmp_path: Path
) -> None:
    fail_a_result(aws_world)
    body = json.dumps([POINTER_CLASS, {"s3BucketName": "not-there", "s3Key": "k"}])
    aws_world.change(f"UPDATE {USER}.SQS_PERMANENT_FAILURES SET ORIGINAL_MESSAGE = :1", body)

    code, out, _ = run(
        aws_world, tmp_path, "replay", "--all", "--yes", S3_OVERFLOW_BUCKET="not-there"
    )

    assert (code, attempts(aws_world)) == (1, 1)
    assert "NoSuchBucket" in out
