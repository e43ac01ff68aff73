"""Queries at random: each is its SQL and the rows that it gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from tests.fidelity.generated.conditions import condition
from tests.fidelity.generated.expressions import expression
from tests.fidelity.generated.tables import Tables, aggregate, columns, world
from tests.fidelity.generated.values import Choice, Expr, Row, World

_KINDS = ("number", "text", "date")


@dataclass(frozen=True)
class Statement:
    """A query, and what it gives.

    Parameters:
        expected: the rows.
        ordered: whether their order counts.
    """

    sql: str
    expected: list[tuple[Any, ...]] = field(repr=False)
    ordered: bool = False


@dataclass(frozen=True)
class Key:
    value: Expr
    descending: bool
    nulls_first: bool

    @property
    def sql(self) -> str:
        return (
            f"{self.value.sql}{' DESC' if self.descending else ''} NULLS "
            f"{'FIRST' if self.nulls_first else 'LAST'}"
        )


def items(choice: Choice, known: World, count: int | None = None) -> list[Expr]:
    return [
        expression(choice, choice.one(_KINDS), known) for _ in range(count or choice.whole(1, 3))
    ]


def sql_of(parts: Sequence[Expr]) -> str:
    return ", ".join(part.sql for part in parts)


def values_of(parts: Sequence[Expr], row: Row) -> tuple[Any, ...]:
    return tuple(part.of(row) for part in parts)


def where(choice: Choice, known: World) -> tuple[str, Callable[[Sequence[Row]], list[Row]]]:
    if choice.whole(0, 3) == 0:
        return "", list
    test = condition(choice, known)
    return f" WHERE {test.sql}", lambda rows: [row for row in rows if test.of(row)]


def sort_keys(choice: Choice, known: World) -> list[Key]:
    """Choose one or two keys, then the ids, so that the order is total."""
    chosen = [choice.one(known.columns) for _ in range(choice.whole(0, 2))]
    found = [Key(value, choice.whole(0, 1) == 1, choice.whole(0, 1) == 1) for value in chosen]
    return found + [
        Key(value, False, False) for value in known.columns if value.sql.endswith(".id")
    ]


def ordered(rows: Sequence[Row], keys: Sequence[Key]) -> list[Row]:
    def compare(one: Row, other: Row) -> int:
        for key in keys:
            left, right = key.value.of(one), key.value.of(other)
            if left != right:
                if left is None or right is None:
                    return -1 if (left is None) == key.nulls_first else 1
                return ((left > right) - (left < right)) * (-1 if key.descending else 1)
        return 0

    return sorted(rows, key=cmp_to_key(compare))


def order_by(keys: Sequence[Key]) -> str:
    return f" ORDER BY {', '.join(key.sql for key in keys)}"


# ---------------------------------------------------------------------------------------- one table


def plain(choice: Choice, given: Tables) -> Statement:
    """Select with WHERE, ORDER BY, OFFSET and FETCH."""
    known = world(given)
    chosen, (test, kept), keys = (
        items(choice, known),
        where(choice, known),
        sort_keys(choice, known),
    )
    rows = ordered(kept(given.rows("t")), keys)
    limit = ""
    if choice.whole(0, 1):
        offset, count = choice.whole(0, 2), choice.whole(0, 4)
        limit = f" OFFSET {offset} ROWS FETCH NEXT {count} ROWS ONLY"
        rows = rows[offset : offset + count]
    sql = f"SELECT {sql_of(chosen)} FROM t{test}{order_by(keys)}{limit}"
    return Statement(sql, [values_of(chosen, row) for row in rows], ordered=True)


def numbered(choice: Choice, given: Tables) -> Statement:
    """Select ROWNUM over ordered rows."""
    known = world(given, depth=2)
    (test, kept), keys, count = where(choice, known), sort_keys(choice, known), choice.whole(0, 4)
    rows = ordered(kept(given.rows("t")), keys)
    inner = f"SELECT t.id FROM t{test}{order_by(keys)}"
    limits = {
        "<=": count,
        "<": count - 1,
        "=": int(count == 1),
        ">": 0 if count else len(rows),
        "<>": count - 1,
    }
    operator = choice.one(tuple(limits))
    limit = len(rows) if operator == "<>" and count < 1 else max(0, limits[operator])
    numbers = [(Decimal(place), row["t.id"]) for place, row in enumerate(rows[:limit], 1)]
    sql = f"SELECT ROWNUM, id FROM ({inner}) WHERE ROWNUM {operator} {count}"
    if choice.whole(0, 1):
        united = f"{sql} UNION ALL SELECT 0, u.id FROM u"
        return Statement(united, numbers + [(Decimal(0), row["u.id"]) for row in given.rows("u")])
    return Statement(sql, numbers, ordered=True)


def distinct(choice: Choice, given: Tables) -> Statement:
    known = world(given, depth=2)
    chosen, (test, kept) = items(choice, known), where(choice, known)
    rows = list(dict.fromkeys(values_of(chosen, row) for row in kept(given.rows("t"))))
    return Statement(f"SELECT DISTINCT {sql_of(chosen)} FROM t{test}", rows)


# -------------------------------------------------------------------------------------------- joins


def joined(choice: Choice, given: Tables) -> Statement:
    known = world(given, depth=2, joined=True)
    kind = choice.one(("JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN"))
    simple = World(known.columns, 1, condition)
    on = None if kind == "CROSS JOIN" else condition(choice, simple)
    pairs = [{**t, **u} for t in given.rows("t") for u in given.rows("u")]
    rows = pairs if on is None else [pair for pair in pairs if on.of(pair)]
    lefts, rights = {row["t.id"] for row in rows}, {row["u.id"] for row in rows}
    if kind in ("LEFT JOIN", "FULL JOIN"):
        rows = rows + [{**t, **_nothing("u")} for t in given.rows("t") if t["t.id"] not in lefts]
    if kind in ("RIGHT JOIN", "FULL JOIN"):
        rows = rows + [{**_nothing("t"), **u} for u in given.rows("u") if u["u.id"] not in rights]
    chosen, (test, kept) = items(choice, known), where(choice, known)
    clause = f"t {kind} u" + (f" ON {on.sql}" if on else "")
    return Statement(
        f"SELECT {sql_of(chosen)} FROM {clause}{test}",
        [values_of(chosen, row) for row in kept(rows)],
    )


def marked(choice: Choice, given: Tables) -> Statement:
    """Join as of old: t.a = u.a(+), with another marked test beside it."""
    bound = choice.whole(0, 3)
    known = world(given, depth=2, joined=True)
    chosen = items(choice, known)
    rows: list[Row] = []
    for t in given.rows("t"):
        found = [
            u for u in given.rows("u") if t["t.a"] == u["u.a"] is not None and u["u.id"] > bound
        ]
        rows += [{**t, **u} for u in found or [_nothing("u")]]
    sql = f"SELECT {sql_of(chosen)} FROM t, u WHERE t.a = u.a(+) AND u.id(+) > {bound}"
    return Statement(sql, [values_of(chosen, row) for row in rows])


def _nothing(table: str) -> Row:
    return {column.sql: None for column in columns(table)}


# ---------------------------------------------------------------------------- groups, sets, windows


def grouped(choice: Choice, given: Tables) -> Statement:
    known = world(given, depth=2)
    test, kept = where(choice, known)
    keys = (
        [expression(choice, choice.one(_KINDS), World(known.columns, 1, condition))]
        if choice.whole(0, 2)
        else []
    )
    chosen = [_aggregate(choice, known) for _ in range(choice.whole(1, 3))]
    groups: dict[tuple[Any, ...], list[Row]] = {} if keys else {(): []}
    for row in kept(given.rows("t")):
        groups.setdefault(values_of(keys, row), []).append(row)
    least = choice.whole(0, 2)
    having = f" HAVING COUNT(*) >= {least}" if choice.whole(0, 1) else ""
    rows = [
        (*key, *(of(members) for _, of in chosen))
        for key, members in groups.items()
        if not having or len(members) >= least
    ]
    clause = f" GROUP BY {sql_of(keys)}" if keys else ""
    shown = ", ".join([*(key.sql for key in keys), *(sql for sql, _ in chosen)])
    return Statement(f"SELECT {shown} FROM t{test}{clause}{having}", rows)


def _aggregate(choice: Choice, known: World) -> tuple[str, Callable[[Sequence[Row]], Any]]:
    name = choice.one(("COUNT", "SUM", "AVG", "MIN", "MAX", "*"))
    if name == "*":
        return "COUNT(*)", lambda rows: Decimal(len(rows))
    kind = choice.one(_KINDS) if name in ("COUNT", "MIN", "MAX") else "number"
    part, unique = expression(choice, kind, known), choice.whole(0, 2) == 0

    def of(rows: Sequence[Row]) -> Any:
        values = [part.of(row) for row in rows]
        return aggregate(name, list(dict.fromkeys(values)) if unique else values)

    return f"{name}({'DISTINCT ' if unique else ''}{part.sql})", of


def united(choice: Choice, given: Tables) -> Statement:
    """Join two or three queries from left to right."""
    kinds = [choice.one(_KINDS) for _ in range(choice.whole(1, 2))]
    sql, rows = _member(choice, given, kinds)
    for _ in range(choice.whole(1, 2)):
        operator = choice.one(("UNION", "UNION ALL", "MINUS", "INTERSECT"))
        other, others = _member(choice, given, kinds)
        sql, rows = f"{sql} {operator} {other}", _set(operator, rows, others)
    return Statement(sql, rows)


def _member(
    choice: Choice, given: Tables, kinds: Sequence[str]
) -> tuple[str, list[tuple[Any, ...]]]:
    known = world(given, depth=1)
    chosen, (test, kept) = [expression(choice, kind, known) for kind in kinds], where(choice, known)
    return f"SELECT {sql_of(chosen)} FROM t{test}", [
        values_of(chosen, row) for row in kept(given.rows("t"))
    ]


def _set(operator: str, left: list[Any], right: list[Any]) -> list[Any]:
    if operator == "UNION ALL":
        return left + right
    if operator == "UNION":
        return list(dict.fromkeys(left + right))
    return [row for row in dict.fromkeys(left) if (row in right) == (operator == "INTERSECT")]


def windowed(choice: Choice, given: Tables) -> Statement:
    known = world(given, depth=1)
    (test, kept), keys, part = (
        where(choice, known),
        sort_keys(choice, known),
        choice.one(known.columns),
    )
    value, partitioned = choice.one(known.of_kind("number")), choice.whole(0, 1)
    name = choice.one(
        ("ROW_NUMBER()", "RANK()", "DENSE_RANK()", "SUM", "COUNT", "LAG", "LEAD", "FIRST_VALUE")
    )
    call = name if name.endswith(")") else f"{name}({value.sql})"
    peers = keys[:1] if name in ("RANK()", "DENSE_RANK()") else keys
    over = (f"PARTITION BY {part.sql}" if partitioned else "") + order_by(peers)
    groups: dict[Any, list[Row]] = {}
    for row in ordered(kept(given.rows("t")), peers):
        groups.setdefault(part.of(row) if partitioned else None, []).append(row)
    rows = [
        (row["t.id"], _window(name, value, members, place, peers))
        for members in groups.values()
        for place, row in enumerate(members)
    ]
    return Statement(f"SELECT t.id, {call} OVER ({over}) FROM t{test}", rows)


def _window(name: str, value: Expr, rows: Sequence[Row], place: int, peers: Sequence[Key]) -> Any:
    values = [value.of(row) for row in rows]
    if name == "ROW_NUMBER()":
        return Decimal(place + 1)
    if name in ("RANK()", "DENSE_RANK()"):
        keys = [tuple(key.value.of(row) for key in peers) for row in rows]
        before = keys[: keys.index(keys[place])]
        return Decimal((len(before) if name == "RANK()" else len(dict.fromkeys(before))) + 1)
    if name in ("SUM", "COUNT"):
        return aggregate(name, values[: place + 1])
    if name == "FIRST_VALUE":
        return values[0]
    other = place + (1 if name == "LEAD" else -1)
    return values[other] if 0 <= other < len(values) else None


QUERIES = (plain, numbered, distinct, joined, marked, grouped, united, windowed)
