"""Guards of what runs in the pauses: the sweep, the history, the overdue, the purge."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import (
    BACKFILL,
    HOUSEKEEPING,
    JOB_SEARCH,
    RECONCILIATION,
    SQL,
    SWEEP,
    WINDOWS,
    named,
)

SWEEPS = "integration/test_reconcile"
PURGES = "integration/test_purge"
PURGE_TABLES = "oracle_cdc.conversations.tables.purges"
HISTORY = "integration/test_history"
OVERDUE = "integration/test_overdue"

MUTATIONS = (
    mutation(
        "two copies sweep",
        "one copy sweeps at a time",
        f"{SQL}sweeps.sql:take_sweep",
        "SWEEP_OWNER IS NULL OR",
        "SWEEP_OWNER IS NOT NULL OR SWEEP_OWNER IS NULL OR",
        tests=named(SWEEPS, "one_copy_sweeps_at_a_time"),
    ),
    mutation(
        "a sweep without an end is somebody's for ever",
        "no end of a sweep's turn is an end that has passed",
        f"{SQL}sweeps.sql:take_sweep",
        "OR SWEEP_UNTIL IS NULL",
        "OR 1 = 0",
        tests=named("integration/test_endless", "a_sweep_whose_times_were_emptied_is_made"),
    ),
    mutation(
        "a paused mode is swept",
        "a paused mode is not swept",
        f"{SQL}sweeps.sql:take_sweep",
        "AND IS_ENABLED = 1",
        "AND IS_ENABLED >= 0",
        tests=named(SWEEPS, "a_paused_mode_is_not_swept"),
    ),
    mutation(
        "a sweep that was taken over goes on",
        "a sweep that another copy took over is left to it",
        f"{RECONCILIATION}.save",
        "if is_ours is False:",
        "if is_ours is None:",
        tests=named(SWEEPS, "a_sweep_that_another_copy_took_over_is_left_to_it"),
    ),
    mutation(
        "a sweep is lost with a connection",
        "a sweep that loses its connection goes on and is still measured",
        f"{RECONCILIATION}.search",
        "if not self.save(session, sweep):\n    self.sweep = None",
        "self.sweep = None\nif self.save(session, sweep):\n    self.sweep = sweep",
        tests=named(
            SWEEPS,
            "a_full_sweep_that_loses_its_connection_is_still_measured",
            "a_sweep_of_the_last_hour_that_loses_its_connection_goes_on",
        ),
    ),
    mutation(
        "a sweep begins anew after a kill",
        "a sweep goes on where a kill left it",
        f"{SWEEP}.resume_sweep",
        "if not (state.cursor and state.range_start and state.clock):",
        "if state.cursor or not (state.range_start and state.clock):",
        tests=named(SWEEPS, "a_sweep_goes_on_where_a_kill_left_it"),
    ),
    mutation(
        "a slice closed before it is searched",
        "a slice is closed only when it is searched to its end",
        f"{RECONCILIATION}.search",
        "if not part.rest.is_finished:",
        "if part.rest.is_finished and False:",
        tests=named(SWEEPS, "many_late_calls_of_one_slice_are_healed_turn_by_turn"),
    ),
    mutation(
        "a sweep without its downtime",
        "a downtime lengthens the next sweep",
        f"{WINDOWS}.sweep_start",
        "last_end or now",
        "now or now",
        tests=named(SWEEPS, "a_downtime_lengthens_the_next_sweep"),
    ),
    mutation(
        "a sweep before the coverage",
        "a sweep never begins before the coverage",
        f"{WINDOWS}.sweep_start",
        "max(coverage_start,",
        "min(coverage_start,",
        tests=named("unit/test_windows"),
    ),
    mutation(
        "calls purged that a window may find",
        "a call that may be found again stays in the ledger",
        f"{SQL}purges.sql:part is_purgeable",
        "AND NVL(NEWEST_READ, TEXT_TIME) < :needed_from /*timestamp*/",
        "AND :needed_from /*timestamp*/ IS NOT NULL",
        tests=named(PURGES, "a_call_that_the_window_needs_after_a_downtime_stays"),
    ),
    mutation(
        "calls purged that a sweep may find",
        "a call that the sweep may still find stays in the ledger",
        f"{HOUSEKEEPING}.oldest_needed",
        "sweep=self.sweep_reaches_to(state)",
        "sweep=None",
        tests=named(PURGES, "a_call_that_the_sweep_may_still_find_stays"),
    ),
    mutation(
        "calls purged ahead of a job",
        "a call ahead of an unfinished historical job stays in the ledger",
        f"{HOUSEKEEPING}.oldest_needed",
        "if job is not None and not job.is_finished:",
        "if job is not None and not job.cursor:",
        tests=named(PURGES, "a_call_ahead_of_an_unfinished_historical_job_stays"),
    ),
    mutation(
        "calls purged that are not answered",
        "only calls with nothing left to do leave the ledger",
        f"{SQL}purges.sql:part is_purgeable",
        "STATE IN ('SUMMARIZED',",
        "STATE IN ('SENT', 'SUMMARIZED',",
        tests=named(PURGES, "only_calls_with_nothing_left_to_do_leave_the_ledger"),
    ),
    mutation(
        "a purge waits for a locked row",
        "a call that another session holds is purged later",
        f"{PURGE_TABLES}.lock_old",
        "for name in lock_free(session, list(found), lock):",
        "for name in found:",
        tests=named(
            PURGES, "calls_that_others_have_locked_are_passed_over_and_the_rest_go_in_whole_batches"
        ),
    ),
    mutation(
        "a purge ends at calls that are held",
        "as many calls as a batch that others hold keep no other from being purged",
        f"{PURGE_TABLES}.lock_old",
        "range(0, MOST_LOCKED, row_limit)",
        "range(1)",
        tests=named(
            PURGES, "calls_that_others_have_locked_are_passed_over_and_the_rest_go_in_whole_batches"
        ),
    ),
    mutation(
        "a purge without an end",
        "a purge passes over a bounded number of calls that others hold",
        f"{PURGE_TABLES}.lock_old",
        "range(0, MOST_LOCKED, row_limit)",
        "range(0, 10**9, row_limit)",
        tests=named(PURGES, "a_purge_ends_however_many_calls_others_have_locked"),
    ),
    mutation(
        "a call purged that was claimed meanwhile",
        "a call is purged only if nothing is left to do for it once it is locked",
        f"{SQL}purges.sql:purge_ledger",
        "AND {is_purgeable}",
        "AND :days /*number*/ >= 0 AND :needed_from /*timestamp*/ IS NOT NULL",
        tests=named(PURGES, "a_call_that_is_claimed_again_before_it_is_purged_stays"),
    ),
    mutation(
        "a row purged that is not the old one",
        "a row that lies where an old one was found stays",
        f"{SQL}purges.sql:purge_log",
        "AND {is_old_log}",
        "AND :days /*number*/ >= 0",
        tests=named(PURGES, "a_row_that_lies_where_an_old_one_was_found_stays"),
    ),
    mutation(
        "purged with retention 0",
        "retention 0 keeps all",
        f"{HOUSEKEEPING}.purges",
        "if days:",
        "if True:",
        tests=named(PURGES, "retention_0_keeps_all"),
    ),
    mutation(
        "sent again without an end",
        "an unanswered call is sent again a bounded number of times",
        f"{SQL}ledger.sql:find_overdue",
        "NVL(RESENDS, 0) < :resend_limit /*number*/",
        "NVL(RESENDS, 0) < :resend_limit /*number*/ + 100",
        tests=named(
            OVERDUE, "an_unanswered_call_is_sent_again_so_many_times_and_the_same_to_the_byte"
        ),
    ),
    mutation(
        "sent again while paused",
        "a paused normal mode sends nothing again",
        f"{SQL}ledger.sql:find_overdue",
        "AND {is_normal_enabled}",
        "",
        tests=named(OVERDUE, "a_paused_normal_mode_sends_nothing_again"),
    ),
    mutation(
        "repeats of an old revision count",
        "a new revision counts its repeats anew",
        f"{SQL}ledger.sql:settle_sent",
        "THEN RESENDS ELSE 0 END",
        "THEN RESENDS ELSE RESENDS END",
        tests=named(OVERDUE, "a_new_revision_counts_its_repeats_anew"),
    ),
    mutation(
        "history before live calls",
        "a historical job yields while normal mode is behind",
        f"{BACKFILL}.run_once",
        "if self.must_yield(status):",
        "if self.must_yield(status) and False:",
        tests=named(HISTORY, "a_job_yields_while_normal_mode_is_behind"),
    ),
    mutation(
        "a paused job goes on",
        "a paused job waits",
        f"{BACKFILL}.run_once",
        "if not status.is_enabled:",
        "if not status.is_enabled and False:",
        tests=named(HISTORY, "a_paused_job_waits"),
    ),
    mutation(
        "a rate that is none",
        "a rate limits the claims of a second",
        f"{BACKFILL}Rules.most_calls",
        "max(1, int(job.rate))",
        "1000",
        tests=named(HISTORY, "a_rate_limits_the_claims_of_a_second"),
    ),
    mutation(
        "a moved cursor not followed",
        "a cursor that a person moved is followed",
        f"{JOB_SEARCH}.JobSearch.follow",
        "seen != (job.job_id, job.cursor)",
        "seen is None",
        tests=named(HISTORY, "a_cursor_that_a_person_moved_is_followed"),
    ),
    mutation(
        "a job over another that was begun meanwhile",
        "a historical job takes the place only of the one that was seen",
        f"{SQL}jobs.sql:begin_job",
        "AND NVL(JOB_ID, '-') = NVL(:seen_job, '-')",
        "AND NVL(:seen_job, '-') IS NOT NULL",
        tests=named(
            "integration/test_transactions", "a_job_that_was_begun_meanwhile_is_not_replaced"
        ),
    ),
)
