"""Guards of getting on: what fails often keeps nothing else of row changes from being done."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import CHANGE_OUTBOUND, SERVICE, named

REPEATS = "integration/test_change_repeats"
GETS_ON = "processor/test_getting_on"
LANE = f"{CHANGE_OUTBOUND}.lane.Lane"
LEG = "oracle_cdc.processor.legs.ProcessorLeg"

MUTATIONS = (
    mutation(
        "shipping: visits as long as before where Oracle is lost in each",
        "a visit that lost Oracle is followed by half of it, so that one reaches its commit",
        f"{LANE}.read_fewer",
        "self.most_rows = max(min(self.most_rows, read) // 2, fewest)",
        "pass",
        tests=named(REPEATS, "a_way_to_oracle_that_is_lost_again_and_again_lets_all_changes_leave"),
    ),
    mutation(
        "shipping: visits stay short",
        "each visit that commits is followed by double of it",
        f"{LANE}.read_more",
        "2 * self.most_rows",
        "self.most_rows",
        tests=named(
            REPEATS,
            "a_visit_is_half_of_one_that_lost_oracle_and_double_of_one_that_committed",
        ),
    ),
    mutation(
        "shipping: visits shorter than a read",
        "a visit has the rows of one read, however often Oracle was lost",
        f"{LANE}.read_fewer",
        "read) // 2, fewest)",
        "read) // 2, 1)",
        tests=named(
            REPEATS,
            "a_visit_is_half_of_one_that_lost_oracle_and_double_of_one_that_committed",
        ),
    ),
    mutation(
        "shipping: a lane that is gone stays paused",
        "a lane that is unregistered while it is paused is paused no more",
        f"{CHANGE_OUTBOUND}.lane_states.LaneStates.keep",
        "self.progress.paused -= self.paused - paused",
        "",
        tests=named(
            "integration/test_change_lane_failures",
            "a_lane_that_is_unregistered_while_it_is_paused_is_paused_no_more",
            "a_lane_that_a_person_paused_is_shipped_once_he_lets_it",
        ),
    ),
    mutation(
        "processor: a lease that is not renewed ends the step",
        "what one lease could not be renewed for keeps no other shard from being taken",
        f"{LEG}.look",
        "finally:",
        "except ZeroDivisionError:\n    pass\nelse:",
        tests=named(GETS_ON, "a_lease_that_is_not_renewed_keeps_no_free_shard_from_being_taken"),
    ),
    mutation(
        "processor: a shard that waits for a step without a failure",
        "a shard that is taken is read at once, whatever else failed in the step",
        f"{LEG}.step",
        "finally:",
        "except ZeroDivisionError:\n    pass\nelse:",
        tests=named(GETS_ON, "a_shard_that_is_taken_while_others_fail_is_read_at_once"),
    ),
    mutation(
        "processor: no rest while a thread ends",
        "the leg rests until the thread of a lease that is over has ended",
        "oracle_cdc.processor.legs.Reading.is_over",
        "and not self.loop.thread.is_alive()",
        "",
        tests=named(GETS_ON, "a_leg_rests_while_the_thread_of_a_lost_lease_is_in_its_step"),
    ),
    mutation(
        "running: a wait for a step that will not come",
        "a leg that is over ends its loop at once",
        f"{SERVICE}.Loop.pause",
        "if self.leg.is_over():",
        "if False:",
        tests=named(
            "unit/test_service",
            "a_leg_that_is_over_after_a_failure_does_not_wait_for_another_try",
        ),
    ),
)
