"""A secret that changes while the program runs, with a clock that is a value."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from oracle_cdc.running.log_in_refusals import PAUSE_SECONDS
from oracle_cdc.running.secret_rotation import Secret
from tests.unit.doors import NEW, NEWEST, OLD, Door, Place, refuse


def test_a_refused_secret_that_has_changed_is_used_at_once(
    secret: Secret, place: Place, door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    place.put(NEW)
    door.password = NEW

    assert secret.log_in(door.open) == "open"

    assert [password for password, _ in door.tried] == [OLD, NEW]
    assert secret.rereads == {"changed": 1, "same": 0, "failed": 0}
    assert "ORACLE_PASSWORD was refused and has changed: SSM /cdc/oracle/password (version 4)" in (
        caplog.text
    )


def test_a_secret_is_read_again_only_after_a_refusal(
    secret: Secret, place: Place, door: Door
) -> None:
    place.put(NEW)

    for _ in range(3):
        secret.log_in(door.open)

    assert place.reads == 0


def test_a_refused_secret_that_is_the_same_waits_and_is_tried_once_more_and_never_again(
    secret: Secret, place: Place, door: Door
) -> None:
    door.password = NEW
    said = refuse(secret, door)
    assert said == (
        "ORA-01017; ORACLE_PASSWORD is still the same in SSM /cdc/oracle/password (version 3)"
    )
    door.now += PAUSE_SECONDS - 1
    assert (refuse(secret, door), len(door.tried), place.reads) == (said, 1, 1)
    assert not secret.is_final
    door.now += 1
    refuse(secret, door)
    assert (len(door.tried), secret.is_final) == (2, True)

    door.now += 10**6
    refuse(secret, door)

    assert len(door.tried) == 2


def test_a_change_within_the_pause_is_found_before_the_last_try(
    secret: Secret, place: Place, door: Door
) -> None:
    door.password = NEW
    refuse(secret, door)
    place.put(NEW)
    door.now += PAUSE_SECONDS

    assert secret.log_in(door.open) == "open"

    assert door.refused() == [OLD]


def test_a_newer_secret_that_is_refused_too_waits_and_has_two_tries_of_its_own(
    secret: Secret, place: Place, door: Door
) -> None:
    # Given: the parameter was written, the user is not altered yet
    place.put(NEW)
    door.password = "not yet"
    refuse(secret, door)
    assert door.refused() == [OLD, NEW]
    # When: he is
    door.now += PAUSE_SECONDS
    door.password = NEW

    assert secret.log_in(door.open) == "open"


def test_of_a_place_that_says_something_new_each_time_two_values_are_tried_within_a_pause(
    secret: Secret, place: Place, door: Door
) -> None:
    door.password = "another"
    place.answers = [NEW, NEWEST, "fourth", "fifth"]
    refuse(secret, door)
    assert door.refused() == [OLD, NEW]

    refuse(secret, door)

    assert door.refused() == [OLD, NEW]


def test_a_value_that_was_refused_and_comes_back_waits_as_well(
    secret: Secret, place: Place, door: Door
) -> None:
    door.password = "not yet"
    place.answers = [NEW, OLD]

    refuse(secret, door)

    assert door.refused() == [OLD, NEW]


@pytest.mark.parametrize("threads", [2, 12])
def test_of_many_threads_one_is_refused_and_all_get_in_with_the_newer_secret(
    secret: Secret, place: Place, door: Door, threads: int
) -> None:
    place.put(NEW)
    door.password = NEW
    together, others_come = threading.Barrier(threads), threading.Event()

    def open_slowly(password: str) -> str:
        others_come.wait(0.01)
        return door.open(password)

    def log_in(_: int) -> str:
        together.wait()
        return secret.log_in(open_slowly)

    with ThreadPoolExecutor(threads) as pool:
        assert list(pool.map(log_in, range(threads))) == ["open"] * threads

    assert (door.refused(), place.reads) == ([OLD], 1)


def test_threads_that_were_refused_together_wait_for_one_reading(
    secret: Secret, place: Place, door: Door
) -> None:
    place.put(NEW)
    threads = 8
    together = threading.Barrier(threads)

    def be_refused(_: int) -> str:
        value = secret.current()
        together.wait()
        secret.refuse(value, door.refusal)
        return secret.current()

    with ThreadPoolExecutor(threads) as pool:
        assert list(pool.map(be_refused, range(threads))) == [NEW] * threads

    assert place.reads == 1


def test_threads_that_were_refused_together_count_as_one_refusal(
    secret: Secret, place: Place, door: Door
) -> None:
    secret.refuse(OLD, door.refusal)
    secret.refuse(OLD, door.refusal)

    assert (secret.is_final, place.reads) == (False, 1)


def test_who_was_refused_with_an_older_secret_takes_the_newer_one(
    secret: Secret, place: Place, door: Door
) -> None:
    place.put(NEW)
    secret.refuse(OLD, door.refusal)
    place.put(NEWEST)

    secret.refuse(OLD, door.refusal)

    assert (secret.current(), place.reads) == (NEW, 1)
