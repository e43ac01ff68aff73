"""Guards of oralite: values, queries and controls."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import named

CONVERSATION = "oralite.conversation"
DDL = "oralite.ddl"
FITTING = "oralite.functions.fitting"
SEQUENCES = "oralite.storage.sequences"
TRANSACTION = "oralite.storage.transaction.Transaction"
TRANSLATE = "oralite.translate"

MUTATIONS = (
    mutation(
        "oralite: a NUMBER of one digit too many",
        "a NUMBER of more digits than its precision is ORA-01438",
        f"{FITTING}.fit_number",
        ">= Decimal((0, (1,), precision - scale))",
        ">= Decimal((0, (1,), precision - scale + 1))",
        tests=named("oralite/test_fitting", "a_number_of_too_many_digits_is_ora_01438"),
    ),
    mutation(
        "oralite: NUMBERs rounded half to even",
        "a NUMBER is rounded half up to its scale",
        f"{FITTING}.fit_number",
        "ROUND_HALF_UP",
        '"ROUND_HALF_EVEN"',
        tests=named("oralite/test_fitting", "a_number_is_rounded_to_its_scale"),
    ),
    mutation(
        "oralite: a TIMESTAMP cut off",
        "a TIMESTAMP is rounded half up to the digits of its column",
        f"{FITTING}._round",
        "(nanoseconds + step // 2)",
        "nanoseconds",
        tests=named("oralite/test_fitting", "a_timestamp_is_rounded_to_its_digits"),
    ),
    mutation(
        "oralite: a DATE with a fraction",
        "a DATE never has a fraction of a second",
        "oralite.functions.conversions._whole_seconds",
        "return value and value[:7]",
        "return value",
        tests=named("oralite/test_conversions", "a_timestamp_loses_its_fraction_as_a_date"),
    ),
    mutation(
        "oralite: a fraction below the microsecond lost",
        "nanoseconds are kept as far as the digits of the column go",
        f"{FITTING}._round",
        "_FINEST_DIGITS - min(_FINEST_DIGITS, digits)",
        "_FINEST_DIGITS - min(6, digits)",
        tests=named("oralite/test_fitting", "nanoseconds_are_kept_as_far_as_the_digits_go"),
    ),
    mutation(
        "oralite: blanks of CHAR count",
        "CHAR is compared with CHAR without its trailing blanks",
        f"{TRANSLATE}.convert._align_texts",
        "if left.type is not SqlType.CHAR or right.type is not SqlType.CHAR:",
        "if left.type is not SqlType.CLOB:",
        tests=named("oralite/test_char_semantics"),
    ),
    mutation(
        "oralite: blanks of VARCHAR2 do not count",
        "a VARCHAR2 is compared with its trailing blanks",
        f"{TRANSLATE}.convert._align_texts",
        "if left.type is not SqlType.CHAR or right.type is not SqlType.CHAR:",
        "if left.type is not SqlType.CHAR and right.type is not SqlType.CHAR:",
        tests=named("oralite/test_char_semantics"),
    ),
    mutation(
        "oralite: an empty text that is no NULL",
        "the empty text is NULL",
        f"{TRANSLATE}.typed.text_literal",
        "if not value:",
        "if value is None:",
        tests=named("oralite/test_binds_and_rows", "the_empty_text_is_null"),
    ),
    mutation(
        "oralite: the empty text of a function",
        "a function that gives the empty text gives NULL",
        "oralite.functions.function.store",
        'if value == "" or value == b"":',
        'if value == b"":',
        tests=named("oralite/test_text_functions"),
    ),
    mutation(
        "oralite: NULL in part makes a key of its own",
        "a unique key that is NULL in part is taken once",
        f"{DDL}.layout.create_index",
        "if index.unique and len(keys) > 1 and",
        "if index.unique and len(keys) > 10 and",
        tests=named("oralite/test_null_keys", "a_key_that_is_null_in_part_is_taken_once"),
    ),
    mutation(
        "oralite: wholly NULL keys are one",
        "a unique key that is wholly NULL is in no index",
        f"{DDL}.layout._null_keys",
        'f" WHERE ({some}) AND NOT ({every})"',
        'f" WHERE ({some}) OR ({every})"',
        tests=named("oralite/test_null_keys", "wholly_null_keys_are_in_no_index"),
    ),
    mutation(
        "oralite: ROWNUM of a member limits the whole",
        "ROWNUM belongs to its own query block",
        f"{TRANSLATE}.sets._member",
        "query.common or query.order or found.limited",
        "query.common or query.order",
        tests=named("oralite/test_rownum", "a_block_numbers_its_own_rows"),
    ),
    mutation(
        "oralite: a row that fails takes a number along",
        "ROWNUM counts only rows that the other conditions let through",
        f"{TRANSLATE}.rownum.split_limit",
        'return f" LIMIT max(0, {least}) OFFSET 0", rest',
        'return f" LIMIT max(0, {least} - 1) OFFSET 0", rest',
        tests=named("oralite/test_rownum"),
    ),
    mutation(
        "oralite: a number of a sequence for each mention",
        "a row draws one number of a sequence, however many times it names it",
        f"{TRANSLATE}.rows.shared_sequences",
        "if counts[key] > 1 or key not in plain:",
        "if key not in plain:",
        tests=named("oralite/test_sequences", "one_row_draws_one_number"),
    ),
    mutation(
        "oralite: a number of a sequence given twice",
        "a number of a sequence is never given twice, whether or not its transaction is committed",
        f"{SEQUENCES}.Sequences.next",
        "self._next[name] = number + sequence.increment",
        "self._next[name] = number",
        tests=named("oralite/test_definitions", "views_and_sequences"),
    ),
    mutation(
        "oralite: sequences forget at a crash",
        "a number of a committed row is never given again after a crash",
        f"{TRANSACTION}.commit",
        "self._around.before_commit(self.recording.connection)",
        "pass",
        tests=named(
            "oralite/test_database_file",
            "a_number_of_a_committed_row_is_never_given_again_after_a_crash",
        ),
    ),
    mutation(
        "oralite: an UPDATE sees its own changes",
        "the subqueries of an UPDATE see no row that it has changed itself",
        f"{TRANSLATE}.dml.update",
        "if wanted or contains_query(node.assignments):",
        "if wanted:",
        tests=named("oralite/test_rownum", "an_update_sees_no_row_that_it_has_changed_itself"),
    ),
    mutation(
        "oralite: NULL is equal to NULL",
        "a comparison with NULL is neither true nor false",
        f"{TRANSLATE}.convert.comparison",
        'return f"(({left.sql} IS {right.sql}) + NULL)"',
        'return f"({left.sql} IS {right.sql})"',
        tests=named("oralite/test_queries", "a_comparison_with_null_is_neither_true_nor_false"),
    ),
    mutation(
        "oralite: cleared faults go on",
        "no fault is in force after clear",
        f"{CONVERSATION}.armed.Faults.clear",
        "armed, self._armed = self._armed, []",
        "armed = list(self._armed)",
        tests=named("oralite/test_faults", "clear_ends_all_faults"),
    ),
    mutation(
        "oralite: what hangs stays hung",
        "what hangs goes on once the faults are cleared",
        f"{CONVERSATION}.armed.Faults.clear",
        "one.cleared.set()",
        "pass",
        tests=named("oralite/test_misbehaviour", "what_hangs_goes_on_once_the_faults_are_cleared"),
    ),
    mutation(
        "oralite: a fault strikes its own control",
        "the statement that sets faults is never hit nor counted",
        f"{CONVERSATION}.armed.Faults.choose",
        "or _CONTROL.match(sql)",
        "",
        tests=named(
            "oralite/test_faults", "the_statement_that_sets_faults_is_never_hit_nor_counted"
        ),
    ),
    mutation(
        "oralite: a fault happens more than once",
        "a fault happens no more times than its text says",
        f"{CONVERSATION}.armed.Armed.strikes",
        "self.happened >= fault.times",
        "self.happened > fault.times",
        tests=named("oralite/test_faults", "the_nth_call_is_hit_once"),
    ),
    mutation(
        "oralite: an error after the work",
        "a call that a fault refuses is not carried out",
        f"{CONVERSATION}.session.Session._serve",
        """
        self._strike(struck, is_after=False)
        answer = call.run()
        """,
        "answer = call.run()\nself._strike(struck, is_after=False)",
        tests=named(
            "oralite/test_misbehaviour",
            "an_error_is_answered_as_told_and_the_call_is_not_carried_out",
        ),
    ),
    mutation(
        "oralite: a clock that does not move",
        "the database's clock is moved by its offset",
        "oralite.clock.Clock.now",
        "+ timedelta(seconds=self.offset_seconds)",
        "",
        tests=named("oralite/test_definitions", "the_clock_moves_by_alter_system"),
    ),
    mutation(
        "oralite: two processes with one file",
        "one process at a time uses a file",
        "oralite.storage.files.DatabaseFile._claim",
        'lock.execute("BEGIN EXCLUSIVE")',
        "pass",
        tests=named("oralite/test_database_file", "a_second_process_is_turned_away"),
    ),
)
