"""A call of one of oralite's functions, its arguments converted to what it declares."""

from __future__ import annotations

from collections.abc import Sequence

from oralite.errors import OraError
from oralite.functions import Function, find_function
from oralite.model import SqlType
from oralite.translate.typed import Origin, Typed, typed


def invoke(name: str, arguments: Sequence[Typed], position: int = 0) -> Typed:
    """Raises ORA-00904 for an unknown function, ORA-00938 and 00939 for a wrong number of arguments."""
    function = find_function(name, argument_types(arguments))
    if function is None:
        raise OraError(904, f'"{name}": invalid identifier', position)
    if len(arguments) < function.required:
        raise OraError(938, "not enough arguments for function", position)
    if len(arguments) > len(function.arguments) and not function.variadic:
        raise OraError(939, "too many arguments for function", position)
    return apply(function, arguments)


def apply(function: Function, arguments: Sequence[Typed]) -> Typed:
    from oralite.translate.convert import convert

    kinds = argument_types(arguments)
    wanted = function.argument_types(kinds)
    pieces = [
        value.sql if kind is None else convert(value, kind).sql for value, kind in zip(arguments, wanted, strict=True)
    ]
    returns = function.return_type(kinds) or SqlType.VARCHAR2
    return typed(f"{function.native or sql_name(function.name)}({', '.join(pieces)})", returns)


def argument_types(arguments: Sequence[Typed]) -> tuple[SqlType | None, ...]:
    return tuple(None if value.origin is Origin.NULL else value.type for value in arguments)


def sql_name(name: str) -> str:
    """The name under which SQLite knows a function, so that its own of that name stay what they are."""
    return "ora_" + "".join(letter if letter.isalnum() else f"_{ord(letter)}_" for letter in name.lower())
