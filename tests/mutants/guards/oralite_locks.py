"""Guards of oralite: rows and keys that others must wait for."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import (
    ORALITE_LOCKS,
    ORALITE_PARKING,
    ORALITE_READER,
    ORALITE_RECORDING,
    ORALITE_SEQUENCES,
    ORALITE_TRANSACTION,
    ORALITE_WRITER,
    named,
)

LOCK_TESTS = "oralite/test_locks"

MUTATIONS = (
    mutation(
        "oralite: DDL never waits",
        "DDL waits for who has changed the table as long as its session says",
        "oralite.sql.defining.Definer.run",
        "if error.code != BUSY or monotonic() >= until:",
        "if True:",
        tests=named(LOCK_TESTS, "ddl_waits_as_long_as_its_session_says"),
    ),
    mutation(
        "oralite: a key that was inserted and deleted is free",
        "a key that a transaction had for a while is its own until it ends",
        f"{ORALITE_PARKING}.park",
        "claims = set(self._had)",
        "claims = self._keys(self._changed)",
        tests=named(LOCK_TESTS, "a_key_that_a_transaction_had_for_a_while_is_waited_for"),
    ),
    mutation(
        "oralite: a freed key is not waited for",
        "a unique key that another transaction frees is waited for",
        f"{ORALITE_WRITER}._freed_conflict",
        'return self._transaction.claims.conflict([("freed", ".".join(name), None)])',
        "return None",
        tests=named(LOCK_TESTS, "a_unique_key_that_another_transaction_frees_is_waited_for"),
    ),
    mutation(
        "oralite: an updated key frees nothing",
        "an UPDATE frees the unique key that it changes",
        f"{ORALITE_RECORDING}.claims_of_freed",
        'if change.op == "INSERT" or',
        'if change.op != "DELETE" or',
        tests=named(LOCK_TESTS, "a_unique_key_that_another_transaction_frees_is_waited_for"),
    ),
    mutation(
        "oralite: a changed row is not waited for",
        "a row that another transaction has changed is waited for",
        f"{ORALITE_PARKING}.statement_conflict",
        'touched.add(("row", table, key))',
        "pass",
        tests=named(LOCK_TESTS, "a_row_without_a_key_is_waited_for_like_any_other"),
    ),
    mutation(
        "oralite: a new key is not waited for",
        "a unique key that another transaction has written is waited for",
        f"{ORALITE_PARKING}.statement_conflict",
        "or self.claims.conflict(self._keys(rows))",
        "",
        tests=named(LOCK_TESTS, "a_key_that_is_not_committed_yet_is_waited_for"),
    ),
    mutation(
        "oralite: FOR UPDATE of rows that others locked",
        "a row is locked for one transaction only",
        f"{ORALITE_READER}._lock",
        "if conflict is None:",
        "if conflict is None or True:",
        tests=named(LOCK_TESTS, "for_update_holds_rows_against_nowait_and_wait_and_skip_locked"),
    ),
    mutation(
        "oralite: SKIP LOCKED waits",
        "SKIP LOCKED never waits for a row",
        f"{ORALITE_READER}._lock",
        "if locking.skip_locked:",
        "if locking.skip_locked and False:",
        tests=named(LOCK_TESTS, "for_update_holds_rows_against_nowait_and_wait_and_skip_locked"),
    ),
    mutation(
        "oralite: NOWAIT for WAIT",
        "a wait that is over is ORA-30006, and NOWAIT is ORA-00054",
        f"{ORALITE_LOCKS}.Wait.check",
        "if not self._seconds:",
        "if self._seconds:",
        tests=named(LOCK_TESTS, "for_update_holds_rows_against_nowait_and_wait_and_skip_locked"),
    ),
    mutation(
        "oralite: two transactions wait for each other",
        "of two transactions that wait for each other one gets ORA-00060",
        f"{ORALITE_LOCKS}.Locks.wait_for",
        "self._refuse_deadlock(me, holder)",
        "pass",
        tests=named(LOCK_TESTS, "a_deadlock_ends_for_one_of_the_two"),
    ),
    mutation(
        "oralite: a lock outlasts the client's patience",
        "a wait for a lock ends when the client cancels its call",
        f"{ORALITE_LOCKS}.Wait.check",
        "if self._interrupted():",
        "if self._interrupted() and False:",
        tests=named(LOCK_TESTS, "a_wait_ends_with_the_clients_patience"),
    ),
    mutation(
        "oralite: locks outlast their transaction",
        "the end of a transaction frees what it locked",
        f"{ORALITE_PARKING}._end",
        "self.claims.release_all()",
        "pass",
        tests=named(LOCK_TESTS, "for_update_holds_rows_against_nowait_and_wait_and_skip_locked"),
    ),
    mutation(
        "oralite: a savepoint frees nothing",
        "a row is free again once its change is rolled back to a savepoint",
        f"{ORALITE_TRANSACTION}.rollback_to",
        "self.claims.release_but(kept.rows)",
        "pass",
        tests=named(
            LOCK_TESTS, "a_row_is_free_again_once_its_change_is_rolled_back_to_a_savepoint"
        ),
    ),
    mutation(
        "oralite: two new rows with one hidden key",
        "new rows of two open transactions never wait for each other",
        f"{ORALITE_SEQUENCES}.Keys.next",
        "self._counters.get(number)",
        "self._counters.pop(number, None)",
        tests=named(LOCK_TESTS, "new_rows_of_two_open_transactions_never_wait_for_each_other"),
    ),
    mutation(
        "oralite: a table altered under a transaction",
        "a table with rows that are not committed is not altered",
        f"{ORALITE_LOCKS}.Locks.conflict_in_table",
        "if claim[1] == table and holder is not me:",
        "if claim[1] == table and holder is me:",
        tests=named(LOCK_TESTS, "a_table_with_uncommitted_rows_is_not_altered"),
    ),
)
