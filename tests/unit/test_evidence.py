"""Whose failure it is: found by trying apart, and by what else passes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from oracle_cdc.errors import OracleUnavailable, TransientError, Unreachable, ValueRefused
from oracle_cdc.running.evidence import Evidence
from oracle_cdc.running.halving import FAILURES_ENOUGH

Attempt = Callable[[Sequence[str]], list[str]]


def evidence(signs_of_life: Callable[[], int] = lambda: 0) -> Evidence[str]:
    return Evidence[str](str, signs_of_life)


def refusing(*poisoned: str, tried: list[list[str]] | None = None) -> Attempt:
    """Fails as a whole for one poisoned item in it."""

    def attempt(group: Sequence[str]) -> list[str]:
        if tried is not None:
            tried.append(list(group))
        if set(group) & set(poisoned):
            raise ValueRefused("no")
        return list(group)

    return attempt


def items(count: int) -> list[str]:
    return [str(number) for number in range(count)]


def test_what_fails_for_one_item_passes_for_all_others_in_the_same_try() -> None:
    outcome = evidence().sort(items(50), refusing("17"))

    assert sorted(outcome.passed) == sorted(set(items(50)) - {"17"})
    assert [item for item, _ in outcome.own] == ["17"]
    assert (outcome.waiting, outcome.untried) == ([], [])


def test_a_suspect_is_tried_alone_and_last_the_next_time() -> None:
    known = evidence()
    known.sort(items(8), refusing("3"))
    tried: list[list[str]] = []

    known.sort(items(8), refusing("3", tried=tried))

    assert tried == [["0", "1", "2", "4", "5", "6", "7"], ["3"]]


def test_where_nothing_passes_two_failures_alone_are_enough_and_none_is_an_items_own() -> None:
    tried: list[list[str]] = []

    outcome = evidence().sort(items(64), refusing(*items(64), tried=tried))

    assert len(outcome.waiting) == FAILURES_ENOUGH
    assert (outcome.own, len(outcome.untried)) == ([], 62)
    assert len(tried) < 12
    with pytest.raises(TransientError, match="ValueRefused: no"):
        outcome.raise_waiting()


def test_what_was_not_tried_alone_is_tried_with_the_unblamed_ones_the_next_time() -> None:
    known = evidence()
    known.sort(items(4), refusing("0", "1"))

    outcome = known.sort(items(4), refusing("0", "1"))

    assert sorted(outcome.passed) == ["2", "3"]


def test_an_item_that_fails_alone_while_nothing_else_is_tried_speaks_against_the_dependency() -> (
    None
):
    known = evidence()

    assert [known.note_failure("1") for _ in range(20)] == [False] * 20


def test_a_failure_is_an_items_own_once_another_has_passed_since_its_last() -> None:
    known = evidence()
    assert not known.note_failure("1")
    known.note_passed(["2"])
    assert known.note_failure("1")
    # Nothing passed since: it speaks for neither.
    assert not known.note_failure("1")


def test_an_outage_after_a_failure_of_its_own_does_not_count() -> None:
    # Others fail too, however alive the rest of the dependency is.
    signs = iter(range(100))
    known = evidence(lambda: next(signs))
    known.note_passed(["2", "3"])
    assert not known.note_failure("1")
    known.note_passed(["2"])
    assert known.note_failure("1")
    known.note_failed_together(["4", "5"])
    assert not known.note_failure("1")


def test_a_failure_of_its_own_stays_one_in_a_quiet_hour_while_there_are_signs_of_life() -> None:
    signs = 0
    known = evidence(lambda: signs)
    assert known.note_failure("1", passed_beside=3)
    assert not known.note_failure("1")  # no sign of life since

    signs = 0
    known = evidence(lambda: signs)
    assert known.note_failure("1", passed_beside=3)
    signs += 1
    assert known.note_failure("1")


def test_where_more_fail_than_pass_no_failure_is_an_items_own() -> None:
    # A throttle that lets one in twenty through must not set aside whoever has bad luck ten times.
    known = evidence()
    assert not known.note_failure("1", passed_beside=1, failed_beside=18)
    known.note_passed(["2"])
    for other in items(20)[3:]:
        known.note_failure(other)
    assert not known.note_failure("1")


def test_a_passed_control_proves_a_lone_failure_and_none_of_several() -> None:
    known = evidence()
    assert known.note_failure("1", control_passed=True)
    assert not known.note_failure("2", control_passed=True)
    known.note_passed(["3"])
    assert known.note_failure("1", control_passed=True)


def test_what_passes_is_no_suspect_any_more() -> None:
    known = evidence()
    known.note_failed_together(["1", "2"])
    assert known.is_suspect("1")
    known.note_passed(["1"])
    assert (known.is_suspect("1"), known.is_suspect("2")) == (False, True)


def test_an_unreachable_dependency_is_reported_as_what_keeps_it_and_blames_nobody() -> None:
    def attempt(group: Sequence[str]) -> list[str]:
        raise Unreachable(OracleUnavailable("no listener"))

    known = evidence()
    with pytest.raises(OracleUnavailable, match="no listener"):
        known.sort(["1", "2"], attempt)

    assert not known.is_suspect("1")


def test_a_failure_that_passes_is_waited_for_as_itself() -> None:
    def attempt(group: Sequence[str]) -> list[str]:
        raise OracleUnavailable("ORA-01653")

    outcome = evidence().sort(["1"], attempt)

    with pytest.raises(OracleUnavailable, match="ORA-01653"):
        outcome.raise_waiting()


def test_only_what_a_result_speaks_of_has_passed() -> None:
    outcome = evidence().sort(items(4), list, lambda group, result: result[:2])

    assert (outcome.passed, outcome.untried) == (["0", "1"], ["2", "3"])


def test_memory_of_failures_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oracle_cdc.running.evidence.MOST_REMEMBERED", 3)
    known = evidence()
    for number in range(5):
        known.note_failure(str(number))

    assert [known.is_suspect(str(number)) for number in range(5)] == [
        False,
        False,
        True,
        True,
        True,
    ]


def test_who_passes_after_a_failure_speaks_for_the_dependency_and_not_against_it() -> None:
    known = evidence()
    assert [known.note_failure("1"), known.note_failure("2")] == [False, False]
    known.note_passed(["2"])
    assert known.note_failure("1")


def test_what_failed_before_the_others_passed_is_tried_once_more_and_not_blamed_if_it_passes() -> (
    None
):
    # An error of the database that is over in the middle of a try fell on whoever had been alone
    # before.
    tries = 0

    def attempt(group: Sequence[str]) -> list[str]:
        nonlocal tries
        tries += 1
        if tries <= 3:
            raise ValueRefused("no")
        return list(group)

    known = evidence()
    outcome = known.sort(items(4), attempt)

    assert sorted(outcome.passed) == items(4)
    assert (outcome.own, outcome.waiting, known.is_suspect("0")) == ([], [], False)


def test_two_that_fail_by_themselves_do_not_excuse_each_other() -> None:
    # Both failed again between any two that passed, and neither was ever set aside.
    known = evidence()
    assert [known.note_failure("1"), known.note_failure("2")] == [False, False]
    found = []
    for number in range(3):
        known.note_passed([f"good {number}"])
        found.append((known.note_failure("1"), known.note_failure("2")))

    assert found == [(True, True)] * 3


def test_the_results_of_all_that_passed_are_kept() -> None:
    outcome = evidence().sort(items(3), refusing("1"))

    assert sorted(outcome.results) == [["0"], ["2"]]


def test_a_result_of_the_second_try_is_kept_too() -> None:
    failures = [ValueRefused("once")]

    def attempt(group: Sequence[str]) -> list[str]:
        if "0" in group and (len(group) > 1 or failures):
            del failures[: len(group) == 1]
            raise ValueRefused("no")
        return list(group)

    outcome = evidence().sort(items(2), attempt)

    assert (outcome.results, outcome.passed, outcome.own) == ([["1"], ["0"]], ["1", "0"], [])


def test_what_results_do_not_speak_of_is_left_of_every_group() -> None:
    known = evidence()
    known.note_failed_together(["0"])

    outcome = known.sort(items(3), lambda group: None, lambda group, result: list(group)[:0])

    assert sorted(outcome.untried) == ["0", "1", "2"]


def test_failures_of_its_own_are_counted_until_an_item_passes() -> None:
    known = evidence()
    assert known.own_failures("1") == 0
    for count in (1, 2, 3):
        known.sort(items(3), refusing("1"))
        assert known.own_failures("1") == count

    known.sort(items(3), refusing())

    assert known.own_failures("1") == 0


def test_a_failure_that_speaks_against_the_dependency_does_not_count_as_an_items_own() -> None:
    known = evidence()
    known.sort(["1"], refusing("1"))

    assert known.own_failures("1") == 0
    assert known.is_suspect("1")


def test_a_part_of_what_is_tried_is_a_retry_and_so_is_a_suspect() -> None:
    known = evidence()
    assert not known.is_retry(["1", "2"], ["1", "2"])
    assert known.is_retry(["1"], ["1", "2"])

    known.note_failed_together(["1"])

    assert known.is_retry(["1"], ["1"])
    assert not known.is_retry(["2"], ["2"])


def test_what_failed_together_speaks_against_the_dependency() -> None:
    # Its own failure in a quiet hour is believed only while nothing else speaks against the
    # dependency.
    signs = [0]
    known = evidence(lambda: signs[0])
    known.sort(items(3), refusing("1"))
    signs[0] += 1
    assert [item for item, _ in known.sort(["1"], refusing("1")).own] == ["1"]
    known.note_failed_together(["2"])
    signs[0] += 1

    assert known.sort(["1"], refusing("1")).own == []


def test_what_failed_together_keeps_what_was_known_of_it() -> None:
    known = evidence()
    known.sort(items(3), refusing("1"))

    known.note_failed_together(["1"])

    assert known.own_failures("1") == 1


def test_who_passes_must_be_as_many_as_who_fails_since_an_items_last_failure() -> None:
    known = evidence()
    for item in ("1", "2", "3"):
        known.sort([item], refusing(item))
    known.sort(["4"], refusing())

    assert known.sort(["1"], refusing("1")).own == []


def test_where_three_of_four_fail_none_is_to_blame() -> None:
    assert evidence().sort(items(4), refusing("1", "2", "3")).own == []


def test_one_that_passed_beside_is_enough_where_nothing_else_failed() -> None:
    assert evidence().note_failure("1", passed_beside=1)


@pytest.mark.parametrize("is_together", [True, False])
def test_doubts_about_the_dependency_end_the_belief_in_a_quiet_hour(is_together: bool) -> None:
    signs = [0]
    known = evidence(lambda: signs[0])
    known.sort(items(3), refusing("1"))
    if is_together:
        known.note_failed_together(["2"])
    known.sort(["9"], refusing("9"))
    signs[0] += 1

    assert known.sort(["1"], refusing("1")).own == []
