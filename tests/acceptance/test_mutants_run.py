"""`python -m tests.mutants`: copies of a tree, in which real tests run."""

from __future__ import annotations

from pathlib import Path

from tests.mutants.mutation import mutation
from tests.mutants.runner import CAUGHT, SURVIVED, try_all
from tests.mutants.sampletree import CODE, TESTS, turned
from tests.mutants.sampletree import tree as tree


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
