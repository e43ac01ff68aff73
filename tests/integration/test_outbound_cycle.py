"""The outbound leg on the stand-in: what is claimed, what is sent, and what the ledger says of
it."""

from __future__ import annotations

import json
from datetime import timedelta

from tests.integration.samples import HELLO, total_processed
from tests.world import USER, World


def test_a_quiet_call_is_sent_once_as_the_contract_shapes_it(world: World) -> None:
    world.record("12345678901234567890", *HELLO)
    service = world.application()

    world.cycle(service)
    world.cycle(service)

    (body,) = world.received()
    assert list(body) == [
        "type",
        "schemaVersion",
        "callId",
        "revision",
        "ban",
        "subscriberNo",
        "callTime",
        "messages",
        "messageCount",
        "assembledAt",
        "source",
    ]
    assert (body["callId"], body["revision"], body["messageCount"]) == (
        "12345678901234567890",
        1,
        3,
    )
    assert [(m["channel"], m["text"]) for m in body["messages"]] == list(HELLO)
    assert world.states() == {"12345678901234567890": "SENT"}


def test_a_call_still_talking_is_left_open_and_sent_when_it_is_quiet(world: World) -> None:
    world.record("1", *HELLO, ago_seconds=5)
    service = world.application(settle_seconds=60.0)

    world.cycle(service)
    assert (world.states(), world.received()) == ({"1": "OPEN"}, [])

    world.move_clock(56)
    world.cycle(service)
    assert world.states() == {"1": "SENT"}
    assert len(world.received()) == 1


def test_a_call_that_never_gets_quiet_is_sent_after_the_longest_wait(world: World) -> None:
    now = world.now()
    times = [now - timedelta(minutes=3), now - timedelta(seconds=1)]
    world.insert(
        [
            ("1", "B", None, owner, "hi", time, times[0])
            for owner, time in zip("AC", times, strict=True)
        ]
    )

    world.cycle(world.application(settle_seconds=60.0, max_wait_minutes=2))

    assert world.states() == {"1": "SENT"}


def test_a_late_segment_makes_a_second_revision(world: World) -> None:
    world.record("1", *HELLO)
    service = world.application()
    world.cycle(service)

    world.record("1", ("C", "one more thing"), ago_seconds=60)
    world.cycle(service)

    assert [(b["revision"], b["messageCount"]) for b in world.received()] == [(1, 3), (2, 4)]


def test_a_late_segment_older_than_the_newest_makes_a_revision_too(world: World) -> None:
    world.record("1", *HELLO, ago_seconds=30)
    service = world.application()
    world.cycle(service)

    world.record("1", ("C", "committed late"), ago_seconds=300)
    world.cycle(service)

    assert [b["messageCount"] for b in world.received()] == [3, 4]


def test_a_late_blank_is_accounted_for_and_sends_nothing(world: World) -> None:
    world.record("1", *HELLO)
    service = world.application()
    world.cycle(service)

    world.record("1", ("C", "   "), ago_seconds=60)
    world.cycle(service)

    assert len(world.received()) == 1
    assert world.rows(f"SELECT STATE, REVISION, ROWS_READ FROM {USER}.CDC_PROCESSED_CALLS") == [
        ("SENT", 1, 4)
    ]


def test_a_rejected_call_opens_again_with_a_new_segment(world: World) -> None:
    world.record("1", ("A", "hello?"), ("A", "anybody there?"))
    world.record("2", ("C", "hm"))
    service = world.application()
    world.cycle(service)
    assert world.states() == {"1": "REJECTED_MISSING_CHANNEL", "2": "REJECTED_TOO_SHORT"}

    world.record("1", ("C", "yes, I am here"), ago_seconds=30)
    world.cycle(service)

    assert world.states()["1"] == "SENT"
    assert [(b["callId"], b["revision"]) for b in world.received()] == [("1", 1)]


def test_calls_of_a_long_downtime_are_all_sent(world: World) -> None:
    service = world.application(max_batch_size=3)
    world.cycle(service)
    world.move_clock(72 * 3600)
    for hour in range(70):
        world.record(str(1000 + hour), *HELLO, ago_seconds=3600 * (70 - hour))
    world.record("5000", *HELLO, ago_seconds=120)

    world.cycle(service)

    assert {b["callId"] for b in world.received()} == {
        *(str(1000 + hour) for hour in range(70)),
        "5000",
    }


def test_the_watermark_follows_the_databases_clock(world: World) -> None:
    service = world.application()
    before = world.now()
    world.cycle(service)

    ((watermark, coverage),) = world.rows(
        f"SELECT LAST_PROCESSED_TIMESTAMP, COVERAGE_START FROM {USER}.CDC_PROCESSING_STATUS "
        "WHERE TABLE_NAME = 'CDC_NORMAL_MODE'"
    )
    assert before - timedelta(seconds=1) <= watermark <= world.now()
    assert coverage < watermark - timedelta(minutes=9)


def test_total_processed_counts_every_accepted_sending(world: World) -> None:
    for call in range(7):
        world.record(str(call + 1), *HELLO)
    service = world.application(max_batch_size=2)
    world.cycle(service)
    world.record("1", ("C", "more"), ago_seconds=10)
    world.cycle(service)

    assert total_processed(world) == 8


def test_a_conversation_over_the_queues_limit_is_compressed(world: World) -> None:
    world.sqs.set_queue_attributes(
        QueueUrl=world.outbound_url, Attributes={"MaximumMessageSize": "4096"}
    )
    long = "הלקוחה חוזרת על עצמה. " * 2000
    world.record("1", ("A", long), ("C", "yes"))

    world.cycle(world.application())

    (body,) = world.received_bodies()
    assert json.loads(body)["messages"][0]["text"] == long


def test_a_conversation_that_is_too_large_even_compressed_is_set_aside_and_stops_nobody(
    world: World,
) -> None:
    world.sqs.set_queue_attributes(
        QueueUrl=world.outbound_url, Attributes={"MaximumMessageSize": "1024"}
    )
    noise = "".join(chr(0x4E00 + (n * 7919) % 20000) for n in range(5000))
    world.record("1", ("A", noise), ("C", "yes"))
    world.record("2", ("A", "short"), ("C", "yes"))

    service = world.application()
    world.cycle(service)
    world.cycle(service)

    assert world.states() == {"1": "FAILED", "2": "SENT"}
    ((call_id, direction, original),) = world.rows(
        f"SELECT CALL_ID, DIRECTION, ORIGINAL_MESSAGE FROM {USER}.SQS_PERMANENT_FAILURES"
    )
    assert (call_id, direction, json.loads(original)["messages"][0]["text"]) == (
        "1",
        "OUTBOUND",
        noise,
    )


def test_the_journal_has_one_row_for_each_call_and_step(world: World) -> None:
    world.record("1", *HELLO)
    world.record("2", ("C", "hm"))
    world.cycle(world.application())

    journal = world.rows(
        f"SELECT CALL_ID, OPERATION_TYPE, STATUS FROM {USER}.CDC_PROCESSING_LOG ORDER BY CALL_ID"
    )
    assert journal == [("1", "SEND", "SUCCESS"), ("2", "REJECT", "SKIPPED")]


def test_ledger_rows_of_the_original_system_count_as_accounted_for_up_to_their_text_time(
    world: World,
) -> None:
    world.record("1", *HELLO, ago_seconds=120)
    world.record("2", *HELLO, ago_seconds=120)
    for call_id, ago in (("1", 60), ("2", 180)):
        world.change(
            f"INSERT INTO {USER}.CDC_PROCESSED_CALLS (CALL_ID, TEXT_TIME, SQS_MESSAGE_ID) "
            f"VALUES (:1, CAST(SYSTIMESTAMP AS TIMESTAMP) - NUMTODSINTERVAL({ago}, "
            "'SECOND'), 'old')",
            call_id,
        )

    world.cycle(world.application())

    assert [b["callId"] for b in world.received()] == ["2"]


def test_a_call_purged_from_the_ledger_continues_from_its_summarys_revision(world: World) -> None:
    world.record("1", *HELLO)
    world.change(f"INSERT INTO {USER}.DICTA_CALL_SUMMARY (CALL_ID, REVISION) VALUES ('1', 4)")

    world.cycle(world.application())

    assert [b["revision"] for b in world.received()] == [5]


def test_an_idle_cycle_costs_two_round_trips(world: World) -> None:
    service = world.application()
    world.cycle(service)
    before = world.server.statistics()["round_trips"]

    world.cycle(service)

    assert world.server.statistics()["round_trips"] - before == 2
