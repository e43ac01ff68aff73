"""What an expression is, and the least of them: columns and literals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from tests.fidelity.generated.oracle import Truth

Row = Mapping[str, Any]


class Choice(Protocol):
    """Where chance comes from. Hypothesis records it, so that a failing statement shrinks."""

    def one(self, options: Sequence[Any]) -> Any: ...

    def whole(self, least: int, greatest: int) -> int: ...


@dataclass(frozen=True)
class Expr:
    """An expression.

    Parameters:
        kind: number, text or date.
        char: a text of type CHAR, whose length is size.
    """

    sql: str
    kind: str
    of: Callable[[Row], Any] = field(repr=False)
    char: bool = False
    size: int = 0


@dataclass(frozen=True)
class Test:
    """A condition."""

    sql: str
    of: Callable[[Row], Truth] = field(repr=False)


@dataclass(frozen=True)
class World:
    """What an expression may name.

    Parameters:
        columns: those that may be named.
        queries: makes a scalar subquery on them.
        depth: how far it may go on.
    """

    columns: Sequence[Expr]
    depth: int
    tests: Callable[[Choice, World], Test] | None = None
    scalar: Callable[[Choice, World], Expr] | None = None

    def deeper(self) -> World:
        return replace(self, depth=self.depth - 1)

    def of_kind(self, kind: str) -> list[Expr]:
        return [column for column in self.columns if column.kind == kind]


def null_safe(function: Callable[..., Any], *parts: Expr) -> Callable[[Row], Any]:
    """Return a function that gives NULL for a row where one of the parts is."""

    def of(row: Row) -> Any:
        values = [part.of(row) for part in parts]
        return None if None in values else function(*values)

    return of


def leaf(choice: Choice, kind: str, world: World) -> Expr:
    columns = world.of_kind(kind)
    if columns and choice.whole(0, 3):
        return choice.one(columns)
    return literal(choice, kind)


_DAYS = ("2024-01-31", "2024-02-29", "2023-02-28", "2024-12-30", "1999-12-31")
_WORDS = ("a", "B", "ab", "x y", "Ab1", "b ", "%", "é")


def literal(choice: Choice, kind: str) -> Expr:
    if kind == "number":
        shown = choice.one(("0", "1", "2", "3", "10", "0.5", "1.25", "99.995"))
        value = Decimal(shown)
        return Expr(shown, kind, lambda _: value)
    if kind == "date":
        shown = choice.one(_DAYS)
        day = datetime.fromisoformat(shown)
        return Expr(f"DATE '{shown}'", kind, lambda _: day)
    word = choice.one(_WORDS)
    return Expr(f"'{word}'", kind, lambda _: word, char=True, size=len(word.encode()))
