"""A connection that is lost while calls are claimed leaves none of them leased until the lease's
end."""

from __future__ import annotations

import logging
from contextlib import suppress

import pytest

from oracle_cdc.conversations.readiness_reasons import CAPTURE
from oracle_cdc.conversations.wiring import Application, make_loops
from oracle_cdc.errors import OracleUnavailable
from tests.acceptance.process import wait_for
from tests.world import USER, World

HELLO = (("A", "hello"), ("C", "my line is down"))
LEDGER = f"{USER}.CDC_PROCESSED_CALLS"
#: The answer to the claim's commit is lost, and so is the one to the question what it wrote.
UNKNOWN = (
    f"drop after commit for {USER}; "
    f'drop before execute when "SELECT CALL_ID FROM CDC_PROCESSED_CALLS WHERE LEASE_TOKEN"'
)


@pytest.fixture
def service(world: World) -> Application:
    """Return a service after its first cycle, with leases that no test lives to see the end of."""
    service = world.application(lease_seconds=300)
    world.cycle(service)
    return service


def known(world: World, call_id: str, attempts: int) -> None:
    """Make a call that the ledger knows, due now."""
    world.record(call_id, *HELLO)
    world.change(
        f"INSERT INTO {LEDGER} (CALL_ID, STATE, DUE_AT, ATTEMPTS) "
        f"VALUES ('{call_id}', 'OPEN', SYSDATE - 1, {attempts})"
    )


def lose_connection(world: World, service: Application, fault: str) -> None:
    """Run a cycle in which this fault is met, whether it gets over it or not."""
    world.server.faults.set(f"{fault} for {USER}")
    with suppress(OracleUnavailable):
        world.cycle(service)


def test_claims_whose_commit_was_not_answered_are_given_back_to_the_next_cycle(
    world: World, service: Application
) -> None:
    known(world, "1", attempts=0)
    world.record("2", *HELLO)

    lose_connection(world, service, "drop after commit")
    world.cycle(service)
    world.cycle(service)

    assert world.states() == {"1": "SENT", "2": "SENT"}


def test_claims_that_were_never_written_are_claimed_anew(
    world: World, service: Application
) -> None:
    known(world, "1", attempts=0)
    world.record("2", *HELLO)

    lose_connection(world, service, "drop before commit")
    world.cycle(service)

    assert world.states() == {"1": "SENT", "2": "SENT"}


def test_a_claim_after_whose_loss_no_log_in_is_taken_is_oracles_failure(
    world: World, service: Application, caplog: pytest.LogCaptureFixture
) -> None:
    world.record("2", *HELLO)
    world.server.faults.set(
        f'drop before execute when "INSERT INTO CDC_PROCESSED_CALLS" for {USER}; '
        f"refuse logins error 12514 for {USER}"
    )
    capture, _ = make_loops(service)
    capture.progress.begin(CAPTURE)

    assert not capture.run_once()

    hindrance = service.progress.hindered_loops(-1.0)[CAPTURE]
    assert isinstance(hindrance, OracleUnavailable)
    assert "ORA-12514" in str(hindrance)
    assert logging.CRITICAL not in {record.levelno for record in caplog.records}

    world.server.faults.clear()
    world.cycle(service)
    assert world.states() == {"2": "SENT"}


def test_a_second_batch_that_cant_be_claimed_keeps_nothing_from_the_first(
    world: World, service: Application
) -> None:
    """Calls that have failed by themselves are claimed after the others."""
    known(world, "1", attempts=1)
    world.record("2", *HELLO)

    lose_connection(world, service, 'drop before execute when "FOR UPDATE SKIP LOCKED"')
    assert world.states() == {"1": "OPEN", "2": "SENT"}
    world.cycle(service)

    wait_for("the lane of its own", lambda: world.states() == {"1": "SENT", "2": "SENT"})


def test_what_another_copy_holds_stays_with_it(world: World, service: Application) -> None:
    world.record("2", *HELLO)
    lose_connection(world, service, UNKNOWN)
    world.change(
        f"UPDATE {LEDGER} SET LEASE_OWNER = 'other', LEASE_TOKEN = 'theirs', VERSION = VERSION + 1"
    )

    world.cycle(service)

    assert world.rows(f"SELECT STATE, LEASE_TOKEN FROM {LEDGER}") == [("LEASED", "theirs")]


def test_a_claim_that_cant_be_given_back_keeps_no_other_call_waiting(
    world: World, service: Application
) -> None:
    world.record("2", *HELLO)
    lose_connection(world, service, UNKNOWN)
    assert world.states()["2"] == "LEASED"
    world.record("3", *HELLO)
    world.server.faults.set(
        f'error 1653 on execute when "WHERE LEASE_TOKEN = :token AND STATE" times 1 for {USER}'
    )

    world.cycle(service)

    assert world.states() == {"2": "LEASED", "3": "SENT"}


def test_claims_whose_commit_was_not_answered_are_read_back(
    world: World, service: Application
) -> None:
    known(world, "1", attempts=0)
    world.record("2", *HELLO)

    lose_connection(world, service, "drop after commit")

    assert world.states() == {"1": "SENT", "2": "SENT"}


def test_claims_that_may_have_been_written_are_given_back_once_oracle_answers(
    world: World, service: Application
) -> None:
    world.record("2", *HELLO)
    lose_connection(world, service, UNKNOWN)
    assert world.states() == {"2": "LEASED"}

    world.cycle(service)
    world.cycle(service)

    assert world.states() == {"2": "SENT"}
