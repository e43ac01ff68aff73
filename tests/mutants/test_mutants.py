"""The runner itself: a mutation fits or says so, and only a failing test catches it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from tests.mutants.groups import GROUPS
from tests.mutants.mutation import Edit, Misplaced, Mutation, mutation, restore
from tests.mutants.runner import CAUGHT, ERROR, SURVIVED, judge, try_all
from tests.mutants.tables import BY_NAME, MUTATIONS, TABLES
from tests.mutants.tree import ROOT, Run

CODE = """
LIMIT: int = 3


class Gate:
    def opens(self, n: int) -> bool:
        return (
            n
            < LIMIT
        )

    def shuts(self, n: int) -> bool:
        return not n < LIMIT


def closes(n: int) -> bool:
    if n:
        return False
    return True
"""

SQL = """-- first --
-- Says one.
SELECT 1 FROM DUAL
WHERE 1 = 1

-- second --
SELECT 2 FROM DUAL
WHERE 1 = 1
"""

TESTS = """
from room.gate import Gate, closes

def test_the_gate_is_shut_at_its_limit():
    assert not Gate().opens(3)

def test_nothing_of_the_gate():
    assert True
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Make a small tree of one module, one file of statements and its tests, as git knows it."""
    root = tmp_path / "source"
    for name, text in (
        ("room/__init__.py", ""),
        ("room/gate.py", CODE),
        ("room/gate.sql", SQL),
        ("test_gate.py", TESTS),
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    for name in ("__init__.py", "mutants/__init__.py", "mutants/verdict.py"):
        (root / "tests" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "tests" / name, root / "tests" / name)
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    return root


def turned(before: str = "n < LIMIT", after: str = "n <= LIMIT", **changes: str) -> Mutation:
    """Return the mutation of the gate."""
    target = changes.get("target", "room.gate.Gate.opens")
    return mutation("gate turned", "shut at its limit", target, before, after, tests="test_gate.py")


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


def test_mutations_are_caught_or_survive_in_copies_of_the_tree(tree: Path, tmp_path: Path) -> None:
    survivor = mutation("unseen", "", "room.gate.closes", "if n", "if not n", tests="test_gate.py")
    printed: list[str] = []
    verdicts = try_all([turned(), survivor], tree, tmp_path, parallel=2, report=printed.append)
    words = {verdict.mutation.name: verdict.word for verdict in verdicts}
    assert words == {"gate turned": CAUGHT, "unseen": SURVIVED}
    assert (tree / "room/gate.py").read_text() == CODE


def test_nothing_is_tried_when_a_test_fails_unbroken(tree: Path, tmp_path: Path) -> None:
    (tree / "test_gate.py").write_text(TESTS.replace("assert True", "assert False"))
    printed: list[str] = []
    assert not try_all([turned()], tree, tmp_path, parallel=1, report=printed.append)
    assert "not all tests pass" in printed[0]


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
                edit.apply(ROOT)
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
