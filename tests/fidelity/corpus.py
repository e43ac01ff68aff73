"""Reads statements/*.txt: each case is one or more statements, a line each, and the right answer to
the last.

An answer is "= rows" (one value, a list of values or a list of tuples), "# count" of rows changed
or "! code" of an
error. They say what an Oracle 19c answers and were written by hand: never copy one from what the
stand-in gave.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_DIRECTORY = Path(__file__).parent / "statements"


@dataclass(frozen=True)
class Case:
    """expected: a list of rows, an int of rows changed, or the text of an error code."""

    area: str
    statements: tuple[str, ...]
    expected: list[tuple[Any, ...]] | int | str


def cases() -> list[Case]:
    return [case for path in sorted(_DIRECTORY.glob("*.txt")) for case in _read(path)]


def _read(path: Path) -> Iterator[Case]:
    for block in path.read_text(encoding="utf-8").strip().split("\n\n"):
        *lines, answer = block.split("\n")
        yield Case(path.stem, _statements(lines), _expected(answer))


def _statements(lines: list[str]) -> tuple[str, ...]:
    """Join each line that begins with a blank to the statement before it."""
    found: list[str] = []
    for line in lines:
        if line.startswith(" "):
            found[-1] += "\n" + line
        else:
            found.append(line)
    return tuple(found)


def _expected(answer: str) -> list[tuple[Any, ...]] | int | str:
    kind, _, text = answer.partition(" ")
    if kind == "!":
        return text
    value = ast.literal_eval(text)
    if kind == "#":
        return int(value)
    if not isinstance(value, list):
        value = [value]
    rows: list[tuple[Any, ...]] = []
    for row in value:
        if not isinstance(row, tuple):
            row = (row,)
        rows.append(row)
    return rows
