"""Expressions at random: each is its SQL, its type, and what it gives for a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.fidelity.generated import oracle
from tests.fidelity.generated.values import Choice, Expr, Row, World, leaf, literal, null_safe


def expression(choice: Choice, kind: str, world: World) -> Expr:
    makers = {"number": _numbers, "text": _texts, "date": _dates}
    if world.depth < 1 or choice.whole(0, 3) == 0:
        return leaf(choice, kind, world)
    if choice.whole(0, 4) == 0:
        return _of_any_kind(choice, kind, world.deeper())
    options = makers[kind]()
    return choice.one(options)(choice, world.deeper())


# ------------------------------------------------------------------------------ of any of the kinds


def _of_any_kind(choice: Choice, kind: str, world: World) -> Expr:
    return choice.one((_nvl, _coalesce, _nullif, _case, _decode, _greatest, _scalar))(
        choice, kind, world
    )


def _nvl(choice: Choice, kind: str, world: World) -> Expr:
    one, other = (expression(choice, kind, world) for _ in range(2))
    return Expr(f"NVL({one.sql}, {other.sql})", kind, _first(one, other))


def _first(*parts: Expr) -> Callable[[Row], Any]:
    return lambda row: next((value for part in parts if (value := part.of(row)) is not None), None)


def _coalesce(choice: Choice, kind: str, world: World) -> Expr:
    parts = [expression(choice, kind, world) for _ in range(3)]
    return Expr(f"COALESCE({', '.join(part.sql for part in parts)})", kind, _first(*parts))


def _nullif(choice: Choice, kind: str, world: World) -> Expr:
    one, other = leaf(choice, kind, world), expression(choice, kind, world)
    both = one.char and other.char

    def of(row: Row) -> Any:
        value = one.of(row)
        return None if oracle.compare("=", value, other.of(row), padded=both) else value

    return Expr(f"NULLIF({one.sql}, {other.sql})", kind, of, one.char, one.size)


def _case(choice: Choice, kind: str, world: World) -> Expr:
    assert world.tests is not None
    test = world.tests(choice, world)
    then, otherwise = (expression(choice, kind, world) for _ in range(2))
    char = then.char and otherwise.char and then.size == otherwise.size
    sql = f"CASE WHEN {test.sql} THEN {then.sql} ELSE {otherwise.sql} END"
    return Expr(
        sql,
        kind,
        lambda row: (then if test.of(row) else otherwise).of(row),
        char,
        then.size if char else 0,
    )


def _decode(choice: Choice, kind: str, world: World) -> Expr:
    """Make a DECODE, for which NULL equals NULL, and blanks count."""
    subject = expression(choice, choice.one(("number", "text")), world)
    search = (
        literal(choice, subject.kind)
        if choice.whole(0, 3)
        else replace(literal(choice, subject.kind), sql="NULL")
    )
    wanted = (lambda _: None) if search.sql == "NULL" else search.of
    then, otherwise = (expression(choice, kind, world) for _ in range(2))

    def of(row: Row) -> Any:
        return (then if subject.of(row) == wanted(row) else otherwise).of(row)

    return Expr(f"DECODE({subject.sql}, {search.sql}, {then.sql}, {otherwise.sql})", kind, of)


def _greatest(choice: Choice, kind: str, world: World) -> Expr:
    name, function = choice.one((("GREATEST", max), ("LEAST", min)))
    parts = [expression(choice, kind, world) for _ in range(2)]
    return Expr(f"{name}({parts[0].sql}, {parts[1].sql})", kind, null_safe(function, *parts))


def _scalar(choice: Choice, kind: str, world: World) -> Expr:
    if kind != "number" or world.scalar is None:
        return leaf(choice, kind, world)
    return world.scalar(choice, world)


# ------------------------------------------------------------------------------------------ numbers


def _numbers() -> Sequence[Callable[[Choice, World], Expr]]:
    return (
        _arithmetic,
        _quotient,
        _of_number,
        _placed,
        _modulo,
        _of_text,
        _place,
        _year,
        _days,
        _negative,
        _read,
    )


def _arithmetic(choice: Choice, world: World) -> Expr:
    sign, name = choice.one((("+", "add"), ("-", "subtract"), ("*", "multiply")))
    left, right = (expression(choice, "number", world) for _ in range(2))
    function = getattr(oracle.EXACT, name)
    of = null_safe(lambda one, other: oracle.number(function(one, other)), left, right)
    return Expr(f"({left.sql} {sign} {right.sql})", "number", of)


def _quotient(choice: Choice, world: World) -> Expr:
    left, right = (expression(choice, "number", world) for _ in range(2))
    of = null_safe(lambda one, other: oracle.divide(one, other) if other else None, left, right)
    return Expr(f"({left.sql} / NULLIF({right.sql}, 0))", "number", of)


_ONE_NUMBER: Mapping[str, Callable[[Decimal], Decimal]] = {
    "ABS": lambda value: value.copy_abs(),
    "SIGN": lambda value: Decimal((value > 0) - (value < 0)),
    "CEIL": oracle.ceiling,
    "FLOOR": lambda value: oracle.ceiling(value.copy_negate()).copy_negate(),
}


def _of_number(choice: Choice, world: World) -> Expr:
    name = choice.one(tuple(_ONE_NUMBER))
    part = expression(choice, "number", world)
    return Expr(f"{name}({part.sql})", "number", null_safe(_ONE_NUMBER[name], part))


def _placed(choice: Choice, world: World) -> Expr:
    name, function = choice.one((("ROUND", oracle.rounded), ("TRUNC", oracle.truncated)))
    places, part = choice.whole(-1, 3), expression(choice, "number", world)
    return Expr(
        f"{name}({part.sql}, {places})",
        "number",
        null_safe(lambda value: function(value, places), part),
    )


def _modulo(choice: Choice, world: World) -> Expr:
    left, right = (leaf(choice, "number", world) for _ in range(2))
    return Expr(f"MOD({left.sql}, {right.sql})", "number", null_safe(oracle.modulo, left, right))


def _negative(choice: Choice, world: World) -> Expr:
    part = expression(choice, "number", world)
    return Expr(f"(- {part.sql})", "number", null_safe(lambda value: value.copy_negate(), part))


def _read(choice: Choice, world: World) -> Expr:
    part = expression(choice, "number", world)
    return Expr(
        f"TO_NUMBER(TO_CHAR(ROUND({part.sql}, 4)))",
        "number",
        null_safe(lambda v: oracle.rounded(v, 4), part),
    )


def _of_text(choice: Choice, world: World) -> Expr:
    part = expression(choice, "text", world)
    return Expr(f"LENGTH({part.sql})", "number", null_safe(lambda value: Decimal(len(value)), part))


def _place(choice: Choice, world: World) -> Expr:
    part, search = expression(choice, "text", world), leaf(choice, "text", world)
    of = null_safe(lambda value, sought: Decimal(value.find(sought) + 1), part, search)
    return Expr(f"INSTR({part.sql}, {search.sql})", "number", of)


def _year(choice: Choice, world: World) -> Expr:
    name = choice.one(("YEAR", "MONTH", "DAY"))
    part = expression(choice, "date", world)
    of = null_safe(lambda value: Decimal(getattr(value, name.lower())), part)
    return Expr(f"EXTRACT({name} FROM {part.sql})", "number", of)


def _days(choice: Choice, world: World) -> Expr:
    later, earlier = (expression(choice, "date", world) for _ in range(2))
    return Expr(
        f"({later.sql} - {earlier.sql})", "number", null_safe(oracle.days_between, later, earlier)
    )


# -------------------------------------------------------------------------------------------- dates


def _dates() -> Sequence[Callable[[Choice, World], Expr]]:
    return (_shifted, _months, _last, _cut, _following)


def _shifted(choice: Choice, world: World) -> Expr:
    part, days = expression(choice, "date", world), choice.one(("1", "-30", "0.5", "1.25"))
    of = null_safe(lambda value: value + timedelta(seconds=int(Decimal(days) * 86400)), part)
    return Expr(f"({part.sql} + {days})", "date", of)


def _months(choice: Choice, world: World) -> Expr:
    part, months = expression(choice, "date", world), choice.whole(-13, 13)
    of = null_safe(lambda value: oracle.add_months(value, months), part)
    return Expr(f"ADD_MONTHS({part.sql}, {months})", "date", of)


def _last(choice: Choice, world: World) -> Expr:
    part = expression(choice, "date", world)
    return Expr(f"LAST_DAY({part.sql})", "date", null_safe(oracle.last_day, part))


def _cut(choice: Choice, world: World) -> Expr:
    part, unit = expression(choice, "date", world), choice.one(oracle.TRUNCATIONS)
    of = null_safe(lambda value: oracle.start_of(value, unit), part)
    return Expr(f"TRUNC({part.sql}, '{unit}')", "date", of)


def _following(choice: Choice, world: World) -> Expr:
    part, weekday = expression(choice, "date", world), choice.whole(0, 6)
    name = ("MONDAY", "TUE", "WEDNESDAY", "Thu", "FRIDAY", "SATURDAY", "SUNDAY")[weekday]
    of = null_safe(lambda value: oracle.next_day(value, weekday), part)
    return Expr(f"NEXT_DAY({part.sql}, '{name}')", "date", of)


def _texts() -> Sequence[Callable[[Choice, World], Expr]]:
    from tests.fidelity.generated.texts import MAKERS

    return MAKERS
