"""What becomes of messages as they are read, whatever S3 or a bug does meanwhile."""

from __future__ import annotations

import json

from oracle_cdc.errors import SqsUnavailable
from oracle_cdc.intake import Intake
from oracle_cdc.packing import POINTER_CLASS
from oracle_cdc.streaks import Streak, Turn
from tests.builders import a_result, no_object

POINTER = a_result(json.dumps([POINTER_CLASS, {"s3BucketName": "b", "s3Key": "k"}]))


def test_s3_is_not_asked_again_in_a_batch_after_it_failed() -> None:
    asked = []

    def hanging(bucket: str, key: str, limit_bytes: int) -> bytes:
        asked.append(key)
        raise SqsUnavailable("time-out")

    found = Intake(hanging, lambda: False, batch_bytes=1000).sort([POINTER, a_result(), POINTER, POINTER])

    assert (len(asked), len(found.waiting), len(found.ours)) == (1, 3, 1)


def test_a_batch_is_read_for_so_long_and_the_rest_is_left() -> None:
    intake = Intake(no_object, lambda: False, batch_bytes=1000)
    intake.read_seconds = -1.0

    found = intake.sort([a_result(), a_result()])

    assert (len(found.ours), len(found.later)) == (0, 2)


def test_a_bug_in_the_reading_sets_one_message_aside() -> None:
    def broken(bucket: str, key: str, limit_bytes: int) -> bytes:
        raise KeyError(key)

    found = Intake(broken, lambda: False, batch_bytes=1000).sort([POINTER, a_result()])
    answers = [answer for reading in found.ours for answer in reading.answers]

    assert [answer.call_id for answer in answers] == [None, "1001"]
    assert [answer.error is None for answer in answers] == [False, True]


def test_a_streak_begins_once_and_ends_with_the_first_that_goes_well() -> None:
    streak = Streak(3)

    turns = [streak.add(bad=bad, good=good) for bad, good in ((2, 0), (1, 0), (9, 0), (4, 1), (2, 0), (0, 1), (3, 0))]

    assert turns == [Turn.NONE, Turn.BEGINS, Turn.NONE, Turn.ENDS, Turn.NONE, Turn.NONE, Turn.BEGINS]
