"""What a demo of row changes writes: everything that is odd, whatever the numbers drawn."""

from __future__ import annotations

import random
import re

import pytest

from oracle_cdc.changes.rules.transformers import read_transformers
from oracle_cdc.demo.changes.canaries import Canaries, check_digit, find_canaries
from oracle_cdc.demo.changes.kinds import KINDS, TYPE_DIGITS
from oracle_cdc.demo.changes.tables import (
    FORGOTTEN,
    LARGE_COLUMN,
    LARGE_TABLE,
    Transformers,
    cure,
    forget,
    make_transformers,
)
from oracle_cdc.demo.changes.transactions import (
    FEWEST_CHANGES,
    LATE_SECONDS,
    LONGEST_SECONDS,
    TOO_LARGE_CHARACTERS,
    WRITERS,
    Moment,
    Transaction,
    make_transactions,
)
from oracle_cdc.demo.changes.writers import flatten
from tests.unit.demochanges import demo_table, demo_tables


def made(count: int, seed: int) -> tuple[list[Transaction], Canaries]:
    chance = random.Random(seed)
    canaries = Canaries(chance)
    work = make_transactions(demo_tables(), count, canaries, chance)
    assert len(work) == WRITERS
    return [*flatten(work)], canaries


@pytest.mark.parametrize(("count", "seed"), [(FEWEST_CHANGES, 1), (FEWEST_CHANGES, 2), (1200, 3)])
def test_there_is_everything_that_is_odd(count: int, seed: int) -> None:
    transactions, canaries = made(count, seed)
    statements = [each for transaction in transactions for each in transaction.statements]
    assert sum(transaction.change_count for transaction in transactions) >= count
    words = {statement.sql.split()[0] for statement in statements}
    assert words == {"INSERT", "UPDATE", "DELETE", "MERGE"}
    assert any(len(statement.binds) > 1 for statement in statements)
    assert any(" OR " in statement.sql for statement in statements)
    assert any(statement.change_count > statement.row_count for statement in statements)
    assert {each.waits_for for each in transactions} == {None, *Moment}
    assert any(each.is_rolled_back for each in transactions)
    late = [each.late_seconds for each in transactions if each.late_seconds]
    assert late
    assert all(LATE_SECONDS[0] <= seconds <= LATE_SECONDS[1] for seconds in late)
    assert all(0 <= each.begin_seconds <= LONGEST_SECONDS for each in transactions)
    assert canaries.count > count / 4


def test_what_is_rolled_back_makes_no_event() -> None:
    transactions, _ = made(FEWEST_CHANGES, 1)
    rolled_back = [each for each in transactions if each.is_rolled_back]
    assert [each.change_count for each in rolled_back] == [0] * len(rolled_back)


def test_a_row_is_too_large_for_an_event() -> None:
    transactions, _ = made(FEWEST_CHANGES, 1)
    binds = [b for each in transactions for s in each.statements for b in s.binds]
    large = [each for each in binds if len(str(each.get(LARGE_COLUMN))) == TOO_LARGE_CHARACTERS]
    assert len(large) == 2


def test_all_types_of_the_schema_are_known() -> None:
    types = {TYPE_DIGITS.sub("", c.oracle_type) for t in demo_tables() for c in t.columns}
    assert types == KINDS.keys()


@pytest.mark.parametrize("change", [lambda all: all, forget, lambda all: cure(all, demo_tables())])
def test_the_service_takes_what_is_to_be_published(change: object) -> None:
    assert callable(change)
    transformers: Transformers = change(make_transformers(demo_tables()))
    models = {table.name: table.model for table in demo_tables()}
    read = read_transformers(transformers, models)
    is_forgotten = FORGOTTEN not in read
    assert is_forgotten == (change is forget)
    hidden = {c.name for c in demo_table("users").columns if demo_table("users").is_hidden(c)}
    assert hidden == set(read["users"].redact_fields)
    assert "ssn" in hidden


def test_the_cure_leaves_out_what_is_too_large() -> None:
    cured = cure(make_transformers(demo_tables()), demo_tables())
    fields = cured[LARGE_TABLE]["includeFields"]
    assert isinstance(fields, list)
    names = {column.name for column in demo_table(LARGE_TABLE).columns}
    assert set(fields) == names - {LARGE_COLUMN}


def test_canaries_are_found_in_any_text_and_nothing_else_is() -> None:
    canaries = Canaries(random.Random(1))
    one, card = canaries.make(), canaries.make_card()
    assert len(one) <= 11
    assert check_digit(card[:-1]) == int(card[-1])
    assert [*find_canaries(f'{{"a":"{one}","b":"paid with {card}"}}')] == [one, card]
    assert [*find_canaries("4580 Q7Z [REDACTED] 458077")] == []
    assert re.fullmatch(r"458077\d{10}", card)
