"""Conditions at random, true, false or unknown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from tests.fidelity.generated import oracle
from tests.fidelity.generated.expressions import expression
from tests.fidelity.generated.oracle import Truth
from tests.fidelity.generated.values import Choice, Expr, Row, Test, World, leaf, literal

_KINDS = ("number", "number", "text", "date")


def condition(choice: Choice, world: World) -> Test:
    if world.depth > 0 and choice.whole(0, 2) == 0:
        return choice.one((_both, _either, _denied))(choice, world.deeper())
    return choice.one((_compared, _compared, _null, _between, _listed, _alike, _lnnvl))(
        choice, world.deeper()
    )


def _both(choice: Choice, world: World) -> Test:
    parts = [condition(choice, world) for _ in range(2)]
    return Test(
        f"({parts[0].sql} AND {parts[1].sql})",
        lambda row: oracle.conjunction(p.of(row) for p in parts),
    )


def _either(choice: Choice, world: World) -> Test:
    parts = [condition(choice, world) for _ in range(2)]
    return Test(
        f"({parts[0].sql} OR {parts[1].sql})",
        lambda row: oracle.disjunction(p.of(row) for p in parts),
    )


def _denied(choice: Choice, world: World) -> Test:
    part = condition(choice, world)
    return Test(f"NOT ({part.sql})", lambda row: oracle.negation(part.of(row)))


def _compared(choice: Choice, world: World) -> Test:
    kind, operator = choice.one(_KINDS), choice.one(oracle.COMPARISONS)
    left, right = (expression(choice, kind, world) for _ in range(2))
    return compared(operator, left, right)


def compared(operator: str, left: Expr, right: Expr) -> Test:
    padded = left.char and right.char

    def of(row: Row) -> Truth:
        return oracle.compare(operator, left.of(row), right.of(row), padded=padded)

    return Test(f"{left.sql} {operator} {right.sql}", of)


def _null(choice: Choice, world: World) -> Test:
    part, negative = expression(choice, choice.one(_KINDS), world), choice.whole(0, 1)
    shown = "IS NOT NULL" if negative else "IS NULL"
    return Test(f"{part.sql} {shown}", lambda row: (part.of(row) is None) != bool(negative))


def _between(choice: Choice, world: World) -> Test:
    kind, word = choice.one(_KINDS), choice.one(("BETWEEN", "NOT BETWEEN"))
    part, low, high = (leaf(choice, kind, world) for _ in range(3))
    tests = [compared(">=", part, low), compared("<=", part, high)]
    return Test(f"{part.sql} {word} {low.sql} AND {high.sql}", _denying(word, tests))


def _denying(word: str, tests: Sequence[Test], *, disjunct: bool = False) -> Callable[[Row], Truth]:
    """Turn round all of the tests, or one of them, after NOT."""
    joined = oracle.disjunction if disjunct else oracle.conjunction

    def of(row: Row) -> Truth:
        found = joined(test.of(row) for test in tests)
        return oracle.negation(found) if word.startswith("NOT") else found

    return of


def _listed(choice: Choice, world: World) -> Test:
    kind, word = choice.one(_KINDS), choice.one(("IN", "NOT IN"))
    part = leaf(choice, kind, world)
    items = [literal(choice, kind) for _ in range(choice.whole(1, 3))]
    if choice.whole(0, 2) == 0:
        items.append(replace(items[0], sql="NULL", of=lambda _: None))
    tests = [compared("=", part, item) for item in items]
    return Test(
        f"{part.sql} {word} ({', '.join(i.sql for i in items)})",
        _denying(word, tests, disjunct=True),
    )


def _alike(choice: Choice, world: World) -> Test:
    part, word = leaf(choice, "text", world), choice.one(("LIKE", "NOT LIKE"))
    pattern = choice.one(("a%", "%b%", "_", "%", "a_", "%1", "[a]%", "a*"))
    test = Test("", lambda row: oracle.like(part.of(row), pattern))
    return Test(f"{part.sql} {word} '{pattern}'", _denying(word, [test]))


def _lnnvl(choice: Choice, world: World) -> Test:
    test = _compared(choice, world)
    return Test(f"LNNVL({test.sql})", lambda row: test.of(row) is not True)
