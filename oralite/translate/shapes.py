"""How a call of one of oralite's functions looks in SQLite, and what is known of its value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from oralite.functions.function import Function
from oralite.model import SqlType
from oralite.translate.typed import Origin, Typed, typed
from oralite.values import decode_number

_FINEST = 9


#: Functions of times whose result is as fine as can be, whatever their arguments are.
_FINE = frozenset(
    (
        "TO_TIMESTAMP",
        "TO_TIMESTAMP_TZ",
        "NUMTODSINTERVAL",
        "TO_DSINTERVAL",
        "ORA$SUM_INTERVALS",
        "ORA$SUBTRACT_INTERVALS",
        "ORA$MULTIPLY_INTERVAL",
        "ORA$DIVIDE_INTERVAL",
        "ORA$ADD_INTERVAL",
        "ORA$SUBTRACT_INTERVAL",
        "ORA$ADD_INTERVAL_TZ",
        "ORA$SUBTRACT_INTERVAL_TZ",
    )
)


_CLOCKS = frozenset(("SYSTIMESTAMP", "CURRENT_TIMESTAMP", "LOCALTIMESTAMP"))


_FRACTIONAL = (SqlType.TIMESTAMP, SqlType.TIMESTAMP_TZ, SqlType.INTERVAL_DS)


def shaped(function: Function, arguments: Sequence[Typed], pieces: Sequence[str]) -> str:
    """Return the call, with what it asks for of its first argument's type."""
    shape = []
    for word in function.shape:
        shape.append(str(_digits(getattr(arguments[0], word))))
    return f"{sql_name(function.name)}({', '.join([*shape, *pieces])})"


def _digits(number: int) -> int:
    if 0 <= number <= _FINEST:
        return number
    return _FINEST


def result(function: Function, arguments: Sequence[Typed], sql: str, returns: SqlType) -> Typed:
    """Return the call's value.

    A time is as fine as those that it is made of, text of CHAR as long.
    """
    found = typed(sql, returns)
    if returns is SqlType.CHAR:
        return replace(
            found, size=sum(value.size for value in arguments if value.type is SqlType.CHAR)
        )
    if returns not in _FRACTIONAL or function.name in _FINE:
        if returns in _FRACTIONAL:
            return replace(found, scale=_FINEST)
        return found
    if function.name in _CLOCKS:
        return replace(found, scale=_clock_digits(arguments))
    scale = max(
        (value.scale for value in arguments if value.type in _FRACTIONAL), default=found.scale
    )
    days = []
    for value in arguments:
        if value.type is SqlType.INTERVAL_DS:
            days.append(value.precision)
    return replace(found, scale=scale, precision=max(days, default=found.precision))


def _clock_digits(arguments: Sequence[Typed]) -> int:
    """Return the digits of SYSTIMESTAMP(n) with a literal n, and 6 of any other."""
    if arguments:
        literal = arguments[0].sql
    else:
        literal = ""
    if not literal.startswith("x'"):
        return 6
    return min(_FINEST, max(0, int(decode_number(bytes.fromhex(literal[2:-1])))))


def argument_types(arguments: Sequence[Typed]) -> tuple[SqlType | None, ...]:
    found: list[SqlType | None] = []
    for value in arguments:
        if value.origin is Origin.NULL:
            found.append(None)
        else:
            found.append(value.type)
    return tuple(found)


@cache
def sql_name(name: str) -> str:
    """Return the name under which SQLite knows a function, so that its own of that name stay what
    they are.
    """
    return "ora_" + "".join(
        letter if letter.isalnum() else f"_{ord(letter)}_" for letter in name.lower()
    )
