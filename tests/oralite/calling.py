"""Functions called as the translator calls them: chosen by type, their arguments converted, over
storage values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from oralite.errors import OraError
from oralite.functions.arithmetic import operator_name
from oralite.functions.conversions import conversion_name
from oralite.functions.function import NLS_DEFAULTS, Function, decode, store
from oralite.functions.library import FUNCTIONS, find_function
from oralite.model import SqlType, Value
from oralite.moments import encode_datetime


@dataclass(frozen=True)
class Session:
    """A session in Jerusalem on a database in UTC, at 10:00 UTC."""

    now: datetime = datetime(2026, 7, 2, 10, 0, 0, 123456, tzinfo=timezone.utc)
    session_zone: str = "Asia/Jerusalem"
    charset: str = "AL32UTF8"
    database_zone: str = "+00:00"
    user: str = "RTBI"
    schema: str = "SOURCE"
    nls: dict[str, str] = field(default_factory=lambda: dict(NLS_DEFAULTS))
    environment: dict[str, str] = field(default_factory=lambda: {"SERVICE_NAME": "XE"})


@dataclass(frozen=True)
class Typed:
    type: SqlType | None
    value: Value


def date(*parts: int) -> Typed:
    return Typed(SqlType.DATE, encode_datetime(datetime(*parts)))


def clob(text: str) -> Typed:
    return Typed(SqlType.CLOB, text)


def double(number: float) -> Typed:
    return Typed(SqlType.BINARY_DOUBLE, store(number))


def typed(value: Any) -> Typed:
    if isinstance(value, Typed):
        return value
    if value is None:
        return Typed(None, None)
    if isinstance(value, datetime):
        return Typed(SqlType.TIMESTAMP_TZ if value.tzinfo else SqlType.TIMESTAMP, store(value))
    kinds = {str: SqlType.VARCHAR2, bytes: SqlType.RAW, timedelta: SqlType.INTERVAL_DS}
    return Typed(kinds.get(type(value), SqlType.NUMBER), store(value))


def run(function: Function, arguments: list[Typed]) -> Any:
    types = [argument.type for argument in arguments]
    values = [
        convert(argument, target).value
        for argument, target in zip(arguments, function.argument_types(types), strict=True)
    ]
    result = function.call(*_described(function), *values)
    return decode(result, function.return_type(types))


def convert(argument: Typed, target: SqlType | None) -> Typed:
    name = conversion_name(argument.type, target)
    if name is None:
        return argument
    function = FUNCTIONS[name]
    return Typed(target, function.call(*_described(function), argument.value))


#: The types of the arguments here: TIMESTAMP(6), INTERVAL DAY(9) TO SECOND(6).
_SHAPE = {"precision": 9, "scale": 6}


def _described(function: Function) -> list[Any]:
    """Describe what the call gets before its arguments."""
    context = [Session()] if function.needs_context else []
    return [*context, *(_SHAPE[word] for word in function.shape)]


def call(name: str, *arguments: Any) -> Any:
    given = [typed(argument) for argument in arguments]
    function = find_function(name, [argument.type for argument in given])
    assert function is not None, name
    return run(function, given)


def apply(left: Any, symbol: str, right: Any) -> Any:
    operands = [typed(left), typed(right)]
    name, swapped = operator_name(symbol, [operand.type for operand in operands])
    return run(FUNCTIONS[name], operands[::-1] if swapped else operands)


def raises(code: int) -> Any:
    return pytest.raises(OraError, match=f"ORA-{code:05d}")
