"""oralite's functions in a SQLite connection."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import apsw

from oralite.functions.aggregates import AGGREGATES
from oralite.functions.function import Context, Function
from oralite.functions.library import FUNCTIONS
from oralite.model import SqlType
from oralite.storage.internal_functions import INTERNAL
from oralite.translate.shapes import sql_name

#: Of functions on these the same answer is wanted again and again: clocks, due times and limits of
#: a statement.
_SELDOM_DIFFER = {SqlType.TIMESTAMP, SqlType.TIMESTAMP_TZ, SqlType.INTERVAL_DS}
_KEPT_ANSWERS = 64


def install(connection: apsw.Connection, context: Context) -> None:
    """Install all functions.

    Whatever depends on the context is the same while one statement runs, so it counts as
    deterministic.
    """
    shared = _shared_calls()
    for function in FUNCTIONS.values():
        if function.needs_context:
            call = _with_context(function, context)
        else:
            call = shared[function.name]
        connection.create_scalar_function(
            sql_name(function.name), call, deterministic=function.deterministic
        )
    for name, internal in INTERNAL.items():
        connection.create_scalar_function(name, internal, deterministic=True)
    for aggregate in AGGREGATES.values():
        connection.create_window_function(sql_name(aggregate.name), aggregate.factory)


@functools.cache
def _shared_calls() -> dict[str, Callable[..., Any]]:
    """Return, by name, what all connections call: it knows no context."""
    calls: dict[str, Callable[..., Any]] = {}
    for function in FUNCTIONS.values():
        calls[function.name] = function.call
        if _SELDOM_DIFFER & {*function.arguments, function.return_type(function.arguments)}:
            calls[function.name] = functools.lru_cache(_KEPT_ANSWERS)(function.call)
    return calls


def _with_context(function: Function, context: Context) -> Callable[..., Any]:
    call = functools.partial(function.call, context)
    if function.required:
        return call
    return _once_a_statement(function.name, call, context.answers)


def _once_a_statement(
    name: str, call: Callable[..., Any], answers: dict[str, Any]
) -> Callable[..., Any]:
    """Keep the answer without arguments for all rows of an array: it took a third of their time."""

    def once(*values: Any) -> Any:
        if values:
            return call(*values)
        if name not in answers:
            answers[name] = call()
        return answers[name]

    return once
