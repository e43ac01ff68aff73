"""oralite's functions in a SQLite connection."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import apsw

from oralite.functions import AGGREGATES, FUNCTIONS, Context, Function
from oralite.internal import INTERNAL
from oralite.translate.invoke import sql_name


def install(connection: apsw.Connection, context: Context) -> None:
    """Whatever depends on the context is the same for as long as one statement runs, so it counts as deterministic."""
    for function in FUNCTIONS.values():
        connection.create_scalar_function(
            sql_name(function.name), _callable(function, context), deterministic=function.deterministic
        )
    for name, internal in INTERNAL.items():
        connection.create_scalar_function(name, internal, deterministic=True)
    for aggregate in AGGREGATES.values():
        connection.create_window_function(sql_name(aggregate.name), aggregate.factory)


def _callable(function: Function, context: Context) -> Callable[..., Any]:
    return functools.partial(function.call, context) if function.needs_context else function.call
