"""A small tree of one module and its tests, in which guards are taken out."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.mutants.mutation import Mutation, mutation
from tests.mutants.tree import ROOT

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
