"""A plan of all pipelines is its seed's, and its parts agree on what is done to all of them."""

from __future__ import annotations

from functools import cache

import pytest

from oralite.conversation.faults import parse
from tests.chaos.events.hardships import READER
from tests.chaos.harness.tree import ROOT
from tests.chaos.joined.disturbing import ALIKE
from tests.chaos.joined.drawing import (
    COPIES,
    KINDS,
    LASTING,
    MOST_ACTS,
    NOT_JOINED,
    draw,
    parts_of,
)
from tests.chaos.joined.mutations import FOUND_BY, HUNTS, OWN
from tests.chaos.joined.outages import OUTAGES, PIPELINES
from tests.mutants.tables import BY_NAME

SEEDS = range(40)

plan_of = cache(draw)


def test_the_same_seed_gives_the_same_plan() -> None:
    for seed in SEEDS:
        assert draw(seed) == draw(seed)


def test_all_kinds_of_rounds_and_of_copies_occur_in_a_hundred_seeds() -> None:
    plans = [plan_of(seed) for seed in range(100)]
    assert {plan.kind for plan in plans} == set(KINDS)
    drawn = [plan.changes.copies for plan in plans]
    assert all(copies in drawn for copies in COPIES)


def test_the_parts_of_a_plan_have_the_same_acts_orders_and_copies() -> None:
    for seed in SEEDS:
        plan = plan_of(seed)
        for part in parts_of(plan):
            assert part.acts == plan.acts
            assert part.orders == plan.changes.orders
            assert tuple(part.copies) == tuple(plan.changes.copies)


def test_each_copy_that_is_ended_or_frozen_is_one_of_the_round() -> None:
    for seed in SEEDS:
        plan = plan_of(seed)
        assert {act.copy for act in plan.acts if act.copy} <= set(plan.changes.copies)


def test_the_clock_that_all_share_goes_on_and_acts_leave_time_to_work() -> None:
    for seed in SEEDS:
        acts = plan_of(seed).acts
        assert len(acts) <= MOST_ACTS
        assert not [act for act in acts if act.what in NOT_JOINED]


def test_of_faults_that_last_there_is_one_at_most_so_that_a_command_can_be_done() -> None:
    counts = set()
    for seed in range(100):
        counts.add(sum(LASTING in act.text for act in plan_of(seed).acts))
    assert counts == {0, 1}


def test_faults_of_oracle_meet_the_one_user_that_all_pipelines_have() -> None:
    for seed in SEEDS:
        for act in plan_of(seed).acts:
            if act.what == "oracle fault":
                assert f"for {READER}" not in act.text
                assert parse(act.text)


def test_a_sound_round_is_sound_for_each_pipeline() -> None:
    for seed in SEEDS:
        plan = draw(seed, kind="sound")
        assert plan.conversations.is_undisturbed
        assert plan.events.is_sound
        assert plan.changes.is_sound


def test_every_dependency_is_away_in_some_round_in_each_of_its_ways() -> None:
    drawn = set()
    for seed in range(160):
        drawn |= {(act.what, act.text) for act in draw(seed, kind="apart").acts}
    for name, outage in OUTAGES.items():
        assert {(f"{name} away", way) for way in outage.ways} <= drawn


@pytest.mark.parametrize("name", sorted(OUTAGES))
def test_every_outage_spares_some_pipeline_and_is_known_to_a_side(name: str) -> None:
    outage = OUTAGES[name]
    assert outage.spares
    assert set(outage.spares) | outage.hinders == set(PIPELINES)
    assert f"{name} away" in ALIKE


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
