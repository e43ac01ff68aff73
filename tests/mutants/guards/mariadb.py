"""Guards of progress in MariaDB: what is written, in whose name, and who wins."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import MARIADB, MARIADB_SQL, named

CONTRACT = "mariadb/test_contract"
COST = "mariadb/test_cost"
LOG_IN = "mariadb/test_log_in"
OUTAGES = "mariadb/test_outages"
ROW = "mariadb/test_row"

MUTATIONS = (
    mutation(
        "the watermark keeps its fraction in a column without one",
        "the watermark is cut to its second by us",
        f"{MARIADB}.marks.floored",
        "time.replace(microsecond=0)",
        "time",
        tests=named(CONTRACT),
        only="another_copy_begins_with_exactly_what_was_saved",
    ),
    mutation(
        "MariaDB counts changed rows",
        "a repeat that changes nothing is found all the same",
        f"{MARIADB}.database.Client",
        "client_flag=CLIENT.FOUND_ROWS,",
        "",
        tests=named(ROW, "a_repeat_within_one_second_is_found_although_it_changes_nothing"),
    ),
    mutation(
        "MariaDB is never spoken to in secret",
        "without an authority a server that can encrypt does",
        f"{MARIADB}.database.Client",
        'program_name="oracle-cdc",',
        'program_name="oracle-cdc", ssl_disabled=True,',
        tests=named(LOG_IN, "without_an_authority_a_server_that_can_encrypt_does_and_none_is_read"),
    ),
    mutation(
        "the exact watermark is not compared",
        "who comes back after another copy went on writes nothing",
        f"{MARIADB_SQL}:save",
        "AND w.LAST_TIME <=> %(known_watermark)s",
        "",
        tests=named(OUTAGES, "who_comes_back_after_another_copy_went_on_reads_again"),
    ),
    mutation(
        "what a person wrote is not compared",
        "a person who moves the watermark wins",
        f"{MARIADB_SQL}:save",
        "p.LAST_SUCCESSFUL_TIME <=> %(known_floored)s",
        "TRUE",
        tests=named(CONTRACT),
        only="a_person_who_moves_the_watermark_wins",
    ),
    mutation(
        "what was tried is not accepted",
        "a save whose answer was lost may be repeated",
        f"{MARIADB_SQL}:save",
        "OR p.LAST_SUCCESSFUL_TIME <=> %(tried_floored)s",
        "OR FALSE",
        tests=named(OUTAGES, "what_is_unanswered_and_carried_out_later_is_known_again"),
    ),
    mutation(
        "a pause is overwritten",
        "a person's pause is never overwritten by a save",
        f"{MARIADB_SQL}:save",
        "AND NOT {is_paused}",
        "",
        tests=named(ROW),
        only="a_pause_is_never_overwritten",
    ),
    mutation(
        "a failure overwrites a pause",
        "a person's pause is never overwritten by a failure",
        f"{MARIADB_SQL}:fail",
        "AND NOT {is_paused}",
        "",
        tests=named(ROW),
        only="a_pause_is_never_overwritten",
    ),
    mutation(
        "no status is not PAUSED and not anything else",
        "a row whose status is NULL goes on",
        MARIADB_SQL,
        "COALESCE(UPPER(TRIM(p.STATUS)), '')",
        "UPPER(TRIM(p.STATUS))",
        tests=named(ROW),
        only="a_persons_status_is_no_crash",
    ),
    mutation(
        "the count of records overflows",
        "RECORDS_PROCESSED stays at the most that INT takes",
        f"{MARIADB_SQL}:save",
        "LEAST(%(records)s, 2147483647)",
        "%(records)s",
        tests=named(ROW),
        only="a_persons_count_of_records_is_no_crash",
    ),
    mutation(
        "two copies work",
        "one copy of a program works at a time",
        f"{MARIADB}.lock.ProgramLock.take",
        'if row["IS_TAKEN"] != 1:',
        "if False:",
        tests=named(CONTRACT),
        only="one_copy_works_and_the_next_takes_over",
    ),
    mutation(
        "the lock is not taken anew",
        "a new connection takes the lock anew",
        f"{MARIADB}.lock.ProgramLock.is_held",
        "self.holder is not None and self.holder is self.database.connection",
        "self.holder is not None",
        tests=named(OUTAGES, "after_a_lost_connection_a_save_takes_the_lock_anew"),
    ),
    mutation(
        "a standby writes down its failures",
        "only the copy that has the lock writes down what went wrong",
        f"{MARIADB}.tracking.MariaDbTracking.fail",
        "if not self.lock.is_held:",
        "if False:",
        tests=named(OUTAGES, "who_lost_the_lock_to_another_copy_writes_nothing"),
    ),
    mutation(
        "the connection is used after an error",
        "after any error there is a new connection",
        f"{MARIADB}.database.Database.translated",
        "self.close()",
        "",
        tests=named(OUTAGES, "a_lost_connection_is_an_outage_once"),
    ),
    mutation(
        "tallies beside progress",
        "progress and tallies are written together or not at all",
        f"{MARIADB}.tracking.MariaDbTracking.save_with_tallies",
        "with self.database.transaction():",
        "if True:",
        tests=named(OUTAGES, "half_a_save_is_none"),
    ),
    mutation(
        "an unknown host's certificate is trusted",
        "with an authority the server's name is verified",
        f"{MARIADB}.database.Client",
        "ssl_verify_identity=settings.tls_ca_file is not None",
        "ssl_verify_identity=False",
        tests=named(LOG_IN, "another_hosts_certificate_is_not_trusted"),
    ),
    mutation(
        "values are cut off silently",
        "the session refuses what does not fit, whatever the server is set to",
        f"{MARIADB}.database.SESSION",
        "sql_mode = 'STRICT_ALL_TABLES', ",
        "",
        tests=named(ROW, "what_does_not_fit_is_refused_whatever_the_server_is_set_to"),
    ),
    mutation(
        "old slices are deleted in each save",
        "old slices are deleted once a minute at most",
        f"{MARIADB}.tracking.MariaDbTracking.forget_before",
        "self.clock() - self.forgotten_at >= FORGET_SECONDS",
        "True",
        tests=named(COST, "old_slices_are_deleted_once_a_minute_at_most"),
    ),
    mutation(
        "the marks are forgotten with the slices",
        "the exact watermark outlives old slices",
        f"{MARIADB_SQL}:forget_old",
        "AND SLICE_START >= '1900-01-01'",
        "",
        tests=named(COST, "old_slices_are_deleted_once_a_minute_at_most"),
    ),
    mutation(
        "a failure is forgotten although nothing got on",
        "a failure stays written down until something got on after it",
        f"{MARIADB}.tracking.MariaDbTracking.save",
        "bool(tallies) or mark != self.known",
        "True",
        tests=named(ROW, "a_failure_stays_until_something_got_on_after_it"),
    ),
    mutation(
        "counts that a move makes wrong stay",
        "counts that a person's move makes wrong hide no row from the next copy",
        "oracle_cdc.relay.position.Position.go_on_from",
        "stored.tallies.keys() - self.reached.tallies.keys()",
        "()",
        tests=named(
            "relay/test_relay", "counts_that_a_move_makes_wrong_hide_no_row_from_the_next_copy"
        ),
    ),
)
