"""Every mutation of a guard that there is, by subject."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

from tests.mutants import guards
from tests.mutants.mutation import Mutation


def read_tables() -> tuple[ModuleType, ...]:
    """Return the files of guards/: one that lies there is tried."""
    tables: list[ModuleType] = []
    for module in pkgutil.iter_modules(guards.__path__):
        tables.append(importlib.import_module(f"{guards.__name__}.{module.name}"))
    return tuple(tables)


TABLES = read_tables()
MUTATIONS: tuple[Mutation, ...] = tuple(
    mutation for table in TABLES for mutation in table.MUTATIONS
)
BY_NAME = {mutation.name: mutation for mutation in MUTATIONS}
