"""How several processes share the tests: what each compiles, and which tests begin first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import TypeVar

import pytest

Test = TypeVar("Test")

#: Files whose tests wait for processes, the longest first. Begun at the end, they would be waited
#: for while the other processes have nothing to do.
LONG = (
    "acceptance/test_demo_all.py",
    "acceptance/test_hang.py",
    "acceptance/test_poison.py",
    "acceptance/test_demo.py",
    "acceptance/test_demo_changes.py",
    "acceptance/test_packaging.py",
    "acceptance/test_run_events.py",
    "processor/test_failures_command.py",
    "integration/test_refused_sends.py",
    "acceptance/test_demo_events.py",
    "nats/test_outages.py",
    "acceptance/test_npm.py",
    "acceptance/test_quick_start.py",
    "integration/test_stubborn_ledger.py",
    "integration/test_stubborn_answers.py",
    "acceptance/test_stand_in_alone.py",
    "acceptance/test_privacy.py",
    "mutants/test_mutants.py",
    "acceptance/test_without_files.py",
)
#: How many processes begin with the others, which keep the processors busy while those wait.
BUSY = 2


def deal_tests(items: Sequence[pytest.Item], shares: int) -> list[pytest.Item]:
    """Return tests in the order in which each of these shares begins with its long ones."""
    groups: dict[str, list[pytest.Item]] = {}
    for file in LONG:
        for item in items:
            if item.nodeid.startswith(f"tests/{file}::"):
                groups.setdefault(find_group(item), []).append(item)
    long = set(chain(*groups.values()))
    return deal(list(groups.values()), [item for item in items if item not in long], shares)


def modules_of(root: Path, ignored: Sequence[str] = ()) -> list[str]:
    """Return the names of all modules of tests that are not in a directory that is ignored."""
    without = [root / directory for directory in ignored]
    names = []
    for path in sorted(root.glob("tests/**/test_*.py")):
        if not any(directory in path.parents for directory in without):
            names.append(".".join(path.relative_to(root).with_suffix("").parts))
    return names


def find_group(item: pytest.Item) -> str:
    """Return what tests have in common that stay together: a fixture that their file makes once."""
    made: dict[str, Sequence[pytest.FixtureDef[object]]] = {}
    if isinstance(item, pytest.Function):
        made = dict(item._fixtureinfo.name2fixturedefs)
    for name, definitions in made.items():
        if definitions[-1].scope == "module":
            return f"{item.path} {name}"
    return item.nodeid


def deal(groups: Sequence[Sequence[Test]], others: Sequence[Test], shares: int) -> list[Test]:
    """Return all in shares of equal length, as xdist cuts them, over which groups are dealt first.

    The last of several shares have none. A share that its groups fill goes on into the next.
    """
    waiting = max(1, shares - BUSY)
    left = len(others) + sum(map(len, groups))
    rest = iter(others)
    dealt: list[Test] = []
    for share in range(shares):
        mine: list[Test] = []
        if share < waiting:
            mine.extend(chain(*groups[share::waiting]))
        size = left // (shares - share)
        left -= size
        while len(mine) < size:
            try:
                mine.append(next(rest))
            except StopIteration:
                break
        dealt += mine
    return [*dealt, *rest]
