"""A call of one of oralite's functions, its arguments converted to what it declares."""

from __future__ import annotations

from collections.abc import Sequence

from oralite.errors import OraError
from oralite.functions.function import Function
from oralite.functions.library import find_function
from oralite.model import SqlType
from oralite.translate.convert import convert, refuse_long_argument
from oralite.translate.shapes import argument_types, result, shaped
from oralite.translate.typed import Typed


def invoke(name: str, arguments: Sequence[Typed], position: int = 0) -> Typed:
    """Return the value of a call.

    Raises ORA-00904 for an unknown function, ORA-00938 and 00939 for a wrong number of arguments.
    """
    function = find_function(name, argument_types(arguments))
    if function is None:
        raise OraError(904, f'"{name}": invalid identifier', position)
    if len(arguments) < function.required:
        raise OraError(938, "not enough arguments for function", position)
    if len(arguments) > len(function.arguments) and not function.variadic:
        raise OraError(939, "too many arguments for function", position)
    return apply(function, arguments)


def apply(function: Function, arguments: Sequence[Typed]) -> Typed:
    """Return the value of a call. Raises ORA-00932 for a LONG, which no function takes."""
    for value in arguments:
        refuse_long_argument(value)
    kinds = argument_types(arguments)
    wanted = function.argument_types(kinds)
    pieces = []
    for value, kind in zip(arguments, wanted, strict=True):
        if kind is None:
            pieces.append(value.sql)
        else:
            pieces.append(convert(value, kind).sql)
    returns = function.return_type(kinds) or SqlType.VARCHAR2
    converted = any(piece != value.sql for piece, value in zip(pieces, arguments, strict=True))
    if function.native and not (converted and function.name in _EAGER):
        return result(function, arguments, f"{function.native}({', '.join(pieces)})", returns)
    return result(function, arguments, shaped(function, arguments, pieces), returns)


#: What works out all its arguments: an error in one that is not needed is an error still.
_EAGER = ("NVL",)
