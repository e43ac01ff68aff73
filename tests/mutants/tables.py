"""Every mutation of a guard that there is, by subject."""

from __future__ import annotations

from tests.mutants.guards import sending
from tests.mutants.mutation import Mutation

TABLES = (sending,)

MUTATIONS: tuple[Mutation, ...] = tuple(
    mutation for table in TABLES for mutation in table.MUTATIONS
)
