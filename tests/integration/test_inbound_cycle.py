"""The inbound leg on the stand-in: what is written, what is set aside, and what leaves the queue
when."""

from __future__ import annotations

from decimal import Decimal

import pytest

from oracle_cdc.errors import OracleUnavailable
from tests.integration.samples import HELLO, unsettle
from tests.world import USER, World

SUMMARY = f"SELECT SUMMARY_TEXT, REVISION FROM {USER}.DICTA_CALL_SUMMARY WHERE CALL_ID = :1"


def drain(world: World, **changes: object) -> None:
    service = world.application(**changes)
    service.startup.ensure_database()
    service.results.drain_all()


def test_a_result_becomes_a_row_and_leaves_its_queue(world: World) -> None:
    world.record("1", *HELLO)
    world.cycle(world.application())
    world.answer(
        "1",
        revision=1,
        summary="הלקוח כועס",
        sentiment={"overall": "negative", "score": -0.8},
        classification={"primary": "billing", "all": ["billing", "complaint"], "confidence": 0.876},
        processingTime=1250,
        modelVersion="dicta-2.1",
    )

    drain(world)

    assert world.rows(
        "SELECT CUSTOMER_ID, SUBSCRIBER_NO, SUMMARY_TEXT, SENTIMENT, CLASSIFICATION_PRIMARY, "
        "CLASSIFICATION_ALL, "
        "CONFIDENCE_SCORE, ML_PROCESSING_TIME_MS, ML_MODEL_VERSION, REVISION "
        f"FROM {USER}.DICTA_CALL_SUMMARY"
    ) == [
        (
            "B-1",
            "050-7654321",
            "הלקוח כועס",
            "negative",
            "billing",
            '["billing", "complaint"]',
            float(Decimal("0.88")),
            1250,
            "dicta-2.1",
            1,
        )
    ]
    assert world.states() == {"1": "SUMMARIZED"}
    assert world.waiting(world.results_url) == 0


def test_an_older_answer_does_not_replace_a_newer_one(world: World) -> None:
    world.answer("1", revision=2, summary="second")
    drain(world)
    world.answer("1", revision=1, summary="first, but late")
    drain(world)

    assert world.rows(SUMMARY, "1") == [("second", 2)]
    assert world.waiting(world.results_url) == 0


def test_of_several_answers_in_one_batch_the_newest_revision_counts(world: World) -> None:
    for revision in (1, 3, 2):
        world.answer("1", revision=revision, summary=f"revision {revision}")

    drain(world)

    assert world.rows(SUMMARY, "1") == [("revision 3", 3)]


def test_a_later_answer_to_the_same_revision_replaces_the_earlier(world: World) -> None:
    world.answer("1", revision=1, summary="draft")
    drain(world)
    world.answer("1", revision=1, summary="final")
    drain(world)

    assert world.rows(SUMMARY, "1") == [("final", 1)]


def test_an_answer_without_revision_counts_for_the_newest_sent_one(world: World) -> None:
    world.record("1", *HELLO)
    service = world.application()
    world.cycle(service)
    world.record("1", ("C", "more"), ago_seconds=30)
    world.cycle(service)
    world.answer("1", summary="both")

    drain(world)

    assert world.rows(SUMMARY, "1") == [("both", 2)]
    assert world.states() == {"1": "SUMMARIZED"}


def test_a_newer_answer_to_a_call_that_was_purged_from_the_ledger_replaces_no_more_than_it_has(
    world: World,
) -> None:
    world.record("1", *HELLO)
    service = world.application()
    world.cycle(service)
    world.record("1", ("C", "more"), ago_seconds=30)
    world.cycle(service)
    world.answer("1", revision=2, summary="of the first model")
    drain(world)
    customer = f"SELECT CUSTOMER_ID, SUBSCRIBER_NO, CALL_TIME FROM {USER}.DICTA_CALL_SUMMARY"
    before = world.rows(customer)
    world.change(f"DELETE FROM {USER}.CDC_PROCESSED_CALLS")

    world.answer("1", summary="of the next model, which echoes no revision")
    drain(world)

    assert world.rows(SUMMARY, "1") == [("of the next model, which echoes no revision", 2)]
    assert world.rows(customer) == before
    assert None not in before[0]


def test_an_answer_that_was_faster_than_the_third_commit_is_not_forgotten(world: World) -> None:
    world.record("1", *HELLO)
    service = world.application()
    world.cycle(service)
    # Given: sealed and sent, not yet settled, and answered meanwhile
    unsettle(world)
    world.answer("1", revision=1, summary="quick")
    drain(world)
    assert world.states() == {"1": "LEASED"}

    world.cycle(service)

    assert world.states() == {"1": "SUMMARIZED"}


def test_an_answer_to_an_old_revision_leaves_the_call_sent(world: World) -> None:
    world.record("1", *HELLO)
    service = world.application()
    world.cycle(service)
    world.record("1", ("C", "more"), ago_seconds=30)
    world.cycle(service)
    world.answer("1", revision=1, summary="of the first")

    drain(world)

    assert world.states() == {"1": "SENT"}


def test_what_is_no_result_is_set_aside_once_and_leaves_the_queue(world: World) -> None:
    world.answer_raw("this is not JSON")
    world.answer("", summary="no call id")
    world.answer("2", summary="fine")

    drain(world)

    assert world.rows(SUMMARY, "2") == [("fine", 1)]
    rows = world.rows(f"SELECT DIRECTION, ORIGINAL_MESSAGE FROM {USER}.SQS_PERMANENT_FAILURES")
    assert len(rows) == 2
    assert {direction for direction, _ in rows} == {"RESULT"}
    assert "this is not JSON" in {original for _, original in rows}
    assert world.waiting(world.results_url) == 0


def test_a_summary_of_200_kilobytes_is_written_whole(world: World) -> None:
    text = "סיכום ארוך מאוד. " * 12_000
    world.answer("1", revision=1, summary=text)

    drain(world)

    assert world.rows(SUMMARY, "1") == [(text, 1)]


def test_a_result_is_not_deleted_before_its_row_is_committed(world: World) -> None:
    world.answer("1", revision=1, summary="kept")
    service = world.application()
    service.startup.ensure_database()
    world.server.faults.set('error 1653 on execute 1 when "INTO DICTA_CALL_SUMMARY" times always')
    service.stop.set()
    service.persistence.grace_seconds = 0.0

    with pytest.raises(OracleUnavailable, match="ORA-01653"):
        service.results.drain(0)

    assert world.waiting(world.results_url) == 1
    assert world.rows(SUMMARY, "1") == []


def test_on_a_shared_queue_conversations_are_put_back(world: World) -> None:
    shared = world.outbound_url
    world.record("1", *HELLO)
    service = world.application(queue_url=shared)
    world.cycle(service)
    world.answer("1", revision=1, summary="shared", queue_url=shared)

    service.results.drain(0)

    assert world.rows(SUMMARY, "1") == [("shared", 1)]
    assert [b["callId"] for b in world.received()] == ["1"]


def test_results_of_unknown_calls_are_written(world: World) -> None:
    world.answer("777", revision=1, summary="who?")

    drain(world)

    assert world.rows(SUMMARY, "777") == [("who?", 1)]


def test_a_thousand_results_are_written_in_few_round_trips(world: World) -> None:
    for start in range(0, 200, 10):
        entries = [
            {
                "Id": str(n),
                "MessageBody": '{"type":"ML_PROCESSING_RESULT",'
                f'"callId":"{n + 1}","summary":"s{n}"}}',
            }
            for n in range(start, start + 10)
        ]
        world.sqs.send_message_batch(QueueUrl=world.results_url, Entries=entries)
    service = world.application(results_batch_size=100)
    service.startup.ensure_database()
    before = world.server.statistics()["round_trips"]

    service.results.drain_all()

    # 2 batches: what is known, insert, update of none, ledger of none, journal, commit; log-ins
    # beside.
    assert world.server.statistics()["round_trips"] - before <= 20
    assert world.rows(f"SELECT COUNT(*) FROM {USER}.DICTA_CALL_SUMMARY") == [(200,)]
