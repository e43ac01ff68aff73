"""The runner itself: a mutation fits or says so, and only a failing test catches it."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from tests.mutants.groups import GROUPS
from tests.mutants.mutation import Edit, Misplaced, parse, restore
from tests.mutants.runner import CAUGHT, ERROR, SURVIVED, judge
from tests.mutants.sampletree import CODE, turned
from tests.mutants.sampletree import tree as tree
from tests.mutants.tables import BY_NAME, MUTATIONS, TABLES
from tests.mutants.tree import ROOT, Run


def test_a_text_is_found_however_its_lines_are_broken(tree: Path) -> None:
    originals = turned().apply(tree)
    assert "return (\n            n <= LIMIT" in (tree / "room/gate.py").read_text()
    restore(originals)
    assert (tree / "room/gate.py").read_text() == CODE


@pytest.mark.parametrize(
    ("before", "target"),
    [
        ("n > LIMIT", "room.gate.Gate.opens"),
        ("n", "room.gate.Gate.opens"),
        ("n < LIMIT", "room.gate.Gate.moved"),
        ("n < LIMIT", "room.gone.Gate.opens"),
        ("1 = 1", "room/gate.sql"),
        ("1 = 1", "room/gate.sql:third"),
    ],
)
def test_a_mutation_that_does_not_fit_exactly_once_is_an_error(
    tree: Path, before: str, target: str
) -> None:
    with pytest.raises(Misplaced, match="gate turned"):
        turned(before, target=target).apply(tree)
    assert (tree / "room/gate.py").read_text() == CODE


def test_a_mutation_that_is_no_python_is_an_error_and_leaves_nothing_changed(tree: Path) -> None:
    with pytest.raises(Misplaced, match="does not parse"):
        turned(after="n <").apply(tree)
    assert (tree / "room/gate.py").read_text() == CODE


@pytest.mark.parametrize(
    ("target", "before", "after", "changed"),
    [
        ("room.gate.LIMIT", "3", "4", "LIMIT: int = 4"),
        ("room/gate.sql:second", "1 = 1", "1 = 0", "FROM DUAL\nWHERE 1 = 0"),
        ("room.gate.closes", "if n:", "if n:\n    n += 1", "    if n:\n        n += 1\n"),
    ],
)
def test_constants_statements_and_lines_can_be_changed(
    tree: Path, target: str, before: str, after: str, changed: str
) -> None:
    path, source = Edit(target, before, after).apply(tree)
    assert changed in source
    assert path.name.startswith("gate")


@pytest.mark.parametrize(
    ("code", "failures", "word"),
    [
        (0, (), SURVIVED),
        (1, (("test_a", "call", "AssertionError"),), CAUGHT),
        (1, (("test_a", "call", "KeyError"),), CAUGHT),
        (1, (("test_a", "call", "NameError"),), ERROR),
        (1, (("test_a", "setup", "AssertionError"),), ERROR),
        (1, (), ERROR),
        (2, (), ERROR),
        (4, (), ERROR),
        (5, (), ERROR),
        (-1, (), ERROR),
    ],
)
def test_only_a_failing_test_catches_a_mutation(
    code: int, failures: tuple[tuple[str, str, str], ...], word: str
) -> None:
    assert judge(Run(code, failures, "the end"))[0] == word


def test_names_of_mutations_are_unique() -> None:
    names = [each.name for each in MUTATIONS]
    assert len(names) == len(set(names))


def test_groups_name_mutations_that_are_there_each_once() -> None:
    for names in GROUPS.values():
        assert len(set(names)) == len(names) == 12
        assert set(names) <= BY_NAME.keys()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__.rpartition(".")[2])
def test_each_mutation_fits_the_code_and_names_tests_that_are_there(table: ModuleType) -> None:
    wrong = []
    for each in table.MUTATIONS:
        assert each.rule and each.tests
        for edit in each.edits:
            try:
                parse(*edit.apply(ROOT))
            except Misplaced as error:
                wrong.append(f"{each.name}: {error}")
        wrong += [f"{each.name}: {test}" for test in each.tests if not is_there(test)]
    assert not wrong


def is_there(test: str) -> bool:
    """Return whether a test, or a file of tests, is where its id says."""
    name, _, function = test.partition("::")
    path = ROOT / name
    if not path.is_file():
        return False
    beginning = f"def {function.partition('[')[0]}(" if function else ""
    return beginning in path.read_text(encoding="utf-8")
