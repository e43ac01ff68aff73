"""A plan is its seed's, and what it says can happen."""

from __future__ import annotations

import pytest

from oralite.conversation.faults import parse
from tests.chaos.plans.drawing import KINDS, draw
from tests.chaos.plans.hardships import HARDSHIPS, passing_errors
from tests.chaos.plans.points import ORACLE_FAULTS
from tests.chaos.rounds.mutations import HUNTS
from tests.mutants.tables import BY_NAME


def test_the_same_seed_gives_the_same_plan() -> None:
    for seed in range(20):
        assert draw(seed) == draw(seed)


def test_all_kinds_of_rounds_occur_in_a_hundred_seeds() -> None:
    assert {draw(seed).kind for seed in range(100)} == set(KINDS)


def test_each_hardship_is_drawn() -> None:
    assert HARDSHIPS.keys() < KINDS.keys()


@pytest.mark.parametrize("text", [*ORACLE_FAULTS, passing_errors(0.1, 7)])
def test_the_stand_in_understands_each_fault(text: str) -> None:
    assert parse(text.format(n=3) + " for CDC")


def test_each_hunt_is_for_a_mutation_of_a_guard() -> None:
    assert {hunt.name for hunt in HUNTS} <= BY_NAME.keys()
    assert {hunt.kind for hunt in HUNTS} <= KINDS.keys()
