"""Guards of the edge to Oracle: sessions, log-ins, binds, locks."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import (
    CLOCK,
    COMMITTING,
    CONNECTION,
    DATABASE,
    PERSISTENCE,
    PLACES,
    POOL,
    QUERIES,
    ROW_LOCK,
    SESSION,
    SQL,
    named,
)

ERRORS = "integration/test_errors"
POOLS = "integration/test_pool"
ROTATIONS = "integration/test_rotated_sessions"
SESSIONS = "integration/test_sessions"
TRANSACTIONS = "integration/test_transactions"

MUTATIONS = (
    mutation(
        "a right to write what only Oracle writes",
        "an identity that only Oracle writes is no missing right",
        "oracle_cdc.oracle.schema.missing_rights",
        "list(columns)[-1]",
        "next(iter(columns))",
        tests=named(
            "integration/test_statements", "an_identity_that_only_oracle_writes_is_no_missing_right"
        ),
    ),
    mutation(
        "fraction of a second lost",
        "a source time keeps its fraction on every way",
        f"{QUERIES}.BIND_TYPES",
        "oracledb.DB_TYPE_TIMESTAMP",
        "oracledb.DB_TYPE_DATE",
        tests=named("integration/test_statements", "a_session_keeps_the_fraction_of_a_second"),
    ),
    mutation(
        "a bind loses its type",
        "every bind of a time says that it is a timestamp",
        f"{SQL}ledger.sql:seal_claim",
        ":newest_read /*timestamp*/",
        ":newest_read",
        tests=named(
            "integration/test_statements",
            "every_bind_of_a_statement_has_the_type_that_its_name_says",
        ),
    ),
    mutation(
        "bare SYSTIMESTAMP in a session of another zone",
        "no time of the session stands beside a source column",
        f"{CLOCK}.DATABASE_NOW",
        "CAST(SYSTIMESTAMP AS TIMESTAMP)",
        "SYSTIMESTAMP",
        tests=named(
            "integration/test_statements",
            "no_time_of_the_session_or_the_host_stands_beside_a_source_column",
        ),
    ),
    mutation(
        "a commit that nobody asked for",
        "a statement commits only when it is asked to",
        COMMITTING,
        "connection.autocommit = commit",
        "connection.autocommit = True",
        tests=named(TRANSACTIONS, "a_statement_commits_only_when_it_is_asked_to"),
    ),
    mutation(
        "nothing rolled back after a failure",
        "a cancelled array leaves no row locked",
        f"{CONNECTION}.undo",
        "self.rollback()",
        "pass",
        tests=named(
            "integration/test_deadline", "an_array_that_is_cancelled_in_its_middle_locks_nothing"
        ),
    ),
    mutation(
        "a deadline set on a lost connection",
        "a lost connection is left as it is: to set its deadline ends the process",
        f"{CONNECTION}.set_deadline",
        "if self.connection.is_healthy():",
        "if self.connection:",
        tests=named(
            "integration/test_deadline",
            "a_connection_lost_within_a_deadline_is_reported_and_does_not_end_the_process",
        ),
    ),
    mutation(
        "a shorter deadline stays",
        "a shorter deadline holds inside its block only",
        f"{CONNECTION}.deadline",
        "self.set_deadline(self.call_timeout_seconds)",
        "pass",
        tests=named(
            TRANSACTIONS,
            "a_deadline_is_never_longer_than_the_call_time_out_and_ends_with_its_block",
        ),
    ),
    mutation(
        "a deadline that is longer",
        "a deadline in a block is never longer than the call time-out",
        f"{CONNECTION}.deadline",
        "min(seconds, self.call_timeout_seconds)",
        "seconds",
        tests=named(
            TRANSACTIONS,
            "a_deadline_is_never_longer_than_the_call_time_out_and_ends_with_its_block",
        ),
    ),
    mutation(
        "committed although a row failed",
        "an array commits only if none of its rows failed",
        f"{SESSION}.execute_array",
        "for error in outcome.errors.values():",
        "for error in ():",
        tests=named(TRANSACTIONS, "an_array_raises_the_error_of_its_first_bad_row"),
    ),
    mutation(
        "threads of a database that hangs",
        "while a log-in is not answered no other is begun",
        f"{POOL}.wait",
        "if self.attempt is None:",
        "if self.changed:",
        tests=named(TRANSACTIONS, "while_a_login_is_not_answered_no_other_is_begun"),
    ),
    mutation(
        "a log-in that never ends",
        "a log-in that is not answered for long is left to itself",
        f"{POOL}.wait",
        "if self.attempt is not None and monotonic() >= self.attempt.until:",
        "if False:",
        tests=named(POOLS, "a_log_in_that_never_ends_holds_up_none_of_another_pool"),
    ),
    mutation(
        "the turn of a log-in that never ends",
        "what is left to itself holds up no other log-in with the same password",
        f"{POOL}.leave",
        "self.password.turn.end(attempt.thread.ident)",
        "pass",
        tests=named(POOLS, "a_log_in_that_never_ends_holds_up_none_of_another_pool"),
    ),
    mutation(
        "a turn for what was left",
        "a log-in that was left while it waited for its turn never begins",
        f"{POOL}.connect",
        "if attempt.is_left:",
        "if False:",
        tests=named(POOLS, "a_log_in_that_was_left_while_it_waited_for_its_turn_never_begins"),
    ),
    mutation(
        "a session more for each log-in that was left",
        "a log-in that is answered after another was begun is thrown away",
        f"{POOL}.ended",
        "if self.attempt is attempt:",
        "if True:",
        tests=named(POOLS, "a_log_in_that_is_answered_after_another_was_begun_is_thrown_away"),
    ),
    mutation(
        "a lost session lent again",
        "a session that is lost in use is not kept",
        f"{POOL}.give_back",
        "if not connection.is_healthy():",
        "if connection is None:",
        tests=named(POOLS, "a_session_that_is_lost_in_use_is_not_kept"),
    ),
    mutation(
        "lost sessions lent one after another",
        "once a session is lost the others are asked before they are lent",
        f"{POOL}.give_back",
        "self.doubted_at = monotonic()",
        "pass",
        tests=named(POOLS, "of_sessions_that_were_killed_while_they_rested_one_at_most_is_lent"),
    ),
    mutation(
        "a session that rested for long lent as it is",
        "a session that rested for long is asked whether it still stands",
        f"{POOL}.is_usable",
        "monotonic() - PING_AFTER_SECONDS",
        "0.0",
        tests=named(POOLS, "a_session_that_rested_for_long_is_asked_and_replaced_where_it_is_lost"),
    ),
    mutation(
        "a transaction handed on",
        "what was not committed is rolled back when its session is given back",
        f"{POOL}.give_back",
        "connection.rollback()",
        "pass",
        tests=named(POOLS, "what_was_not_committed_is_rolled_back_when_its_session_is_given_back"),
    ),
    mutation(
        "a given back session that nobody gets",
        "a session that is given back serves who waits for a log-in",
        f"{POOL}.wait_for",
        "bool(self.idle) or attempt.is_over",
        "attempt.is_over",
        tests=named(POOLS, "a_session_that_is_given_back_serves_who_waits_for_a_log_in"),
    ),
    mutation(
        "an outcome given up for a refused log-in",
        "what is to be written waits for the newer password as for an outage",
        f"{PERSISTENCE}.try_once",
        "if not self.database.password.may_pass:",
        "if self.database:",
        tests=named(
            ROTATIONS,
            "what_is_to_be_written_waits_for_the_newer_password_as_for_an_outage",
        ),
    ),
    mutation(
        "more sessions than are allowed",
        "no more sessions are in use than Oracle allows",
        f"{PLACES}.take",
        "self.used < self.allowed",
        "self.used < 10**6",
        tests=named(SESSIONS),
    ),
    mutation(
        "an allowed number for ever",
        "more sessions are asked for again after a while",
        f"{PLACES}._look_again",
        "self._clock() >= self._look_again_at",
        "self._clock() < 0",
        tests=named(SESSIONS, "more_sessions_are_asked_for_again_after_a_while"),
    ),
    mutation(
        "usable without an answer",
        "a failure of Oracle itself means that it is asked before anything is received",
        f"{DATABASE}.session",
        "self.answered_at = None",
        "pass",
        tests=named(
            "integration/test_answers_kept", "nothing_is_received_while_oracle_can_not_take_it"
        ),
    ),
    mutation(
        "a lock waited for again and again",
        "after a row was found locked nobody asks for it for a while",
        f"{ROW_LOCK}.RowLock.attempt",
        "if self.is_resting:",
        "if self.clock() < 0:",
        tests=named(TRANSACTIONS, "a_row_that_was_found_locked_is_left_alone_for_a_while"),
    ),
    mutation(
        "a lock waited for as long as a call",
        "a DBA's open transaction delays the service by at most five seconds",
        f"{ROW_LOCK}.RowLock.attempt",
        "with session.deadline(LOCK_WAIT_SECONDS):",
        "with session.deadline(10**6):",
        tests=named(TRANSACTIONS, "a_locked_row_is_waited_for_five_seconds_at_most"),
    ),
    mutation(
        "a coverage that begins in the future",
        "a clock that was ahead at the first start hides no call",
        f"{SQL}modes.sql:begin_coverage",
        "OR COVERAGE_START > {now}",
        "OR COVERAGE_START IS NULL AND {now}",
        tests=named(
            "integration/test_clocks", "a_clock_that_was_ahead_at_the_first_start_hides_no_call"
        ),
    ),
)
