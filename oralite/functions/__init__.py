"""Oracle's functions over storage values, for the SQL side to register in SQLite."""

from __future__ import annotations

from oralite.functions.aggregates import AGGREGATES
from oralite.functions.function import NLS_DEFAULTS, Aggregate, Context, Function
from oralite.functions.library import FUNCTIONS, conversion, operator, resolve
from oralite.functions.types import common_type, comparison_type

__all__ = (
    "AGGREGATES",
    "FUNCTIONS",
    "NLS_DEFAULTS",
    "Aggregate",
    "Context",
    "Function",
    "common_type",
    "comparison_type",
    "conversion",
    "operator",
    "resolve",
)
