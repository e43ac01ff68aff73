"""Guards of row changes that get on: what fails often keeps nothing else from being done."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import CHANGE_OUTBOUND, named

REPEATS = "integration/test_change_repeats"
VISIT = f"{CHANGE_OUTBOUND}.visit.Visitor.visit"

MUTATIONS = (
    mutation(
        "shipping: visits as long as before where Oracle is lost in each",
        "a visit that lost Oracle is followed by half of it, so that one reaches its commit",
        VISIT,
        "lane.most_rows = max(min(lane.most_rows, visit.visited.read) // 2, fewest)",
        "",
        tests=named(REPEATS, "a_way_to_oracle_that_is_lost_again_and_again_lets_all_changes_leave"),
    ),
    mutation(
        "shipping: visits stay short",
        "each visit that commits is followed by double of it",
        VISIT,
        "2 * lane.most_rows",
        "lane.most_rows",
        tests=named(
            REPEATS,
            "a_visit_is_half_of_one_that_lost_oracle_and_double_of_one_that_committed",
        ),
    ),
    mutation(
        "shipping: visits shorter than a read",
        "a visit has the rows of one read, however often Oracle was lost",
        VISIT,
        "visit.visited.read) // 2, fewest)",
        "visit.visited.read) // 2, 1)",
        tests=named(
            REPEATS,
            "a_visit_is_half_of_one_that_lost_oracle_and_double_of_one_that_committed",
        ),
    ),
)
