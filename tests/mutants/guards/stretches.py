"""Guards of what a cycle searches, in which slices, and where the next one begins."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import CAPTURE, SEARCHING, SQL, TURN, named

STUBBORN = "integration/test_stubborn"
MOVED = "integration/test_moved_watermark"
APART = "integration/test_searched_apart"

MUTATIONS = (
    mutation(
        "a refused log-in is a lost search",
        "a search that could not be asked counts for nothing",
        f"{SEARCHING}.Finder.find",
        "raise unreachable.error from unreachable",
        "self.failures += 1\nraise unreachable.error from unreachable",
        tests=named(
            "integration/test_lost_searches",
            "a_search_that_could_not_be_asked_is_no_search_that_was_lost",
        ),
    ),
    mutation(
        "a cycle begun anew by another copy's",
        "another copy moves the watermark on: then this one goes on where it is",
        f"{CAPTURE}.go_on",
        "stretch = stretch.moved_on(anew.position)",
        "return anew",
        tests=named(
            MOVED, "a_cycle_ends_though_another_copy_moves_the_watermark_on_with_each_search"
        ),
    ),
    mutation(
        "a watermark moved back not followed",
        "back, all of it again",
        f"{CAPTURE}.go_on",
        "after.watermark < before.watermark",
        "False",
        tests=named(MOVED, "a_watermark_that_is_moved_back_has_all_since_then_searched_again"),
    ),
    mutation(
        "a watermark moved ahead not followed",
        "what others have searched is left out",
        f"{CAPTURE}.go_on",
        "stretch.moved_on(anew.position)",
        "stretch",
        tests=named(MOVED, "a_watermark_that_is_moved_far_ahead_leaves_out_what_lies_before"),
    ),
    mutation(
        "slices shrink with each lost connection",
        "a search that is lost at once was not too long",
        f"{SEARCHING}.Finder.find",
        "monotonic() - began_at >= LONG_SECONDS",
        "True",
        tests=named(
            MOVED, "a_search_whose_connection_is_lost_at_once_is_tried_with_the_same_slice"
        ),
    ),
    mutation(
        "a cycle that failed begun anew",
        "the next cycle goes on where one failed",
        f"{CAPTURE}.resume",
        "self.reached is not None",
        "self.reached is not None and False",
        tests=named(MOVED, "a_cycle_goes_on_where_one_failed_but_for_what_may_come_late"),
    ),
    mutation(
        "a cycle that failed gone on with though the watermark was put back",
        "it goes on only where the watermark was not put back meanwhile",
        f"{CAPTURE}.resume",
        "position.watermark == seen",
        "True",
        tests=named(
            MOVED,
            "a_watermark_that_is_put_back_between_two_cycles_is_followed_after_a_failure",
        ),
    ),
    mutation(
        "slices that stay short",
        "a search that is quick takes one failure back",
        f"{SEARCHING}.Finder.find",
        "self.long_failures -= 1",
        "self.long_failures -= 0",
        tests=named(MOVED, "slices_that_had_become_short_grow_again_while_searches_are_quick"),
    ),
    mutation(
        "no watermark within a long cycle",
        "a cycle of many searches writes watermark and sign of life meanwhile",
        f"{CAPTURE}.work",
        "self.clock() - self.recorded_at >= HEARTBEAT_SECONDS",
        "False",
        tests=named(
            "integration/test_clocks", "last_updated_moves_inside_a_long_cycle_of_searches"
        ),
    ),
    mutation(
        "a cut search looks whole",
        "calls that a search met and could not bring count for its limit",
        f"{TURN}.is_full",
        " + self.found.left_out",
        "",
        tests=named(
            APART,
            "a_backfill_whose_search_was_cut_beside_a_call_that_ends_it_sends_all_others",
            "the_watermark_stays_behind_what_a_cut_search_left_beside_a_call_that_ends_it",
        ),
    ),
    mutation(
        "a resend forgotten by a search in parts",
        "a candidate is as the search itself would have brought it",
        f"{SEARCHING}.as_searched",
        "resend=named.resend",
        "resend=None",
        tests=named(
            APART,
            "calls_that_a_job_sends_again_are_sent_again_from_a_search_in_parts",
            "a_call_whose_answer_is_overdue_is_sent_again_from_a_search_in_parts",
        ),
    ),
    mutation(
        "a job moves another one's cursor",
        "moves the cursor of this job only",
        f"{SQL}heartbeat.sql:record_cycle",
        "JOB_ID = :job_id",
        "JOB_ID <> '-'",
        tests=named(
            APART,
            "a_job_that_replaces_another_one_with_the_same_start_begins_where_it_starts",
        ),
    ),
    mutation(
        "reached by a clock that was ahead",
        "a clock that was ahead when the cycle failed says nothing of now",
        f"{CAPTURE}.resume",
        "reached <= position.clocks.now",
        "True",
        tests=named(MOVED, "how_far_a_cycle_came_by_a_clock_that_was_ahead_counts_for_nothing"),
    ),
    mutation(
        "a stretch moved by the clock",
        "only a watermark that was moved on moves a stretch on",
        f"{CAPTURE}.go_on",
        "after.watermark > before.watermark",
        "True",
        tests=named(MOVED, "a_stretch_stays_where_it_is_while_the_watermark_is_ahead_of_the_clock"),
    ),
    mutation(
        "a watermark ahead of the clock passes what nobody searched",
        "an unfinished stretch takes it back to what was searched",
        "oracle_cdc.conversations.rules.windows.next_watermark",
        "stretch.is_finished or watermark > now",
        "stretch.is_finished",
        tests=named(
            "unit/test_windows",
            "an_unfinished_stretch_takes_a_watermark_ahead_of_the_clock_back_to_what_it_searched",
        ),
    ),
    mutation(
        "slices do not shrink",
        "after searches that did not end within their deadline the slices are shorter",
        f"{CAPTURE}.begin_stretch",
        "failed_searches=self.turns.finder.long_failures",
        "failed_searches=0",
        tests=named(STUBBORN, "a_search_that_times_out_is_tried_with_a_shorter_slice"),
    ),
)
