"""What becomes of messages as they are read, whatever S3 or a bug does meanwhile."""

from __future__ import annotations

import json
from itertools import count

from oracle_cdc.conversations.inbound.sorting import READ_SECONDS, Intake
from oracle_cdc.conversations.rules.pointers import POINTER_CLASS
from oracle_cdc.errors import SqsUnavailable
from oracle_cdc.running.streaks import Change, Streak
from tests.builders import a_result, a_result_body, no_object

POINTER = a_result(json.dumps([POINTER_CLASS, {"s3BucketName": "b", "s3Key": "k"}]))


def test_s3_is_not_asked_again_in_a_batch_after_it_failed() -> None:
    asked = []

    def hanging(bucket: str, key: str, limit_bytes: int) -> bytes:
        asked.append(key)
        raise SqsUnavailable("time-out")

    found = Intake(hanging, lambda: False, batch_size=100, batch_bytes=1000).read_messages(
        [POINTER, a_result(), POINTER, POINTER]
    )

    assert (len(asked), len(found.waiting), len(found.ours)) == (1, 3, 1)


def test_a_batch_is_read_for_so_long_and_the_rest_is_left() -> None:
    seconds = count(0, READ_SECONDS / 2.5)
    intake = Intake(
        no_object, lambda: False, batch_size=100, batch_bytes=1000, clock=lambda: next(seconds)
    )

    found = intake.read_messages([a_result()] * 4)

    assert (len(found.ours), len(found.later)) == (2, 2)


def test_what_does_not_lie_in_s3_is_read_also_after_s3_took_all_the_time() -> None:
    seconds = [0.0]

    def hanging(bucket: str, key: str, limit_bytes: int) -> bytes:
        seconds[0] += 10 * READ_SECONDS
        raise SqsUnavailable("time-out")

    found = Intake(
        hanging, lambda: False, batch_size=100, batch_bytes=1000, clock=lambda: seconds[0]
    ).read_messages([POINTER, a_result()])

    assert (len(found.waiting), len(found.ours)) == (1, 1)


def test_a_batch_takes_so_many_characters_and_the_rest_is_left() -> None:
    found = Intake(no_object, lambda: False, batch_size=100, batch_bytes=300).read_messages(
        [a_result(summary="x" * 200)] * 4
    )

    assert (len(found.ours), len(found.later)) == (2, 2)


def test_a_batch_takes_the_answers_of_one_transaction_and_the_rest_is_left() -> None:
    of_three = a_result(f"[{a_result_body()},{a_result_body()},{a_result_body()}]")

    found = Intake(no_object, lambda: False, batch_size=4, batch_bytes=10**6).read_messages(
        [a_result(), of_three, a_result(), a_result()]
    )

    assert (len(found.ours), found.answer_count, len(found.later)) == (2, 4, 2)


def test_the_elements_of_a_list_count_towards_what_a_batch_takes() -> None:
    refused = a_result(f'[{{"pad":"{"x" * 400}"}},{{"callId":""}}]')

    found = Intake(no_object, lambda: False, batch_size=100, batch_bytes=300).read_messages(
        [refused] * 3
    )

    assert (len(found.ours), len(found.later)) == (1, 2)


def test_what_is_unproven_is_ours_only_where_no_conversations_travel() -> None:
    messages = [a_result("{}", attributes={}), a_result()]

    alone = Intake(no_object, lambda: False, batch_size=100, batch_bytes=1000).read_messages(
        messages
    )
    shared = Intake(no_object, lambda: True, batch_size=100, batch_bytes=1000).read_messages(
        messages
    )

    assert (len(alone.ours), len(alone.foreign)) == (2, 0)
    assert (len(shared.ours), len(shared.foreign)) == (1, 1)


def test_a_bug_in_the_reading_sets_one_message_aside() -> None:
    def broken(bucket: str, key: str, limit_bytes: int) -> bytes:
        raise KeyError(key)

    found = Intake(broken, lambda: False, batch_size=100, batch_bytes=1000).read_messages(
        [POINTER, a_result()]
    )
    answers = [answer for reading in found.ours for answer in reading.answers]

    assert [answer.call_id for answer in answers] == [None, "1001"]
    assert [answer.error is None for answer in answers] == [False, True]


def test_a_streak_begins_once_and_ends_with_the_first_that_goes_well() -> None:
    streak = Streak(3)

    changes = [
        streak.add(bad=bad, good=good)
        for bad, good in ((2, 0), (1, 0), (9, 0), (4, 1), (2, 0), (0, 1), (3, 0))
    ]

    assert changes == [
        Change.NONE,
        Change.BEGINS,
        Change.NONE,
        Change.ENDS,
        Change.NONE,
        Change.NONE,
        Change.BEGINS,
    ]
