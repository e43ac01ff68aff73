"""Guards of the monitor's history: what makes it forget, stand still, or believe what it holds."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import named

HISTORY = "sync_monitor.history"
RECORDER = "monitor/test_recorder"
TROUBLE = "monitor/test_history_trouble"

MUTATIONS = (
    mutation(
        "end of the chain not noted",
        "looks that are taken off the end are missed",
        f"{HISTORY}.chain.verify",
        "if head(connection)[1] != at:",
        "if False:",
        tests=named("monitor/test_history_chain", "what_is_changed_later_is_found"),
    ),
    mutation(
        "a look once that is lost unsaid",
        "`once` says that the history did not take its look",
        "sync_monitor.commands.once.command",
        "if lost and found is ExitCode.DONE:",
        "if False:",
        tests=named(
            RECORDER,
            "once_says_that_the_history_did_not_take_its_look",
        ),
    ),
    mutation(
        "half a look is kept",
        "a look is whole or absent",
        f"{HISTORY}.store.transact",
        'connection.execute("ROLLBACK")',
        'connection.execute("COMMIT")',
        tests=named("monitor/test_history", "work_that_fails_leaves_nothing_behind"),
    ),
    mutation(
        "purge without an anchor",
        "a purge leaves an anchor that leads over what it took out",
        f"{HISTORY}.purging.leave_anchor",
        'put(connection, "anchor", {**columns, "prev_hash": prev_hash, "hash": new_hash})',
        "pass",
        tests=named("monitor/test_history_chain", "looks_are_thinned_to_one_an_hour"),
    ),
    mutation(
        "damage ends writing",
        "a damaged history is moved aside and a new one is begun",
        f"{HISTORY}.store.Store._run",
        "if not isinstance(translated, HistoryDamaged):",
        "if True:",
        tests=named(TROUBLE, "a_file_that_is_damaged_meanwhile_is_moved_aside_and_writing_goes_on"),
    ),
    mutation(
        "newer history taken over",
        "a file of a newer program is refused",
        f"{HISTORY}.migrations.refuse_newer",
        "if found > newest:",
        "if False:",
        tests=named(TROUBLE, "a_file_of_a_newer_program_is_refused_and_left_as_it_is"),
    ),
    mutation(
        "history on any file system",
        "a directory on a file system of many hosts is refused",
        f"{HISTORY}.directory.take_directory",
        "refuse_many_hosts(directory)",
        "pass",
        tests=named(
            "monitor/test_history_directory",
            "a_directory_on_a_file_system_of_many_hosts_is_refused",
        ),
    ),
    mutation(
        "history of another user: found out when it runs",
        "a history that this user may not write is refused by its name",
        f"{HISTORY}.directory.refuse_unwritable",
        "if path.exists() and not os.access(path, os.W_OK):",
        "if False:",
        tests=named("monitor/test_history_directory"),
    ),
    mutation(
        "monitor check: a history that can't be written is well",
        "check says that the history may not be written",
        "sync_monitor.commands.check.check_history",
        "refuse_unwritable(directory)",
        "pass",
        tests=named(
            "monitor/test_history_directory", "check_says_that_the_history_may_not_be_written"
        ),
    ),
    mutation(
        "full disk loses looks",
        "what a full disk refuses waits in memory",
        f"{HISTORY}.recorder.Recorder.record",
        "self._drop_oldest()",
        "self._waiting.clear()",
        tests=named(RECORDER, "a_full_disk_stops_no_look_and_leaves_no_hole"),
    ),
    mutation(
        "a look that no history takes blocks all others",
        "a look that can not be written is set aside and stops no other",
        f"{HISTORY}.recorder.Recorder._refuse",
        "self._forget([entry])",
        "pass",
        tests=named(RECORDER, "a_look_that_can_not_be_written_is_set_aside_and_stops_no_other"),
    ),
    mutation(
        "a look that fails among others that fail is set aside",
        "a look is set aside only if it alone fails",
        f"{HISTORY}.recorder.Recorder._refuse",
        "if is_own:",
        "if True:",
        tests=named(RECORDER, "a_look_is_set_aside_only_if_it_alone_fails"),
    ),
    mutation(
        "a rule of the schema is a full disk",
        "a look that breaks a rule of the schema is no history that takes nothing",
        f"{HISTORY}.store.OF_VALUES",
        "sqlite3.IntegrityError,",
        "",
        tests=named(
            RECORDER, "a_look_that_breaks_a_rule_of_the_schema_is_no_history_that_takes_nothing"
        ),
    ),
    mutation(
        "a history that was closed stays so",
        "a history that could not be begun anew is once it can",
        f"{HISTORY}.store.Store._run",
        "if self._connection is None:\n            self._connection = self._open_or_begin()",
        "assert self._connection is not None",
        tests=named(TROUBLE, "a_history_that_could_not_be_begun_anew_is_once_it_can"),
    ),
    mutation(
        "the history is everybody's to read",
        "strangers can read nothing of the history",
        f"{HISTORY}.file.connect",
        'mode = "rw"\n        make_private(path)',
        'mode = "rwc"',
        tests=named("test_least_rights", "strangers_can_read_nothing_of_the_history"),
    ),
)
