"""Every mutation of a guard that there is, by subject."""

from __future__ import annotations

from tests.mutants.guards import (
    answers,
    asking,
    chores,
    claiming,
    delivering,
    opening,
    oracle,
    oralite,
    oralite_locks,
    oralite_sessions,
    oralite_transactions,
    running,
    searching,
    settling,
    sqs,
    watching,
)
from tests.mutants.mutation import Mutation

TABLES = (
    answers,
    asking,
    chores,
    claiming,
    delivering,
    opening,
    oracle,
    oralite,
    oralite_locks,
    oralite_sessions,
    oralite_transactions,
    running,
    searching,
    settling,
    sqs,
    watching,
)

MUTATIONS: tuple[Mutation, ...] = tuple(
    mutation for table in TABLES for mutation in table.MUTATIONS
)

BY_NAME = {mutation.name: mutation for mutation in MUTATIONS}
