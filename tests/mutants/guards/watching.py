"""Guards of what is shown: readiness, health, the log and its files."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import (
    DEPENDENCIES,
    FILES,
    HEALTH,
    LAYERS,
    LOCK,
    PRIVACY,
    READINESS_REASONS,
    REPEATS,
    named,
)

READY = named("unit/test_readiness")
LOGS = named("unit/test_logging_privacy")

MUTATIONS = (
    mutation(
        "calls of the last pipeline only",
        "calls of two pipelines to one dependency are counted together",
        "oracle_cdc.watching.measures.ServiceMeasures.calls",
        "calls[dependency.name] +=",
        "calls[dependency.name] =",
        tests=named("unit/test_joined_metrics"),
    ),
    mutation(
        "ready with an open breaker",
        "an open breaker ends readiness",
        f"{READINESS_REASONS}.breaker_reason",
        "if breaker.state is State.CLOSED:",
        "if breaker.state is not State.CLOSED:",
        tests=READY,
    ),
    mutation(
        "ready without tables",
        "tables that were not validated end readiness",
        f"{READINESS_REASONS}.make_requirements",
        "not has_tables():",
        "not has_tables:",
        tests=named("unit/test_readiness_of_tables"),
    ),
    mutation(
        "tables: not validated, and nobody learns why",
        "what keeps tables from being validated is said",
        f"{READINESS_REASONS}.make_requirements",
        "if not reason and not has_tables():",
        "if not has_tables():",
        tests=named("unit/test_readiness_of_tables"),
    ),
    mutation(
        "ready with an Oracle that is not",
        "a dependency that does not answer within its limit is not ready",
        f"{DEPENDENCIES}.Ask.is_late",
        "self.seconds(now) > limit_seconds",
        "self.seconds(now) > 1000 * limit_seconds",
        tests=READY,
    ),
    mutation(
        "a session of the pool is an answer",
        "that there was a session in the pool is no answer of Oracle",
        f"{DEPENDENCIES}.Dependency.end",
        "self.has_answered |= kind != SESSION",
        "self.has_answered |= kind != ''",
        tests=named("unit/test_dependencies"),
    ),
    mutation(
        "the health port spins without file descriptors",
        "without file descriptors the health port waits before it asks again",
        f"{HEALTH}.PageServer.get_request",
        "error.errno in NO_ROOM",
        "False",
        tests=named(
            "integration/test_health_host",
            "without_file_descriptors_it_waits_before_it_asks_for_a_client_again",
        ),
    ),
    mutation(
        "not ready with status 200",
        "what is missing makes /readyz answer 503",
        f"{HEALTH}.json_page",
        "status = 503",
        "status = 200",
        tests=named("integration/test_health"),
    ),
    mutation(
        "health for the whole network",
        "the health endpoint listens on loopback alone unless HEALTH_HOST opens it",
        f"{LAYERS}.service.ServiceSettings",
        "127.0.0.1",
        "0.0.0.0",
        tests=named("acceptance/test_run", "without_a_host_the_pages_are_on_loopback_alone"),
    ),
    mutation(
        "drivers quoted in the log",
        "of a foreign error only its type and code are logged",
        f"{PRIVACY}.describe",
        "if isinstance(error, CdcError):",
        "if isinstance(error, Exception):",
        tests=LOGS,
    ),
    mutation(
        "tracebacks as Python prints them",
        "what another formatter left on a record is not taken",
        f"{PRIVACY}.SafeFormatter.format",
        "safe.exc_text = None",
        "pass",
        tests=LOGS,
    ),
    mutation(
        "a value begins a line of its own",
        "a value never begins a line of the log",
        f"{PRIVACY}._printable",
        "isinstance(value, str) and not value.isprintable()",
        "isinstance(value, bytes)",
        tests=LOGS,
    ),
    mutation(
        "a failure logged at each pass",
        "a repeated failure is logged first and then at most once a minute",
        f"{REPEATS}._count",
        "now - series.logged_at < self._interval_seconds",
        "now - series.logged_at < 0",
        tests=named("unit/test_repeats"),
    ),
    mutation(
        "two copies with one directory",
        "a second process with the same directory of logs is refused",
        f"{LOCK}._lock",
        "fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)",
        "pass",
        tests=named(
            "unit/test_log_places", "a_second_process_is_refused_with_the_first_ones_number"
        ),
    ),
    mutation(
        "a link followed",
        "no link in a directory that others write is followed",
        f"{FILES}.CAREFULLY",
        'getattr(os, "O_NOFOLLOW", 0)',
        "0",
        tests=named(
            "unit/test_log_places",
            "a_link_a_fifo_or_a_socket_in_place_of_a_file_is_named_and_left_alone",
        ),
    ),
    mutation(
        "a second name written to",
        "a file of two names is not opened",
        f"{FILES}.name_kind",
        "found.st_nlink > 1",
        "found.st_nlink > 100",
        tests=named(
            "unit/test_log_places",
            "a_link_a_fifo_or_a_socket_in_place_of_a_file_is_named_and_left_alone",
        ),
    ),
    mutation(
        "a goodbye that is not waited for",
        "the process ends only after the service manager knows that it stops",
        "oracle_cdc.watching.notify.Beat.finish",
        "self.thread.join(GOODBYE_SECONDS)",
        "pass",
        tests=named("unit/test_notify", "the_end_waits_until_the_stop_is_reported"),
    ),
    mutation(
        "a goodbye that nobody waits for",
        "the end of a run waits for the last notice",
        "oracle_cdc.watching.notify.Beat.__exit__",
        "self.finish()",
        "pass",
        tests=named("unit/test_notify", "the_end_waits_until_the_stop_is_reported"),
    ),
)
