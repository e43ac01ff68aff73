"""The packages that are measured, and the files of each."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

Function = ast.FunctionDef | ast.AsyncFunctionDef
ROOT = Path(__file__).parents[2]
#: The modules beside the packages are measured as one.
ALONE = "top level"
ALONE_FILES = ("config.py", "cdc_service.py")
STAND_INS = ("oralite", "awslite", "trinolite")
PACKAGES = ("oracle_cdc", "sync_monitor", *STAND_INS, "standins", "bench", "tests", ALONE)
PRODUCT = "oracle_cdc"


@dataclass(frozen=True)
class Source:
    """A Python file, parsed. `path` is relative to the repository."""

    path: Path
    lines: list[str]
    tree: ast.Module

    @cached_property
    def nodes(self) -> dict[type[ast.AST], list[Any]]:
        """Return all nodes of the tree by their type."""
        nodes: dict[type[ast.AST], list[Any]] = {}
        for node in ast.walk(self.tree):
            nodes.setdefault(type(node), []).append(node)
        return nodes

    def find(self, *types: type[ast.AST]) -> list[Any]:
        """Return the nodes of these types."""
        found = []
        for kind in types:
            found.extend(self.nodes.get(kind, []))
        return found

    @property
    def functions(self) -> list[Function]:
        """Return every function and method, nested ones too."""
        return self.find(ast.FunctionDef, ast.AsyncFunctionDef)

    @property
    def classes(self) -> list[ast.ClassDef]:
        """Return every class."""
        return self.find(ast.ClassDef)

    @property
    def room(self) -> str:
        """Return the folder that the file lies in."""
        return self.path.parent.as_posix()

    @property
    def code_lines(self) -> int:
        """Count the lines that are neither blank nor a comment, docstrings among them."""
        count = 0
        for line in self.lines:
            text = line.strip()
            if text and not text.startswith("#"):
                count += 1
        return count


def parse(path: Path) -> Source:
    """Read a file of the repository."""
    text = path.read_text(encoding="utf-8")
    return Source(path.relative_to(ROOT), text.splitlines(), ast.parse(text))


def read_package(package: str) -> Iterator[Source]:
    """Read the modules of a package one by one, or those that stand beside the packages."""
    if package == ALONE:
        paths = [ROOT / name for name in ALONE_FILES]
    else:
        paths = sorted((ROOT / package).rglob("*.py"))
    for path in paths:
        yield parse(path)


def read_all() -> dict[str, list[Source]]:
    """Read every package, by its name."""
    return {package: list(read_package(package)) for package in PACKAGES}


def by_room(sources: list[Source]) -> dict[str, list[Source]]:
    """Return the sources of a package by the folder that they lie in."""
    rooms: dict[str, list[Source]] = {}
    for source in sources:
        rooms.setdefault(source.room, []).append(source)
    return rooms
