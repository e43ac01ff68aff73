"""Searches that are lost: to other copies, or with the connection."""

from __future__ import annotations

from contextlib import suppress
from itertools import count

import pytest

from oracle_cdc.conversations.tables.ledger import fail_unsearchable
from oracle_cdc.errors import CdcError
from tests.integration.test_capture import HELLO
from tests.integration.test_clocks import hook, started
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


def test_a_call_that_another_copy_holds_is_not_set_aside_by_the_search(world: World) -> None:
    lease_to_another(world, "1")

    with world.application().database.session() as session:
        assert not fail_unsearchable(session, "1")
        session.commit()

    assert world.states() == {"1": "LEASED"}
