"""The retry rule stands in one file: nobody else works out a wait, or sleeps."""

from __future__ import annotations

import ast
from operator import attrgetter
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "oracle_cdc"


def test_only_the_retry_policy_works_out_a_wait_or_sleeps() -> None:
    # The length of a slice of the source (windows.py) and the rows of a visit (lane.py) are no
    # waits, and the demo plays other people's parts.
    # The formula stood in three files, and a fourth had a loop of its own that slept.
    places: list[str] = []
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE)
        if name.name in ("retrying.py", "windows.py", "lane.py") or name.parts[0] == "demo":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if is_doubling(node) or is_sleep(node):
                places.append(f"{name}: {ast.unparse(node)}")

    assert places == []


def is_doubling(node: ast.AST) -> bool:
    """Return whether a node is `2 ** something`, or the bounded double that a loop carries on."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        return is_two(node.left) and not isinstance(node.right, ast.Constant)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "min":
        return any(map(is_double, node.args))
    return False


def is_double(node: ast.AST) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return is_two(node.left) or is_two(node.right)
    return False


def is_two(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value == 2


def is_sleep(node: ast.AST) -> bool:
    """Return whether a node names `sleep`, however it was imported."""
    if isinstance(node, ast.ImportFrom):
        return "sleep" in map(attrgetter("name"), node.names)
    return isinstance(node, ast.Attribute) and node.attr == "sleep"
