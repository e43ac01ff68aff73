"""Oracle's functions over storage values, for the SQL side to register in SQLite."""

from __future__ import annotations

from oralite.functions.aggregates import AGGREGATES
from oralite.functions.function import NLS_DEFAULTS, Aggregate, Context, Function
from oralite.functions.library import FUNCTIONS, find_function

__all__ = (
    "AGGREGATES",
    "FUNCTIONS",
    "NLS_DEFAULTS",
    "Aggregate",
    "Context",
    "Function",
    "find_function",
)
