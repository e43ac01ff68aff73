"""A plan of row changes is its seed's, and what it says can happen."""

from __future__ import annotations

from itertools import chain

import pytest

from oralite.conversation.faults import parse
from tests.chaos.changes.drawing import KINDS, draw
from tests.chaos.changes.hardships import HARDSHIPS, STEPS
from tests.chaos.changes.judge.expecting import MARKED
from tests.chaos.changes.mutations import FOUND_BY, OWN
from tests.chaos.changes.plan import POISON
from tests.chaos.changes.steps import FIRST_TARGET, OVERSIZE, TALKS
from tests.chaos.changes.writing import share_out
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


def test_no_two_transactions_move_a_row_to_one_key() -> None:
    for seed in range(20):
        steps = chain.from_iterable(each.steps for each in draw(seed).transactions)
        targets = [step.target for step in steps if step.target]
        assert all(target > FIRST_TARGET for target in targets)
        assert len(targets) == len(set(targets))


def test_whatever_a_transaction_can_do_is_drawn() -> None:
    done = set()
    for seed in range(20):
        for transaction in draw(seed, kind="late").transactions:
            done |= {step.what for step in transaction.steps}
    assert done == {
        "put",
        "merge",
        "delete",
        "move",
        "again",
        "many",
        "savepoint",
        "back",
    }


def test_a_transaction_goes_back_only_to_a_savepoint_that_it_made() -> None:
    for seed in range(50):
        for transaction in draw(seed).transactions:
            made = [step.what for step in transaction.steps if step.what in ("savepoint", "back")]
            assert made in ([], ["savepoint", "back"])


def test_what_must_become_a_dead_letter_is_drawn() -> None:
    values: list[object] = []
    for seed in range(10):
        for transaction in draw(seed, kind="letters").transactions:
            for step in transaction.steps:
                values += step.values.values()
    assert 7 in values
    assert f"{POISON} name" in values
    assert any(isinstance(value, str) and len(value) == OVERSIZE for value in values)


def test_the_judge_knows_how_each_text_is_marked() -> None:
    assert MARKED.keys() <= set(TALKS)


@pytest.mark.parametrize("text", ORACLE_FAULTS)
def test_the_stand_in_understands_each_fault(text: str) -> None:
    assert parse(f"{text.format(n=3)} for CDC")


def test_orders_name_points_that_there_are() -> None:
    points = set(chain.from_iterable(STEPS.values()))
    for seed in range(100):
        for orders in draw(seed).orders.values():
            assert {order.point.partition(" ")[2] for order in orders} <= points


def test_each_hunt_is_for_a_guard_or_a_mutation_of_its_own_and_a_kind_that_is_drawn() -> None:
    own = {each.name for each in OWN}
    assert not own & BY_NAME.keys()
    assert FOUND_BY.keys() <= own | BY_NAME.keys()
    assert own <= FOUND_BY.keys()
    assert set(FOUND_BY.values()) <= KINDS.keys()


def test_each_mutation_of_its_own_fits_the_code() -> None:
    for each in OWN:
        for edit in each.edits:
            path, changed = edit.apply(ROOT)
            assert changed != path.read_text(encoding="utf-8"), each.name


def test_what_stays_open_has_a_writer_of_its_own() -> None:
    for seed in range(10):
        transactions = draw(seed, kind="late").transactions
        for batch in share_out(transactions):
            assert len(batch) == 1 or not any(each.open_seconds for each in batch)
