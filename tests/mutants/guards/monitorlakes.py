"""Guards of the lakes that answer SQL from afar: what would count too little, or wait for ever."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import named

TRINO = "lakes/test_trino"

MUTATIONS = (
    mutation(
        "an answer that ends too soon is whole",
        "an answer of Trino that loses the address of the next is no list of partitions",
        "sync_monitor.lake.trino.TrinoTable.ask",
        'if cursor.stats.get("state") != FINISHED:',
        "if False:",
        tests=named(TRINO, "an_answer_that_ends_too_soon_is_no_list_of_partitions"),
    ),
    mutation(
        "a mute Trino is waited for",
        "a request has a deadline",
        "sync_monitor.lake.trino.TrinoLake.connect",
        "request_timeout=self.statement_seconds,",
        "request_timeout=6.0,",
        tests=named(TRINO, "a_mute_coordinator_is_given_up"),
    ),
    mutation(
        "rows of all partitions",
        "every statement about rows names a partition",
        "sync_monitor.lake.sql_tables.SqlTable.rows",
        'f"{self.column} = {self.value(key)}"',
        '"TRUE"',
        tests=named(TRINO, "every_statement_about_rows_names_a_partition"),
    ),
    mutation(
        "a date is a text to Trino",
        "a partition's column that is a DATE is compared with a DATE",
        "sync_monitor.lake.trino.TrinoTable.value",
        'if self.partition_type == "date":',
        "if False:",
        tests=named(TRINO, "dates_as_partitions_are_compared_as_dates"),
    ),
)
