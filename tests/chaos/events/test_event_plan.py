"""A plan of events is its seed's, and what it says can happen."""

from __future__ import annotations

from itertools import chain

import pytest

from oralite.conversation.faults import parse
from tests.chaos.events.drawing import KINDS, draw
from tests.chaos.events.hardships import HARDSHIPS, ORACLE_FAULTS, READER
from tests.chaos.events.mutations import FOUND_BY, HUNTS, OWN
from tests.chaos.events.rows import BEYOND, WITHIN
from tests.chaos.harness.tree import ROOT
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
