"""Guards of any long-running program: retries, loops, pauses, progress."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import PAUSES, PERSISTENCE, PROGRESS, RETRYING, SERVICE, named

RETRIES = named("unit/test_retrying")
READY = named("unit/test_readiness")
LOOPS = named("unit/test_service")

MUTATIONS = (
    mutation(
        "lost connections kept",
        "what failures lost is freed at once",
        f"{SERVICE}.collect_lost",
        "gc.collect()",
        "pass",
        tests=named("unit/test_service", "what_failed_steps_lost_is_freed_when_the_loop_recovers"),
    ),
    mutation(
        "tried for ever after the stop",
        "after the stop a step is tried for the grace only",
        f"{RETRYING}.keep_trying",
        "> grace_seconds",
        "> grace_seconds + 20",
        tests=RETRIES,
    ),
    mutation(
        "anything is tried again",
        "what does not pass is raised at once",
        f"{RETRYING}.keep_trying",
        "except errors as error:",
        "except (*errors, Exception) as error:",
        tests=RETRIES,
    ),
    mutation(
        "a wait without a bound",
        "a wait doubles up to its maximum and no further",
        f"{RETRYING}.Doubling.after",
        "self.max_seconds)",
        "10 * self.max_seconds)",
        tests=RETRIES,
    ),
    mutation(
        "a try after its time",
        "no try begins after the time for it",
        f"{RETRYING}.retry_policy",
        "| stop_after_delay(within_seconds)",
        "| stop_after_delay(within_seconds + 10**6)",
        tests=RETRIES,
    ),
    mutation(
        "a stop that waits between two tries",
        "a stop ends the waiting between two tries",
        f"{RETRYING}.retry_policy",
        "sleep=sleep_using_event(stop)",
        "sleep=sleep_using_event(threading.Event())",
        tests=RETRIES,
    ),
    mutation(
        "every caller is a probe",
        "while open, one probe at a time goes through",
        f"{RETRYING}.Breaker.allows",
        "if state is State.HALF_OPEN:",
        "if state is State.OPEN:",
        tests=RETRIES,
    ),
    mutation(
        "a breaker that opens late",
        "a breaker opens at its limit",
        f"{RETRYING}.Breaker.failed",
        "self._failures >= self._limit",
        "self._failures > self._limit",
        tests=RETRIES,
    ),
    mutation(
        "failures long ago count",
        "a success in between means that failures are not in a row",
        f"{RETRYING}.Breaker.succeeded",
        "self._failures, self._probe_at = 0, None",
        "self._probe_at = None",
        tests=RETRIES,
    ),
    mutation(
        "configuration mistakes end the writing",
        "what a person must mend is waited for as what passes",
        f"{PERSISTENCE}.keep_trying",
        "errors=(TransientError, ConfigurationError)",
        "errors=(TransientError,)",
        tests=named(
            "integration/test_errors",
            "a_dropped_table_of_answers_keeps_them_in_their_queue_until_it_is_back",
        ),
    ),
    mutation(
        "a bug ends a loop",
        "no failure ends a loop but one that trying on would make worse",
        f"{SERVICE}.Loop.run_once",
        "except Exception as error:",
        "except ZeroDivisionError as error:",
        tests=LOOPS,
    ),
    mutation(
        "abandoned work ends with exit code 0",
        "work abandoned at the stop limit makes the exit code 1",
        f"{SERVICE}.Service.finish",
        "if loop.is_holding()",
        "if not loop.is_holding()",
        tests=LOOPS,
    ),
    mutation(
        "a call that hangs at the stop is not cancelled",
        "a call to Oracle that still runs at the stop is cancelled",
        f"{SERVICE}.Service.finish",
        "self.cancel()",
        "pass",
        tests=LOOPS,
    ),
    mutation(
        "chores while the queue is down",
        "while the queue is down only what needs none is done",
        f"{PAUSES}.run",
        "chore.needs_queue and",
        "chore.needs_queue and False and",
        tests=named("unit/test_pauses"),
    ),
    mutation(
        "a pause longer than it is",
        "a chore that always has more to do ends with the pause",
        f"{PAUSES}.use",
        "self.clock() < until",
        "self.clock() < until + 1000",
        tests=named("unit/test_pauses"),
    ),
    mutation(
        "refused credentials swallowed",
        "refused credentials are the loop's business",
        f"{PAUSES}.run",
        "except OracleCredentialsError: raise",
        "except OracleCredentialsError:\n    return AGAIN_SECONDS",
        tests=named("unit/test_pauses"),
    ),
    mutation(
        "a loop that hangs is alive",
        "a loop that has not got on within its deadline is named",
        f"{PROGRESS}.late_loops",
        "if age > deadline_seconds",
        "if age > deadline_seconds * 1000",
        tests=READY,
    ),
    mutation(
        "waiting for a session is progress",
        "a loop that only waits for a session makes no progress",
        f"{PROGRESS}.stepped",
        "if error is None or error.is_progress:",
        "if error is None or error:",
        tests=named("integration/test_sessions", "waiting_for_a_session_is_no_progress"),
    ),
    mutation(
        "a wait on purpose is late",
        "a wait on purpose is no lack of progress",
        f"{PROGRESS}.rest",
        ".stepped_at += seconds",
        ".stepped_at += 0 * seconds",
        tests=READY,
    ),
)
