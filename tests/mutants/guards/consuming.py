"""Guards of what consumes row changes, and of the balance that judges it."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import named

RULE, BALANCE = "unit/test_latest_rows", "unit/test_demo_changes"
APPLY = "oracle_cdc.demo.changes.latest_rows.LatestRows.apply"
JUDGE = "oracle_cdc.demo.changes.balance"

MUTATIONS = (
    mutation(
        "consuming: an event counts whatever came before",
        "an event counts only if it is newer than its row",
        APPLY,
        'if number <= self.numbers.get(row, ""):',
        "if False:",
        tests=named(RULE, "late_and_repeated_events_change_nothing"),
    ),
    mutation(
        "consuming: the number of a deleted row is forgotten",
        "an old event does not bring a deleted row back",
        APPLY,
        "self.rows.pop(row, None)",
        "self.rows.pop(row, None)\nself.numbers.pop(row)",
        tests=named(RULE, "late_and_repeated_events_change_nothing"),
    ),
    mutation(
        "consuming: tables share their keys",
        "a row is known by its table and its keys",
        APPLY,
        '[detail["table"], detail["keys"]]',
        '[detail["keys"]]',
        tests=named(RULE, "tables_do_not_share_keys"),
    ),
    mutation(
        "consuming: the demo does not see disorder",
        "an event that comes first after a newer one of its row is a mistake",
        f"{JUDGE}.find_disorder",
        'if number < last.get(row, ""):',
        "if False:",
        tests=named(BALANCE, "what_is_not_as_it_must_be_is_named"),
    ),
    mutation(
        "consuming: the demo does not miss a row",
        "a row that the consumer lacks is a mistake",
        f"{JUDGE}.compare_tables",
        "for _ in rows:",
        "for _ in ():",
        tests=named(BALANCE, "what_is_not_as_it_must_be_is_named"),
    ),
    mutation(
        "consuming: the demo takes any repeat for one",
        "an event is the same each time",
        f"{JUDGE}.check_repeats",
        "if detail != firsts[id]:",
        "if False:",
        tests=named(BALANCE, "what_is_not_as_it_must_be_is_named"),
    ),
)
