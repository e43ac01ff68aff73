"""Searches that are lost: to other copies, or with the connection."""

from __future__ import annotations

from contextlib import suppress
from itertools import count

import pytest

from oracle_cdc.conversations.outbound.searching import FAILURES_ALONE, SettingAside
from oracle_cdc.conversations.tables.ledger import fail_unsearchable
from oracle_cdc.errors import CdcError, OracleUnavailable, Unreachable
from oracle_cdc.running.progress import Progress
from tests.integration.samples import HELLO
from tests.integration.test_clocks import hook, started
from tests.integration.test_leases import EVERYTHING
from tests.world import USER, World

LEDGER = f"{USER}.CDC_PROCESSED_CALLS"
IN_A_MINUTE = "SYS_EXTRACT_UTC(SYSTIMESTAMP) + NUMTODSINTERVAL(60, 'SECOND')"


def lease_to_another(world: World, call_id: object) -> None:
    """Let another copy have a call."""
    world.change(
        f"INSERT INTO {LEDGER} (CALL_ID, STATE, DUE_AT, LEASE_TOKEN, VERSION) "
        f"VALUES ('{call_id}', 'LEASED', {IN_A_MINUTE}, 'theirs', 1)"
    )


def test_searches_in_a_row_that_win_nothing_leave_the_rest_until_the_next_cycle(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Another copy is faster at each call, and one more call comes with each search.
    capture, _ = started(world)
    world.record("1", *HELLO)
    numbers = count(1)

    def snatch() -> None:
        number = next(numbers)
        lease_to_another(world, number)
        world.record(str(number + 1), *HELLO)

    hook(monkeypatch, capture.turns.claiming, "claim", snatch)

    capture.run_cycle()

    assert set(world.states()) == {"1", "2", "3"}


def test_a_search_is_tried_by_halves_only_after_the_third_loss_of_the_connection(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture, _ = started(world)
    apart: list[str] = []
    hook(monkeypatch, capture.turns.finder, "find_apart", lambda: apart.append("apart"))
    world.server.faults.set(f'drop before execute when "m.IS_ENABLED" times always for {USER}')

    for tried_apart in (0, 0, 1):
        with suppress(CdcError):
            capture.run_cycle()
        assert len(apart) == tried_apart


def test_a_search_that_could_not_be_asked_is_no_search_that_was_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture, _ = started(world)
    finder = capture.turns.finder

    def refuse(work: object) -> None:
        raise Unreachable(OracleUnavailable("no listener"))

    monkeypatch.setattr(finder.database, "attempt", refuse)

    with pytest.raises(OracleUnavailable, match="no listener"):
        capture.run_cycle()

    assert (finder.failures, finder.long_failures) == (0, 0)


def test_a_call_that_another_copy_holds_is_not_set_aside_by_the_search(world: World) -> None:
    lease_to_another(world, "1")

    with world.application().database.session() as session:
        assert not fail_unsearchable(session, "1")
        session.commit()

    assert world.states() == {"1": "LEASED"}


def test_a_call_that_another_copy_leases_is_left_alone_though_it_grows(world: World) -> None:
    lease_to_another(world, "1")
    world.change(f"UPDATE {LEDGER} SET ROWS_READ = 1")
    world.record("1", *HELLO)

    world.cycle(world.application())

    assert world.rows(f"SELECT STATE, LEASE_TOKEN FROM {LEDGER}") == [("LEASED", "theirs")]


def test_calls_that_another_copy_leases_take_no_place_in_a_search(world: World) -> None:
    capture, _ = started(world)
    for call_id, ago_seconds in (("1", 60), ("2", 50), ("3", 40)):
        world.record(call_id, *HELLO, ago_seconds=ago_seconds)
    for call_id in ("1", "2"):
        lease_to_another(world, call_id)
    world.change(f"UPDATE {LEDGER} SET ROWS_READ = 1")

    found = capture.turns.find(EVERYTHING, 2)

    assert [candidate.call_id for candidate in found.candidates] == ["3"]


def test_a_batch_full_of_known_calls_does_not_hide_the_unknown_ones(world: World) -> None:
    service = world.application(max_batch_size=2)
    for call_id, ago_seconds in (("1", 60), ("2", 50), ("3", 40)):
        world.record(call_id, *HELLO, ago_seconds=ago_seconds)
    world.cycle(service)
    world.record("4", *HELLO, ago_seconds=30)

    world.cycle(service)

    assert set(world.states()) == {"1", "2", "3", "4"}


@pytest.mark.parametrize("failures", [1, FAILURES_ALONE - 1, FAILURES_ALONE])
def test_a_call_is_set_aside_by_the_search_only_with_its_third_failure(
    world: World, failures: int
) -> None:
    world.record("1", *HELLO)
    aside = SettingAside(world.application().database, Progress())
    is_last = failures == FAILURES_ALONE

    assert aside.account_for("1", CdcError("damaged"), failures) is is_last

    assert (world.states() == {"1": "FAILED"}) is is_last
