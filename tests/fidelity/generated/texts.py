"""Texts at random."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from tests.fidelity.generated import oracle
from tests.fidelity.generated.expressions import expression
from tests.fidelity.generated.values import Choice, Expr, Row, World, leaf, literal, null_safe


def _joined(choice: Choice, world: World) -> Expr:
    left, right = (expression(choice, "text", world) for _ in range(2))
    char = left.char and right.char
    size = left.size + right.size if char else 0
    of = _concatenation(left, right)
    return Expr(f"({left.sql} || {right.sql})", "text", of, char, size)


def _concatenation(left: Expr, right: Expr) -> Callable[[Row], str | None]:
    return lambda row: oracle.text((left.of(row) or "") + (right.of(row) or ""))


_CASES: Mapping[str, Callable[[str], str]] = {
    "UPPER": str.upper,
    "LOWER": str.lower,
    "INITCAP": oracle.capitalized,
}


def _cased(choice: Choice, world: World) -> Expr:
    name = choice.one(tuple(_CASES))
    part = expression(choice, "text", world)
    return Expr(f"{name}({part.sql})", "text", null_safe(_CASES[name], part), part.char, part.size)


def _piece(choice: Choice, world: World) -> Expr:
    part, position = expression(choice, "text", world), choice.whole(-3, 3)
    length = choice.one((None, 0, 1, 2))
    shown = "" if length is None else f", {length}"
    of = null_safe(lambda value: oracle.substring(value, position, length), part)
    return Expr(f"SUBSTR({part.sql}, {position}{shown})", "text", of)


def _replaced(choice: Choice, world: World) -> Expr:
    part, search, other = (
        expression(choice, "text", world),
        literal(choice, "text"),
        leaf(choice, "text", world),
    )

    def of(row: Row) -> str | None:
        value = part.of(row)
        return (
            None
            if value is None
            else oracle.text(value.replace(search.of(row), other.of(row) or ""))
        )

    return Expr(f"REPLACE({part.sql}, {search.sql}, {other.sql})", "text", of)


def _trimmed(choice: Choice, world: World) -> Expr:
    part = expression(choice, "text", world)
    sql, function = choice.one(
        (
            (f"TRIM({part.sql})", lambda value: value.strip(" ")),
            (f"LTRIM({part.sql}, 'ab')", lambda value: value.lstrip("ab")),
            (f"RTRIM({part.sql})", lambda value: value.rstrip(" ")),
            (f"TRIM(LEADING 'a' FROM {part.sql})", lambda value: value.lstrip("a")),
        )
    )
    return Expr(sql, "text", null_safe(lambda value: oracle.text(function(value)), part))


def _filled(choice: Choice, world: World) -> Expr:
    name, left = choice.one((("LPAD", True), ("RPAD", False)))
    part, width, filling = (
        expression(choice, "text", world),
        choice.whole(0, 6),
        choice.one(("*", "ab", " ")),
    )
    of = null_safe(lambda value: oracle.padded(value, width, filling, left=left), part)
    return Expr(f"{name}({part.sql}, {width}, '{filling}')", "text", of)


def _translated(choice: Choice, world: World) -> Expr:
    part = expression(choice, "text", world)
    table = {ord("a"): "z", ord("b"): None}
    of = null_safe(lambda value: oracle.text(value.translate(table)), part)
    return Expr(f"TRANSLATE({part.sql}, 'ab', 'z')", "text", of)


def _written_number(choice: Choice, world: World) -> Expr:
    part = expression(choice, "number", world)
    shown = choice.one((f"TO_CHAR(ROUND({part.sql}, 4))", f"(ROUND({part.sql}, 4) || '')"))
    return Expr(
        shown, "text", null_safe(lambda value: oracle.number_text(oracle.rounded(value, 4)), part)
    )


def _formatted_number(choice: Choice, world: World) -> Expr:
    part = expression(choice, "number", world)
    model, whole, places, commas = choice.one(
        (("990.00", 3, 2, False), ("9,990", 4, 0, True), ("0", 1, 0, False))
    )

    def written(value: Decimal) -> str:
        return oracle.fixed_format(value, whole, places, commas=commas)

    return Expr(f"TO_CHAR({part.sql}, '{model}')", "text", null_safe(written, part))


def _formatted_date(choice: Choice, world: World) -> Expr:
    part, model = expression(choice, "date", world), choice.one(tuple(oracle.DATE_FORMATS))
    return Expr(
        f"TO_CHAR({part.sql}, '{model}')", "text", null_safe(oracle.DATE_FORMATS[model], part)
    )


MAKERS = (
    _joined,
    _cased,
    _piece,
    _replaced,
    _trimmed,
    _filled,
    _translated,
    _written_number,
    _formatted_number,
    _formatted_date,
)
