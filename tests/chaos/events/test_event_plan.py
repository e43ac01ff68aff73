"""A plan of events is its seed's, and what it says can happen."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import pytest

from oralite.conversation.faults import parse
from tests.chaos.events.drawing import KINDS, draw
from tests.chaos.events.hardships import HARDSHIPS, READER
from tests.chaos.events.mutations import FOUND_BY, HUNTS, OWN
from tests.chaos.events.plan import Deposit
from tests.chaos.events.rows import BEYOND, WITHIN
from tests.chaos.events.soak import EventSoak, draw_soak
from tests.chaos.events.table import share_out
from tests.chaos.harness.tree import ROOT
from tests.chaos.plans.acts import ORACLE_FAULTS
from tests.mutants.tables import BY_NAME


def test_the_same_seed_gives_the_same_plan() -> None:
    for seed in range(20):
        assert draw(seed) == draw(seed)


def test_all_kinds_of_rounds_occur_in_two_hundred_seeds() -> None:
    assert {draw(seed).kind for seed in range(200)} == set(KINDS)


def test_each_hardship_is_drawn_and_only_a_sound_round_has_none() -> None:
    assert set(HARDSHIPS) == set(KINDS) - {"sound"}
    assert all(draw(seed, kind="sound").is_sound for seed in range(20))


def test_no_two_rows_of_a_round_have_one_id() -> None:
    for seed in range(20):
        deposits = draw(seed).deposits
        records = chain.from_iterable(deposit.records for deposit in deposits)
        keys = [record.key for record in records]
        assert len(keys) == len(set(keys))


def test_rows_on_both_sides_of_what_a_server_takes_occur() -> None:
    lengths = set()
    for deposit in draw(1, kind="large").deposits:
        lengths |= {len(record.text or "") for record in deposit.records}
    assert any(WITHIN - 1000 < length < WITHIN for length in lengths)
    assert any(BEYOND - 500 < length < BEYOND for length in lengths)


@pytest.mark.parametrize("text", ORACLE_FAULTS)
def test_the_stand_in_understands_each_fault(text: str) -> None:
    assert parse(f"{text.format(n=3)} for {READER}")


def test_each_hunt_is_for_a_guard_or_a_mutation_of_its_own_and_a_kind_that_is_drawn() -> None:
    own = {each.name for each in OWN}
    assert not own & BY_NAME.keys()
    assert FOUND_BY.keys() <= own | BY_NAME.keys()
    assert {hunt.kind for hunt in HUNTS} <= KINDS.keys()


def test_each_mutation_of_its_own_fits_the_code() -> None:
    for each in OWN:
        for edit in each.edits:
            path, changed = edit.apply(ROOT)
            assert changed != path.read_text(encoding="utf-8"), each.name


def test_a_soak_with_kills_kills_each_process_once_and_has_late_commits(tmp_path: Path) -> None:
    soak = EventSoak(minutes=1, rate=20, seed=3, tree=ROOT, directory=tmp_path, has_kills=True)
    plan = draw_soak(soak)
    assert plan == draw_soak(soak)
    victims = [act.what for act in plan.acts]
    assert victims == ["service kill", "nats crash", "mariadb crash", "oracle crash"]
    late = [deposit for deposit in plan.deposits if deposit.open_seconds]
    assert 0.005 * len(plan.deposits) < len(late) < 0.05 * len(plan.deposits)


def test_a_soak_without_kills_leaves_the_service_running(tmp_path: Path) -> None:
    soak = EventSoak(minutes=5, rate=1, seed=3, tree=ROOT, directory=tmp_path)
    assert not [act for act in draw_soak(soak).acts if act.what.startswith("service")]


def test_writers_of_a_soak_take_turns_with_what_stays_open_too() -> None:
    deposits = [Deposit(number, float(number % 2), ()) for number in range(16)]
    assert [len(batch) for batch in share_out(deposits, 8)] == [2] * 8
    assert len(share_out(deposits)) > 8
