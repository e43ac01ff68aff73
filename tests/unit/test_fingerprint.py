"""The number that distinguishes the TEXT_TIMEs of a call's rows."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from oracle_cdc.conversations.rules.fingerprint import EPOCH, MODULUS, fingerprint

TIMES = st.lists(st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1)), min_size=1, max_size=10)
NOON = datetime(2025, 1, 15, 12)


@given(TIMES, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_count(times: list[datetime], random: object) -> None:
    shuffled = list(times)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert fingerprint(shuffled) == fingerprint(times)


@given(TIMES, st.integers(1, 10**9))
def test_another_time_of_one_row_gives_another_number(
    times: list[datetime], microseconds: int
) -> None:
    moved = [times[0] + timedelta(microseconds=microseconds), *times[1:]]

    assert fingerprint(moved) != fingerprint(times)


def test_a_row_that_moved_on_and_one_that_moved_back_as_far_do_not_cancel() -> None:
    second = timedelta(seconds=1)

    assert fingerprint([NOON - second, NOON + 5 * second]) != fingerprint([NOON, NOON + 4 * second])


def test_the_smallest_and_the_greatest_time_have_a_number() -> None:
    assert fingerprint([datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999_999)]) > 0


def test_the_number_is_a_sum_of_squares_to_the_microsecond() -> None:
    microsecond = timedelta(microseconds=1)
    assert fingerprint([EPOCH + 3 * microsecond, EPOCH - 2 * microsecond]) == 13
    late = EPOCH + (10**15 + 7) * microsecond
    assert fingerprint([late]) == (10**15 + 7) ** 2 % MODULUS
