"""Guards of what sweeps and jobs pass: calls that others hold."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import CLAIMING, JOB_SEARCH, SQL, SWEEP, TURN, TURNS, named

HELD_SWEEPS = "integration/test_held_sweeps"
HELD_JOBS = "integration/test_held_jobs"
RESEND = "integration/test_resend"
GOES_BACK = "resend_goes_back_to_calls_that_a_copy_leased_when_it_passed"

MUTATIONS = (
    mutation(
        "a sweep stands still before a held call",
        "a late call that another session holds keeps no other from the sweep",
        f"{SWEEP}.Slice.searched",
        "passing=locked",
        "passing=frozenset()",
        tests=named(
            HELD_SWEEPS, "a_late_call_that_another_session_holds_keeps_no_other_from_the_sweep"
        ),
    ),
    mutation(
        "a sweep passes what another copy claims",
        "a call that is locked for a moment is waited for",
        f"{TURN}.locked_twice",
        "if self.has_learned:",
        "if self.has_learned and False:",
        tests=named(HELD_SWEEPS, "a_call_that_is_locked_for_a_moment_is_waited_for"),
    ),
    mutation(
        "a call passed by a sweep is lost with a kill",
        "nothing durable goes past a call that a sweep passed",
        f"{SWEEP}.Sweep.durable_cursor",
        "self.passed_from or self.stretch.position",
        "self.stretch.position",
        tests=named(HELD_SWEEPS, "a_call_that_a_sweep_passed_is_found_after_a_restart"),
    ),
    mutation(
        "a sweep that passed a call counts as finished",
        "the next sweep is made as a whole until it has found what one passed",
        f"{SWEEP}.Sweep.durable_end",
        "if not self.is_full or self.passed_from:",
        "if not self.is_full:",
        tests=named(
            HELD_SWEEPS, "a_late_call_that_another_session_holds_keeps_no_other_from_the_sweep"
        ),
    ),
    mutation(
        "a sweep that passed a call puts off the next whole one",
        "the next sweep is made as a whole until it has found what one passed",
        f"{SQL}sweeps.sql:finish_sweep",
        "WHEN :clock_time IS NOT NULL AND :is_measured",
        "WHEN :is_measured",
        tests=named(
            HELD_SWEEPS, "a_late_call_that_another_session_holds_keeps_no_other_from_the_sweep"
        ),
    ),
    mutation(
        "a job stands still before a held call",
        "a call that another session holds keeps no other from a job",
        f"{JOB_SEARCH}.RangeSearch.searched",
        "passing=passing",
        "passing=frozenset()",
        tests=named(HELD_JOBS, "a_call_that_another_session_holds_keeps_no_other_from_a_job"),
    ),
    mutation(
        "a job does not go back to what it passed",
        "a job goes back to what it passed once it is through",
        f"{JOB_SEARCH}.JobSearch.goes_back",
        "self.search = search.begun_again()",
        "pass",
        tests=named(HELD_JOBS, "a_call_that_another_session_holds_keeps_no_other_from_a_job"),
    ),
    mutation(
        "a job searches all again for a call that it passed",
        "a job looks again only where it has passed calls",
        f"{JOB_SEARCH}.RangeSearch.begun_again",
        "self.passed.end,",
        "self.end,",
        tests=named(HELD_JOBS, "a_job_looks_again_only_where_it_has_passed_calls"),
    ),
    mutation(
        "a call passed by a job is lost with a kill",
        "nothing durable goes past a call that a job passed",
        f"{JOB_SEARCH}.RangeSearch.position",
        "if self.passed is not None:",
        "if self.passed is not None and False:",
        tests=named(HELD_JOBS, "a_call_that_a_job_passed_is_found_after_a_restart"),
    ),
    mutation(
        "a row not committed yet holds up a job",
        "a row that another session has not committed yet keeps no other call waiting",
        f"{CLAIMING}.rest",
        "if may_pass:",
        "if may_pass and False:",
        tests=named(
            HELD_JOBS,
            "a_row_that_another_session_has_not_committed_yet_keeps_no_other_call_from_a_job",
            "a_row_that_another_session_has_not_committed_yet_keeps_no_other_call_from_the_sweep",
        ),
    ),
    mutation(
        "run --once waits for what others hold",
        "a run --once leaves calls of others to the next one",
        "oracle_cdc.conversations.pipeline.run_history",
        "if is_left or backfill.is_done",
        "if backfill.is_done",
        tests=named(HELD_JOBS, "a_run_once_leaves_calls_of_others_to_the_next_one"),
    ),
    mutation(
        "run --once forgets what its job sent",
        "what a run --once sends beside a locked row is counted, or said to be missing",
        "oracle_cdc.conversations.pipeline.run_history",
        "backfill.end()",
        "pass",
        tests=named(
            HELD_JOBS,
            "what_a_run_once_sends_beside_a_locked_row_is_counted_or_said_to_be_missing",
        ),
    ),
    mutation(
        "a backfill that seems to stand still",
        "a backfill that goes past calls of others shows it",
        "oracle_cdc.commands.conversations.backfill.describe",
        "if has_passed and not job.is_finished:",
        "if False:",
        tests=named(HELD_JOBS, "a_backfill_that_goes_past_calls_of_others_shows_it"),
    ),
    mutation(
        "resend does not go back to what was leased",
        "a job that sends again goes back to calls that a copy leased when it passed",
        f"{JOB_SEARCH}.RangeSearch.searched",
        "turn.locked_twice | turn.found.leased",
        "turn.locked_twice",
        tests=named(RESEND, GOES_BACK),
    ),
    mutation(
        "resend claims what is leased",
        "a lease that holds is left to its copy by a job that sends again",
        "oracle_cdc.conversations.tables.search.take_rows",
        'if record["state"] == CallState.LEASED.value and record["is_due"] != 1:',
        'if record["state"] == CallState.LEASED.value and record["is_due"] is None:',
        tests=named(RESEND, GOES_BACK),
    ),
    mutation(
        "resend stands still before a batch of leases",
        "a search leaves room for calls that a copy leases",
        f"{TURNS}.Turns.find",
        "self.claiming.note_locked(found.leased - due)",
        "pass",
        tests=named(RESEND, GOES_BACK),
    ),
    mutation(
        "resend waits for leases that have ended",
        "a job that sends again takes over what is to be tried alone",
        f"{TURNS}.Turns.find",
        "found.leased - due",
        "found.leased",
        tests=named(
            RESEND,
            "resend_sends_also_a_call_that_is_tried_alone_after_its_lease_ended_again_and_again",
        ),
    ),
)
