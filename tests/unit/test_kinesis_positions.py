"""Sequence numbers, the order of shards, and the pace of reading."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from oracle_cdc.aws.kinesis.pace import Pace
from oracle_cdc.aws.kinesis.positions import NOTHING_YET, after, at, is_later, pad, since, unpad
from oracle_cdc.aws.kinesis.shards import may_be_read

LONG = "49640000000000000000000000000000000000000000000000000018"


def test_sequence_numbers_are_compared_as_numbers_not_as_text() -> None:
    assert is_later("10", "9")
    assert not is_later("9", "10")
    assert is_later(str(int(LONG) + 1), LONG)
    assert not is_later(LONG, LONG)


def test_a_number_of_56_digits_is_kept_with_all_of_them() -> None:
    assert len(LONG) == 56
    assert len(pad(LONG)) == 64
    assert unpad(pad(LONG)) == LONG
    assert int(pad(LONG)) == int(LONG)


def test_kept_numbers_have_as_text_the_order_that_they_have_as_numbers() -> None:
    numbers = [0, 9, 10, 99, 100, int(LONG) - 1, int(LONG), int("9" * 64)]
    kept = [pad(str(number)) for number in numbers]
    assert kept == sorted(kept)
    assert kept[0] == NOTHING_YET
    assert unpad(NOTHING_YET) == "0"


@pytest.mark.parametrize("wrong", ["", "LATEST", "-1", "1.0", "1e3", "\u0661", "9" * 65])
def test_what_is_no_sequence_number_is_not_kept(wrong: str) -> None:
    with pytest.raises(ValueError, match="sequence number"):
        pad(wrong)


def test_a_position_is_at_a_record_behind_it_or_at_a_moment_in_utc() -> None:
    assert (at("7").kind, at("7").sequence_number) == ("AT_SEQUENCE_NUMBER", "7")
    assert after("7").kind == "AFTER_SEQUENCE_NUMBER"
    noon = datetime(2026, 1, 2, 12, tzinfo=timezone(timedelta(hours=2)))
    assert since(noon).moment == datetime(2026, 1, 2, 10, tzinfo=timezone.utc)


def test_a_child_waits_until_all_of_its_parents_were_read_to_the_end() -> None:
    known = {"parent-1", "parent-2", "child"}
    parents = ("parent-1", "parent-2")
    assert not may_be_read(parents, ended=set(), known=known)
    assert not may_be_read(parents, ended={"parent-1"}, known=known)
    assert may_be_read(parents, ended={"parent-1", "parent-2"}, known=known)


def test_parents_that_are_long_gone_keep_no_child_waiting() -> None:
    assert may_be_read(("gone",), ended=set(), known={"child"})
    assert may_be_read((), ended=set(), known={"shard"})


def test_a_shard_is_read_five_times_a_second_at_most() -> None:
    pace = Pace()
    assert pace.wait_seconds(100.0) == 0.0
    pace = pace.after_read(100.0, size_bytes=500)
    assert pace.wait_seconds(100.05) == pytest.approx(0.15)
    assert pace.wait_seconds(100.2) == 0.0
    assert pace.wait_seconds(500.0) == 0.0


def test_ten_mebibytes_are_followed_by_five_seconds_of_rest() -> None:
    pace = Pace().after_read(10.0, size_bytes=10 * 1024 * 1024)
    assert pace.wait_seconds(10.0) == 5.0
