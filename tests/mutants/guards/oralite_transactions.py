"""Guards of oralite: what others may see, and what an end of a transaction does."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import (
    ORALITE_CONVERSATION,
    ORALITE_PARKING,
    ORALITE_READER,
    ORALITE_RECORDING,
    ORALITE_RUNNING,
    ORALITE_SESSION,
    ORALITE_TRANSACTION,
    ORALITE_WRITER,
    named,
)

LOCK_TESTS = "oralite/test_locks"
SESSION_TESTS = "oralite/test_sessions"
ARRAY_TESTS = "oralite/test_arrays"
TRIGGER_TESTS = "oralite/test_triggers"

MUTATIONS = (
    mutation(
        "oralite: changes that are made again fire triggers",
        "a trigger fires once for a change, however often its transaction is parked",
        f"{ORALITE_RECORDING}.Recording._fires_triggers",
        "return int(not self._is_quiet)",
        "return 1",
        tests=named(TRIGGER_TESTS, "open_transactions_that_take_turns_write_each_change_once"),
    ),
    mutation(
        "oralite: the last row is one that a trigger wrote",
        "the ROWID of a change is that of its own row",
        f"{ORALITE_RECORDING}.Recording._note",
        "if table == self.target:",
        "if table:",
        tests=named(TRIGGER_TESTS, "returning_and_the_rowid_are_of_the_row_itself"),
    ),
    mutation(
        "oralite: a parked transaction is committed",
        "what is not committed no other session sees",
        f"{ORALITE_PARKING}._leave",
        "self.recording.roll_back()",
        "self.recording.commit()",
        tests=named(LOCK_TESTS, "two_open_transactions_change_different_rows"),
    ),
    mutation(
        "oralite: a parked transaction loses its changes",
        "what a parked transaction has changed is there when it goes on",
        f"{ORALITE_PARKING}._start",
        "self.recording.start(self._changes)",
        'self.recording.start(b"")',
        tests=named(LOCK_TESTS, "two_open_transactions_change_different_rows"),
    ),
    mutation(
        "oralite: a parked transaction claims nothing",
        "what a parked transaction has changed others must not change",
        f"{ORALITE_PARKING}.park",
        "self.claims.park(claims)",
        "pass",
        tests=named(LOCK_TESTS, "a_change_of_a_locked_row_waits_for_its_holder"),
    ),
    mutation(
        "oralite: a lost transaction goes on",
        "a transaction that was lost never goes on before a rollback",
        f"{ORALITE_PARKING}.drop_statement",
        "self._is_lost = bool(self._changed)",
        "self._is_lost = False",
        tests=named(SESSION_TESTS, "a_transaction_that_was_lost_never_goes_on_before_a_rollback"),
    ),
    mutation(
        "oralite: a lost transaction is committed",
        "the commit of a transaction that was lost is ORA-02091",
        f"{ORALITE_TRANSACTION}.commit",
        "self._refuse_lost()",
        "pass",
        tests=named(SESSION_TESTS, "a_transaction_that_was_lost_never_goes_on_before_a_rollback"),
    ),
    mutation(
        "oralite: a statement in a lost transaction",
        "a statement in a transaction that was lost is ORA-02091",
        f"{ORALITE_PARKING}.activate",
        "self._refuse_lost()",
        "pass",
        tests=named(SESSION_TESTS, "a_transaction_that_was_lost_never_goes_on_before_a_rollback"),
    ),
    mutation(
        "oralite: a broken connection commits",
        "what is not committed when its connection ends is rolled back",
        f"{ORALITE_SESSION}.close",
        "self._transaction.rollback()",
        "self._transaction.commit()",
        tests=named("oralite/test_misbehaviour", "a_drop_after_an_execute_rolls_back"),
    ),
    mutation(
        "oralite: a broken connection keeps its session",
        "a session ends with its connection, however that ends",
        f"{ORALITE_CONVERSATION}.session.converse",
        "logged_in.sql.close()",
        "pass",
        tests=named(
            "oralite/test_misbehaviour", "a_row_is_free_once_the_connection_that_locked_it_is_cut"
        ),
    ),
    mutation(
        "oralite: half a statement stays",
        "a statement that fails in its middle changes nothing",
        f"{ORALITE_WRITER}._undo_statement",
        'connection.execute("ROLLBACK TO statement")',
        "pass",
        tests=named("oralite/test_changes", "a_merge_that_fails_half_way_changes_nothing"),
    ),
    mutation(
        "oralite: DDL rolls back",
        "DDL commits what came before it",
        f"{ORALITE_TRANSACTION}.exclusive",
        "self.commit()",
        "self.rollback()",
        tests=named("oralite/test_definitions", "ddl_commits_what_was_open"),
    ),
    mutation(
        "oralite: a savepoint keeps what came after",
        "a rollback to a savepoint undoes what came after it, and nothing before",
        f"{ORALITE_TRANSACTION}.rollback_to",
        "self._changes, self._changed = kept.changes, set(kept.rows)",
        "pass",
        tests=named("oralite/test_changes", "savepoints_undo_what_came_after"),
    ),
    mutation(
        "oralite: a long result goes on elsewhere",
        "a query sees what was committed when it began, whenever its rows are fetched",
        f"{ORALITE_READER}._rest",
        "if self._transaction.has_changes or not self._links.can_lend:",
        "if not self._links.can_lend:",
        tests=named(
            "oralite/test_streams", "changes_of_the_own_transaction_are_seen_if_they_were_there"
        ),
    ),
    mutation(
        "oralite: a long result sees later changes",
        "rows that are fetched later are those of the moment of the query",
        f"{ORALITE_READER}._rest",
        """
        link = self._links.lend()
        self._transaction.recording.use(self._links.connection)
        return Stream(following, rows, fetching, partial(self._end, link, cursor))
        """,
        "return Stream(following, rows, fetching, cursor.close)",
        tests=named("oralite/test_streams", "what_the_same_session_does_afterwards_is_not_seen"),
    ),
    mutation(
        "oralite: a clock that stands still",
        "each statement has the time at which it began",
        f"{ORALITE_SESSION}.execute",
        "self.context.start_statement()",
        "pass",
        tests=named("oralite/test_definitions", "the_clock_moves_by_alter_system"),
    ),
    mutation(
        "oralite: batch errors without their row",
        "a batch error names the row of the array that it is of",
        f"{ORALITE_WRITER}._change_each",
        "BatchError(len(counts),",
        "BatchError(0,",
        tests=named(ARRAY_TESTS, "batch_errors_name_their_rows_and_the_others_stay"),
    ),
    mutation(
        "oralite: a refused row of an array stays locked",
        "a row that an array could not change others may lock",
        f"{ORALITE_RUNNING}.change_all",
        "recording.forget_rows(array.recorded)",
        "pass",
        tests=named(ARRAY_TESTS, "a_row_whose_delete_was_refused_is_locked_by_nobody"),
    ),
    mutation(
        "oralite: batch errors of updates without their row",
        "a batch error of an UPDATE names its row, and the others are changed",
        f"{ORALITE_WRITER}._row_by_row",
        "BatchError(offset,",
        "BatchError(0,",
        tests=named(
            ARRAY_TESTS, "a_batch_error_of_an_update_names_its_row_and_the_others_are_changed"
        ),
    ),
    mutation(
        "oralite: an array ends at its first batch error",
        "the rows behind a batch error are carried out",
        f"{ORALITE_WRITER}._row_by_row",
        "if not batch_errors or",
        "if batch_errors or",
        tests=named(
            ARRAY_TESTS, "a_batch_error_of_an_update_names_its_row_and_the_others_are_changed"
        ),
    ),
    mutation(
        "oralite: batch errors are committed",
        "an array with batch errors is never committed by itself",
        f"{ORALITE_CONVERSATION}.statements.Statements._execute",
        "if request.commits and not outcome.batch_errors:",
        "if request.commits:",
        tests=named(ARRAY_TESTS, "an_array_with_batch_errors_does_not_commit_by_itself"),
    ),
    mutation(
        "oralite: one row count for an array",
        "each row of an array has its own row count",
        "oralite.sql.writing._of_array",
        "row_counts=tuple(counts),",
        "row_counts=(sum(counts),) * len(counts),",
        tests=named(ARRAY_TESTS, "row_counts_are_reported_per_row_of_binds"),
    ),
    mutation(
        "oralite: a parse carries the change out",
        "a parse alone never carries a change out",
        f"{ORALITE_CONVERSATION}.statements.Statements._execute",
        "if request.describes_only or not request.has_execute:",
        "if not request.has_execute and False:",
        tests=named(
            "oralite/test_binds_and_rows",
            "parsing_alone_finds_what_is_wrong_with_a_change_and_does_not_carry_it_out",
        ),
    ),
)
