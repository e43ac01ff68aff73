"""Changes at random: each is its SQL, the number of rows that it changes and what the table holds
afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.fidelity.generated import oracle
from tests.fidelity.generated.conditions import condition
from tests.fidelity.generated.expressions import expression
from tests.fidelity.generated.queries import where
from tests.fidelity.generated.tables import NAMES, Table, Tables, columns, world
from tests.fidelity.generated.values import Choice, Row, World


@dataclass(frozen=True)
class Change:
    """A change of T.

    Parameters:
        expected: rows changed, or the code of an error.
        left: what T has afterwards.
    """

    sql: str
    expected: int | str
    left: Table = field(repr=False)


#: The columns of T that are changed.
KINDS = {"a": "number", "b": "number", "s": "text"}
#: What a NUMBER(8,2) holds at most.
_GREATEST = Decimal("999999.99")


def _stored(name: str, value: Any) -> Any:
    """Return a value as its column keeps it. Raises Failed for one that does not fit."""
    if name != "b" or value is None:
        return value
    kept = oracle.rounded(value, 2)
    if abs(kept) > _GREATEST:
        raise oracle.Failed("ORA-01438")
    return kept


def updated(choice: Choice, given: Tables) -> Change:
    """Update T, where every new value is worked out from the rows as they were."""
    known = world(given)
    names = [name for name in KINDS if choice.whole(0, 1)] or ["a"]
    new = {name: expression(choice, KINDS[name], known) for name in names}
    test, kept = where(choice, known)
    changes = ", ".join(f"{name} = {value.sql}" for name, value in new.items())
    sql = f"UPDATE t SET {changes}{test}"
    rows = given.rows("t")
    hit = {row["t.id"] for row in kept(rows)}
    left: Table = []
    try:
        for row in rows:
            values = {name: row[f"t.{name}"] for name in NAMES["t"]}
            if row["t.id"] in hit:
                for name, value in new.items():
                    values[name] = _stored(name, value.of(row))
            left.append(tuple(values.values()))
    except oracle.Failed as failed:
        return Change(sql, failed.code, given.t)
    return Change(sql, len(hit), left)


def deleted(choice: Choice, given: Tables) -> Change:
    test, kept = where(choice, world(given))
    gone = {row["t.id"] for row in kept(given.rows("t"))}
    return Change(f"DELETE FROM t{test}", len(gone), [row for row in given.t if row[0] not in gone])


def inserted(choice: Choice, given: Tables) -> Change:
    """Insert what a query on the table itself gives."""
    known = world(given, depth=2)
    value, text, (test, kept) = (
        expression(choice, "number", known),
        expression(choice, "text", known),
        where(choice, known),
    )
    rows = kept(given.rows("t"))
    new: Table = [
        (row["t.id"] + 100, value.of(row), None, text.of(row), None, None) for row in rows
    ]
    sql = f"INSERT INTO t (id, a, s) SELECT t.id + 100, {value.sql}, {text.sql} FROM t{test}"
    return Change(sql, len(new), given.t + new)


def merged(choice: Choice, given: Tables) -> Change:
    """Merge U into T by id: matched rows get a new value, the others come in."""
    both = World([*columns("t"), *columns("u")], 2, condition)
    new, limit = expression(choice, "number", both), condition(choice, both)
    fresh = expression(choice, "number", World(columns("u"), 2, condition))
    rows = {row["t.id"]: row for row in given.rows("t")}
    left, count = {row[0]: row for row in given.t}, 0
    for u in given.rows("u"):
        matched: Row | None = rows.get(u["u.id"])
        if matched is None:
            left[u["u.id"]] = (u["u.id"], fresh.of(u), None, None, None, None)
            count += 1
        elif limit.of({**matched, **u}):
            old = left[u["u.id"]]
            left[u["u.id"]] = (old[0], new.of({**matched, **u}), *old[2:])
            count += 1
    sql = (
        f"MERGE INTO t USING u ON (t.id = u.id) WHEN MATCHED THEN UPDATE SET t.a = {new.sql} "
        f"WHERE {limit.sql}"
        f" WHEN NOT MATCHED THEN INSERT (id, a) VALUES (u.id, {fresh.sql})"
    )
    return Change(sql, count, list(left.values()))


def rekeyed(choice: Choice, given: Tables) -> Change:
    """Let rows take each other's keys, where only what is there after the statement counts."""
    shown, new = choice.one(_KEYS)
    test, kept = where(choice, world(given, depth=2))
    hit = {row["t.id"] for row in kept(given.rows("t"))}
    left: Table = []
    keys: set[Decimal] = set()
    for key, *others in given.t:
        if key in hit:
            key = new(key)
        keys.add(key)
        left.append((key, *others))
    sql = f"UPDATE t SET id = {shown}{test}"
    if len(keys) < len(left):
        return Change(sql, "ORA-00001", given.t)
    return Change(sql, len(hit), left)


_KEYS: Sequence[tuple[str, Callable[[Decimal], Decimal]]] = (
    ("id + 1", lambda key: key + 1),
    ("7 - id", lambda key: 7 - key),
    ("id - 1", lambda key: key - 1),
    ("TRUNC(id / 2)", lambda key: key // 2),
    ("DECODE(id, 1, 2, 2, 1, id)", lambda key: Decimal({1: 2, 2: 1}.get(int(key), int(key)))),
)

CHANGES = (updated, rekeyed, deleted, inserted, merged)
