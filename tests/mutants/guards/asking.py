"""Guards of what people ask for: settings and commands."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import (
    COMMANDS,
    CONTRADICTIONS,
    JOB_REQUESTS,
    PATIENCE,
    SETTINGS,
    TERMINAL,
    named,
)

LIMITS = named("unit/test_contradictions")

MUTATIONS = (
    mutation(
        "a lease as long as a request",
        "a lease is longer than a request can take",
        f"{PATIENCE}.greater_than_sum",
        "if value <= total:",
        "if value < total:",
        tests=LIMITS,
    ),
    mutation(
        "a watchdog as long as a call",
        "a database that hangs must not look like a loop that hangs",
        f"{PATIENCE}.impatient_watchdog",
        "total = 2 * call_timeout",
        "total = call_timeout",
        tests=LIMITS,
    ),
    mutation(
        "quiet only after the longest wait",
        "a call settles before its longest wait ends",
        f"{CONTRADICTIONS}.settles_too_late",
        "max_wait_minutes * 60:",
        "max_wait_minutes * 3600:",
        tests=LIMITS,
    ),
    mutation(
        "a range that ends before it begins",
        "a range ends later than it begins",
        f"{CONTRADICTIONS}.impossible_range",
        "start >= end",
        "start > end",
        tests=LIMITS,
    ),
    mutation(
        "polls slower than the health query",
        "LAST_UPDATED moves at least every four minutes, idle too",
        f"{SETTINGS}.CdcSettings.normal_poll_interval_seconds",
        "le=240",
        "le=2400",
        tests=named("unit/test_settings_bounds"),
    ),
    mutation(
        "a range in the future",
        "a historical range never ends in the future",
        f"{JOB_REQUESTS}.end_of",
        "if end > status.now:",
        "if end > status.now and request.setting:",
        tests=named("acceptance/test_backfill", "a_range_that_ends_in_the_future_is_refused"),
    ),
    mutation(
        "another job replaced",
        "one historical job at a time: another range is refused unless --replace",
        f"{JOB_REQUESTS}.resume",
        "(job.start, job.end, job.is_resend) != (request.start, end, request.is_resend)",
        "(job.start, job.end, job.is_resend) == ()",
        tests=named("integration/test_history", "another_range_is_refused_while_one_is_unfinished"),
    ),
    mutation(
        "a watermark in the future",
        "a checkpoint is never reset to a time to come",
        f"{COMMANDS}.checkpoint.reset",
        "if wanted.to > now:",
        "if wanted.to > now and wanted.name == '':",
        tests=named("acceptance/test_checkpoint", "a_time_to_come_is_refused"),
    ),
    mutation(
        "moved without a yes",
        "without a terminal and without --yes nothing is moved",
        f"{TERMINAL}.confirm",
        "if is_agreed:",
        "if True:",
        tests=named(
            "acceptance/test_checkpoint", "without_a_terminal_and_without_yes_nothing_is_moved"
        ),
    ),
    mutation(
        "a reset of nothing",
        "a misspelt processor is a mistake, and no reset of no shards",
        "oracle_cdc.commands.processor.checkpoint.read_known",
        "if not leases:",
        "if False:",
        tests=named(
            "processor/test_checkpoint_commands",
            "a_processor_of_which_nothing_is_kept_is_named_with_those_that_are",
        ),
    ),
    mutation(
        "failures chosen by two ways at once",
        "exactly one kind of choice of failures is made",
        "oracle_cdc.commands.failures.require_choice",
        "sum(asked) != 1",
        "sum(asked) < 1",
        tests=named("acceptance/test_failures", "wrong_usage_of_failures_exits_2"),
    ),
)
