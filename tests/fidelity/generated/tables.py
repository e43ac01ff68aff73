"""Two small tables at random, T and U, and what may be asked of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.fidelity.generated import oracle
from tests.fidelity.generated.conditions import compared, condition
from tests.fidelity.generated.values import Choice, Expr, Row, Test, World, leaf

CREATE = (
    "CREATE TABLE t (id NUMBER PRIMARY KEY, a NUMBER, b NUMBER(8,2), s VARCHAR2(400), "
    "c CHAR(3), d DATE)",
    "CREATE TABLE u (id NUMBER PRIMARY KEY, a NUMBER, s VARCHAR2(400))",
)
INSERT = {
    "t": "INSERT INTO t VALUES (:1, :2, :3, :4, :5, :6)",
    "u": "INSERT INTO u VALUES (:1, :2, :3)",
}
NAMES = {"t": ("id", "a", "b", "s", "c", "d"), "u": ("id", "a", "s")}
_KINDS = {"id": "number", "a": "number", "b": "number", "s": "text", "c": "text", "d": "date"}
_VALUES: dict[str, Sequence[Any]] = {
    "a": (None, Decimal(0), Decimal(1), Decimal(2), Decimal("-1.5"), Decimal(3)),
    "b": (None, Decimal("0.01"), Decimal(10), Decimal("-99.99"), Decimal("2.50")),
    "s": (None, "a", "ab", "A", "x y", "b1", " a"),
    "c": (None, "a  ", "ab ", "abc"),
    "d": (
        None,
        datetime(2024, 2, 29),
        datetime(2024, 1, 31, 13, 30),
        datetime(1999, 12, 31, 23, 59, 59),
    ),
}
Table = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Tables:
    t: Table
    u: Table

    def rows(self, table: str, alias: str | None = None) -> list[Row]:
        """Return each row under the names of its columns, with the alias before them."""
        prefix = alias or table
        names = [f"{prefix}.{name}" for name in NAMES[table]]
        return [dict(zip(names, row, strict=True)) for row in getattr(self, table)]


def tables(choice: Choice) -> Tables:
    return Tables(_rows(choice, "t", choice.whole(0, 6)), _rows(choice, "u", choice.whole(0, 4)))


def _rows(choice: Choice, table: str, count: int) -> Table:
    names = NAMES[table][1:]
    return [
        (Decimal(key), *(choice.one(_VALUES[name]) for name in names))
        for key in range(1, count + 1)
    ]


def columns(table: str, alias: str | None = None) -> list[Expr]:
    return [column(alias or table, name) for name in NAMES[table]]


def column(alias: str, name: str) -> Expr:
    known = f"{alias}.{name}"
    fixed = name == "c"
    return Expr(known, _KINDS[name], lambda row: row[known], fixed, 3 if fixed else 0)


def world(given: Tables, *, depth: int = 3, joined: bool = False) -> World:
    """Return the columns of T, or of both, with subqueries on either."""
    known = columns("t") + (columns("u") if joined else [])
    subqueries = _Subqueries(given)
    return World(known, depth, subqueries.test, subqueries.scalar)


@dataclass(frozen=True)
class _Subqueries:
    """Queries on one of the tables under the name of V, whose conditions may look at the row
    around."""

    given: Tables

    def test(self, choice: Choice, around: World) -> Test:
        makers = (condition, condition, self._exists, self._member, self._quantified)
        return choice.one(makers)(choice, around)

    def _found(self, choice: Choice, around: World) -> tuple[str, Callable[[Row], list[Row]]]:
        table = choice.one(("u", "t"))
        known = [*columns(table, "v"), *around.columns]
        test = condition(choice, World(known, min(1, around.depth), condition))
        rows = self.given.rows(table, "v")
        return f"FROM {table} v WHERE {test.sql}", lambda row: [
            {**row, **v} for v in rows if test.of({**row, **v})
        ]

    def _exists(self, choice: Choice, around: World) -> Test:
        sql, found = self._found(choice, around)
        word = choice.one(("EXISTS", "NOT EXISTS"))
        return Test(f"{word} (SELECT 1 {sql})", lambda row: bool(found(row)) == (word == "EXISTS"))

    def _member(self, choice: Choice, around: World) -> Test:
        part, word = leaf(choice, "number", around), choice.one(("IN", "NOT IN"))
        sql, found = self._found(choice, around)
        of = self._truth(part, "=", found, oracle.disjunction)
        shown = f"{part.sql} {word} (SELECT v.a {sql})"
        return Test(shown, lambda row: of(row) if word == "IN" else oracle.negation(of(row)))

    def _quantified(self, choice: Choice, around: World) -> Test:
        part, operator = leaf(choice, "number", around), choice.one(oracle.COMPARISONS)
        word, joined = choice.one((("ANY", oracle.disjunction), ("ALL", oracle.conjunction)))
        sql, found = self._found(choice, around)
        return Test(
            f"{part.sql} {operator} {word} (SELECT v.a {sql})",
            self._truth(part, operator, found, joined),
        )

    def _truth(
        self, part: Expr, operator: str, found: Any, joined: Any
    ) -> Callable[[Row], oracle.Truth]:
        test = compared(operator, part, column("v", "a"))
        return lambda row: joined(test.of(inner) for inner in found(row))

    def scalar(self, choice: Choice, around: World) -> Expr:
        name = choice.one(("COUNT", "MAX", "MIN", "SUM"))
        sql, found = self._found(choice, around)

        def of(row: Row) -> Decimal | None:
            return aggregate(name, [inner["v.a"] for inner in found(row)])

        return Expr(f"(SELECT {name}(v.a) {sql})", "number", of)


def aggregate(name: str, values: Sequence[Any]) -> Any:
    """Return an aggregate of one column's values."""
    known = [value for value in values if value is not None]
    if name == "COUNT":
        return Decimal(len(known))
    if not known:
        return None
    if name in ("MAX", "MIN"):
        return max(known) if name == "MAX" else min(known)
    total = oracle.number(sum_of(known))
    return (
        total
        if name == "SUM"
        else oracle.number(oracle.EXACT.divide(sum_of(known), Decimal(len(known))))
    )


def sum_of(values: Sequence[Decimal]) -> Decimal:
    total = Decimal(0)
    for value in values:
        total = oracle.EXACT.add(total, value)
    return total
