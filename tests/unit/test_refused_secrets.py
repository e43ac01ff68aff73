"""A refused secret without a newer one: waited for, tried for the last time, or given up."""

from __future__ import annotations

import logging

import pytest
from pydantic import SecretStr

from oracle_cdc.errors import OracleAccountClosed, OracleUnavailable
from oracle_cdc.running.log_in_refusals import PAUSE_SECONDS
from oracle_cdc.running.secret_rotation import Secret, make_secret
from tests.unit.doors import NEW, OLD, Door, Place, refuse


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (OracleUnavailable("SSM throttles"), "(OracleUnavailable: SSM throttles)"),
        (RuntimeError(f"{OLD} is a secret"), "(RuntimeError)"),
    ],
)
def test_a_place_that_can_not_be_asked_keeps_the_refusal_and_is_asked_again(
    secret: Secret, place: Place, door: Door, failure: Exception, said: str
) -> None:
    door.password = NEW
    place.failure = failure
    assert refuse(secret, door).startswith("ORA-01017; ORACLE_PASSWORD can't be read again from ")
    # When: it stays away, for much longer than a secret that is the same would be tried
    for number in range(2, 6):
        door.now += PAUSE_SECONDS
        assert said in refuse(secret, door)
        assert (place.reads, len(door.tried), secret.is_final) == (number, 1, False)
    place.failure = None
    place.put(NEW)
    door.now += PAUSE_SECONDS

    assert secret.log_in(door.open) == "open"

    assert secret.rereads == {"changed": 1, "same": 0, "failed": 5}


def test_a_secret_that_is_not_given_up_is_read_and_tried_after_each_pause(
    place: Place, door: Door
) -> None:
    secret = Secret("NATS_PASSWORD", place.given(), door.clock, gives_up=False)
    door.password = NEW
    for number in range(1, 6):
        refuse(secret, door)
        refuse(secret, door)
        assert (len(door.tried), secret.is_final) == (number, False)
        door.now += PAUSE_SECONDS
    place.put(NEW)

    assert secret.log_in(door.open) == "open"


def test_a_place_that_answers_again_and_says_the_same_leaves_one_last_try(
    secret: Secret, place: Place, door: Door
) -> None:
    door.password = NEW
    place.failure = OSError("down")
    refuse(secret, door)
    place.failure = None
    door.now += PAUSE_SECONDS

    refuse(secret, door)

    assert (len(door.tried), secret.is_final) == (2, True)


def test_the_last_try_is_not_final_while_the_place_can_not_be_asked(
    secret: Secret, place: Place, door: Door
) -> None:
    door.password = NEW
    refuse(secret, door)
    door.now += PAUSE_SECONDS
    place.answers = [OLD, OSError("down")]

    refuse(secret, door)

    assert (len(door.tried), secret.is_final, secret.is_unread) == (2, False, True)


@pytest.mark.parametrize("value", [None, " "])
def test_a_secret_that_is_gone_from_its_place_is_waited_for(
    secret: Secret, place: Place, door: Door, value: str | None
) -> None:
    door.password = NEW
    place.value = value
    assert refuse(secret, door).endswith("(version 3) any more")
    door.now += PAUSE_SECONDS
    refuse(secret, door)
    place.put(NEW)
    door.now += PAUSE_SECONDS

    assert secret.log_in(door.open) == "open"

    assert door.refused() == [OLD]


def test_a_locked_account_is_tried_once_more_and_its_secret_is_not_read_for_it(
    secret: Secret, place: Place, door: Door
) -> None:
    door.password, door.refusal = NEW, OracleAccountClosed("ORA-28000")
    assert (refuse(secret, door), place.reads) == ("ORA-28000", 0)
    door.now += PAUSE_SECONDS
    place.failure = OSError("down")

    refuse(secret, door)

    assert (len(door.tried), secret.is_final) == (2, True)


def test_a_secret_that_can_not_change_is_tried_once_more_after_the_pause_and_then_never(
    door: Door,
) -> None:
    secret = make_secret("ORACLE_PASSWORD", SecretStr(OLD))
    secret.clock = door.clock
    door.password = NEW
    assert refuse(secret, door) == "ORA-01017"
    door.now += PAUSE_SECONDS
    refuse(secret, door)

    assert (len(door.tried), secret.is_final) == (2, True)
    assert secret.rereads == {"changed": 0, "same": 0, "failed": 0}


def test_what_is_accepted_makes_good_every_refusal_before(
    secret: Secret, place: Place, door: Door
) -> None:
    door.password = NEW
    refuse(secret, door)
    door.now += PAUSE_SECONDS
    door.password = OLD
    secret.log_in(door.open)
    door.password = NEW

    refuse(secret, door)

    assert (secret.is_final, secret.may_pass) == (False, True)


def test_a_refusal_passes_only_where_the_secret_was_accepted_before(
    secret: Secret, door: Door
) -> None:
    door.password = NEW
    refuse(secret, door)

    assert not secret.may_pass


def test_what_fails_otherwise_is_no_refusal(secret: Secret, place: Place, door: Door) -> None:
    def fail(password: str) -> None:
        raise OracleUnavailable("down")

    for _ in range(3):
        with pytest.raises(OracleUnavailable):
            secret.log_in(fail)

    assert (secret.refusals.by_value, place.reads) == ({}, 0)


def test_nothing_that_is_said_of_a_secret_has_its_value(
    secret: Secret, place: Place, door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    door.password = "another"
    place.put(NEW)
    said = refuse(secret, door)
    for failure in (OSError(NEW), None):
        place.failure = failure
        door.now += PAUSE_SECONDS
        said += refuse(secret, door)

    for value in (OLD, NEW):
        assert value not in caplog.text + said + repr(secret) + repr(secret.given)
