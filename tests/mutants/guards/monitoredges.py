"""Guards of the monitor's edges: what a look may ask, wait for, and take for measured."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import named

DUCK = "sync_monitor.lake.duck"
FILES = "sync_monitor.lake.files"
DUCK_LAKE = "monitor/test_duck_lake"
SOURCE = "monitor/test_source"
SCHEDULE = "monitor/test_schedule"
INJECTIONS = "acceptance/test_injections"
FAILED_LOOKS = "monitor/test_failed_looks"
OTHER_FILES = "what_comes_goes_or_has_other_files_has_changed_in_the_lake"

MUTATIONS = (
    mutation(
        "no deadline of the lake",
        "a statement ends at its deadline",
        "sync_monitor.lake.deadlines.Deadlines.watch",
        "if now >= each.ends_at:",
        "if False:",
        tests=named(DUCK_LAKE, "a_statement_ends_at_its_deadline"),
    ),
    mutation(
        "what is written counts",
        "what is being written is passed over",
        f"{FILES}.data_entries",
        "if entry.name.startswith(HIDDEN):",
        "if False:",
        tests=named(DUCK_LAKE, "what_is_being_written_is_passed_over"),
    ),
    mutation(
        "a vanished file ends the look",
        "a file that vanishes is looked for once more",
        f"{DUCK}.DuckTable.measure",
        'if error.state_code != "LAKE-VANISHED":',
        "if True:",
        tests=named(DUCK_LAKE, "a_file_that_vanishes_is_looked_for_once_more"),
    ),
    mutation(
        "statistics are believed where there are none",
        "the newest time is read where files have no statistics",
        f"{DUCK}.DuckTable.newest_of",
        "if groups and known < groups:",
        "if False:",
        tests=named(DUCK_LAKE, "the_newest_time_is_read_where_files_have_no_statistics"),
    ),
    mutation(
        "all partitions are looked at",
        "of many partitions those of the window are looked at",
        f"{FILES}.list_partitions",
        "elif begin <= key <= end:",
        "elif True:",
        tests=named(
            DUCK_LAKE, "of_a_hundred_thousand_partitions_those_of_the_window_are_looked_at"
        ),
    ),
    mutation(
        "rows of the future are the newest",
        "rows of the future count for nothing",
        "sync_monitor.source.tables.Source.pulse",
        "is_future = newest is not None and newest > limit",
        "is_future = False",
        tests=named(SOURCE, "rows_of_the_future_count_for_nothing"),
    ),
    mutation(
        "the database's own bytes are hashed",
        "Hebrew has the checksum of the lake whatever Oracle keeps it in",
        "sync_monitor.rows.canonical.in_utf8",
        'if dialect is Dialect.ORACLE and charset != "AL32UTF8":',
        "if False:",
        tests=named(SOURCE, "hebrew_has_the_checksum_of_the_lake_whatever_oracle_keeps_it_in"),
    ),
    mutation(
        "slow syncs take all workers",
        "slow syncs never have all of the workers",
        "sync_monitor.schedule.Schedule.may_begin",
        "return len(self.slow & self.began.keys()) < self.most_slow",
        "return True",
        tests=named(SCHEDULE, "slow_syncs_never_have_all_of_the_workers"),
    ),
    mutation(
        "two looks at one sync",
        "a sync that is looked at has no second turn",
        "sync_monitor.schedule.Schedule.may_begin",
        "if name in self.began:",
        "if False:",
        tests=named(SCHEDULE, "a_sync_that_is_looked_at_has_no_second_turn"),
    ),
    mutation(
        "changes in the lake wait for days",
        "a look of the timer measures what changed in the lake",
        "sync_monitor.looks.looking.changed_in_lake",
        "if is_other or cell.has_partition is not (key in there):",
        "if cell.has_partition is not (key in there):",
        tests=named("monitor/test_rechecks", OTHER_FILES),
    ),
    mutation(
        "what changed while no monitor ran is unseen",
        "a monitor that begins knows what its lake was like",
        "sync_monitor.looks.measuring.Measuring.measured",
        'cell = replace(cell, files=self.listing.versions.get(partition.key, ""))',
        "pass",
        tests=named(INJECTIONS, "a_monitor_that_begins_measures_nothing_again_that_is_as_it_was"),
    ),
    mutation(
        "a file that is written over is as it was",
        "a file that is written over in its place is measured again",
        f"{FILES}.version_of",
        'known.append(f"{file.path} {found.st_size} {found.st_mtime_ns}")',
        "known.append(file.path)",
        tests=named(INJECTIONS, "a_file_that_is_written_over_in_its_place_is_measured_again"),
    ),
    mutation(
        "all or nothing",
        "what was measured before a look failed is kept",
        "sync_monitor.looks.looking.Looker.look",
        "code_of(failed), taken, seen.cells)",
        "code_of(failed), taken)",
        tests=named(FAILED_LOOKS, "a_sync_becomes_ok_though_each_look_loses_a_statement"),
    ),
    mutation(
        "each look begins with all faults",
        "a sync with many faults is judged though each look loses a statement",
        "sync_monitor.looks.looking.Looker.look",
        "kept.update(cell.partition.key for cell in seen.cells)",
        "pass",
        tests=named(
            FAILED_LOOKS,
            "a_sync_with_many_faults_is_judged_though_each_look_loses_a_statement",
        ),
    ),
    mutation(
        "faults are kept behind a look that ended",
        "behind a look that came to its end all faults are measured again",
        "sync_monitor.looks.looking.Looker.look",
        "self.kept.pop(sync.name, None)",
        "pass",
        tests=named(
            FAILED_LOOKS,
            "a_sync_with_many_faults_is_judged_though_each_look_loses_a_statement",
        ),
    ),
    mutation(
        "a fault needs no second look",
        "a confirmed fault that a failed look found waits for one that ends",
        "sync_monitor.rules.rechecks.is_found_lately",
        "return cell.is_confirmed and",
        "return",
        tests=named(
            "monitor/test_rechecks",
            "a_confirmed_fault_that_a_failed_look_found_waits_for_one_that_ends",
        ),
    ),
    mutation(
        "a failed look writes runbooks",
        "a failed look explains no issue of what it measured",
        "sync_monitor.issue_runbooks.repair_of",
        "looked.entry.look.outcome is Outcome.FAILED or",
        "",
        tests=named(
            FAILED_LOOKS, "a_failed_look_opens_closes_and_explains_no_issue_of_what_it_measured"
        ),
    ),
    mutation(
        "what is concluded ends the looks",
        "a look of which nothing can be concluded is one that failed",
        "sync_monitor.looks.looking.Looker.look",
        "except Exception as error:",
        "except LookupError as error:",
        tests=named(
            FAILED_LOOKS, "what_a_look_measured_is_kept_though_nothing_could_be_concluded_of_it"
        ),
    ),
    mutation(
        "what is concluded of a stream ends the looks",
        "a stream of which nothing can be concluded is not measured",
        "sync_monitor.streams.looking.StreamLooker.look",
        "except Exception as error:",
        "except LookupError as error:",
        tests=named(
            "monitor/test_stream_looks",
            "a_stream_of_which_nothing_can_be_concluded_is_not_measured",
        ),
    ),
    mutation(
        "a bug ends a worker",
        "a bug ends no worker and its sync is looked at again",
        "sync_monitor.service.Monitor.work",
        "except Exception as error:",
        "except LookupError as error:",
        tests=named("monitor/test_service", "a_bug_ends_no_worker_and_its_sync_is_looked_at_again"),
    ),
    mutation(
        "what can not be explained hides the others",
        "what can not be explained of one sync hides no other",
        "sync_monitor.rounds.Rounds.try_to_explain",
        "except Exception as error:",
        "except LookupError as error:",
        tests=named("monitor/test_service", "what_can_not_be_explained_of_one_sync_hides_no_other"),
    ),
    mutation(
        "a partition that is gone is not missed",
        "a look of the timer measures what changed in the lake",
        "sync_monitor.looks.looking.changed_in_lake",
        "if is_other or cell.has_partition is not (key in there):",
        "if is_other:",
        tests=named("monitor/test_rechecks", OTHER_FILES),
    ),
    mutation(
        "a real Oracle is seeded",
        "nothing is seeded or injected where Oracle is real",
        "sync_monitor.commands.shared.measuring.seeded_stand_in",
        "if oracle_settings(settings) is not None:",
        "if False:",
        tests=named(
            "acceptance/test_monitor_commands",
            "nothing_is_seeded_or_injected_where_oracle_is_real",
        ),
    ),
    mutation(
        "a refusal names no table",
        "what Oracle refuses is said with its table, and without the service's remedies",
        "sync_monitor.source.naming.naming",
        "if code not in MEANINGS:",
        "if True:",
        tests=named(SOURCE, "a_refusal_names_its_table_and_no_remedy_of_the_service"),
    ),
    mutation(
        "a partition has one name",
        "a partition that was listed by another name is found again",
        f"{FILES}.partition_directory",
        "if directory.is_dir():",
        "if False:",
        tests=named(DUCK_LAKE, "a_partition_is_found_again_by_whichever_name_it_was_listed"),
    ),
    mutation(
        "an empty stand-in is looked at",
        "an empty stand-in is said, and no password is blamed for it",
        "sync_monitor.commands.shared.measuring.measuring",
        "if table_syncs(settings):",
        "if False:",
        tests=named("acceptance/test_monitor_commands", "an_empty_stand_in_is_no_wrong_password"),
    ),
)
