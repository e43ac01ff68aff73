"""Guards of the search and the watermark."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import CAPTURE, SEARCHING, SEGMENTS, SQL, TURN, named

STUBBORN = "integration/test_stubborn"
LOST = "integration/test_lost_searches"
FIND = f"{SQL}search.sql:find_work"

MUTATIONS = (
    mutation(
        "watermark past an unclaimed call",
        "the watermark passes a call only once the ledger has it",
        f"{TURN}.advance",
        "candidate.call_id not in self.accounted",
        "candidate.call_id == '' not in self.accounted",
        tests=named("unit/test_turns"),
    ),
    mutation(
        "watermark past a search that was not whole",
        "a search that met a call it could not bring moves no watermark",
        f"{SEARCHING}.Finder.find_apart",
        "is_whole = False",
        "is_whole = is_whole",
        tests=named(
            "integration/test_stubborn_ledger",
            "the_watermark_passes_no_call_that_the_search_can_not_bring",
        ),
    ),
    mutation(
        "watermark taken on by a full search",
        "a search that its limit cut moves the watermark only up to its last call",
        f"{TURN}.is_full",
        ">= self.limit",
        "> self.limit",
        tests=named("integration/test_outbound_cycle", "calls_of_a_long_downtime_are_all_sent"),
    ),
    mutation(
        "watermark of another hand written over",
        "the watermark is written only if nobody moved it meanwhile",
        f"{SQL}heartbeat.sql:record_cycle",
        ">= :seen_watermark /*timestamp*/ AND",
        "IS NOT NULL AND :seen_watermark /*timestamp*/ IS NOT NULL AND",
        tests=named(
            "acceptance/test_checkpoint", "a_reset_during_a_cycle_wins_over_that_cycles_watermark"
        ),
    ),
    mutation(
        "searches lost to other copies go on",
        "searches in a row that win nothing leave the rest until the next cycle",
        f"{CAPTURE}.work",
        "lost < LOST_SEARCHES",
        "lost < 30 * LOST_SEARCHES",
        tests=named(
            "integration/test_lost_searches",
            "searches_in_a_row_that_win_nothing_leave_the_rest_until_the_next_cycle",
        ),
    ),
    mutation(
        "live calls wait for the backlog",
        "live calls do not wait for a backlog",
        f"{CAPTURE}.next_window",
        "window.is_newest or was_live",
        "True or was_live",
        tests=named("integration/test_concurrent_capture", "live_calls_do_not_wait_for_a_backlog"),
    ),
    mutation(
        "a paused mode claims",
        "a paused mode claims nothing",
        FIND,
        "w ON m.IS_ENABLED = 1",
        "w ON m.IS_ENABLED >= 0",
        tests=named(
            "integration/test_concurrent_capture", "a_paused_mode_claims_nothing_and_shows_life"
        ),
    ),
    mutation(
        "search takes what others lease",
        "a live lease of another copy is left alone",
        FIND,
        "NOT IN ('OPEN', 'LEASED')",
        "NOT IN ('OPEN')",
        tests=named(LOST, "calls_that_another_copy_leases_take_no_place_in_a_search"),
    ),
    mutation(
        "what is due in a month is not due",
        "a clock that jumped ahead freezes no call",
        FIND,
        "+ NUMTODSINTERVAL(2, 'DAY')",
        "+ NUMTODSINTERVAL(20000, 'DAY')",
        tests=named("integration/test_clocks", "a_clock_that_jumped_ahead_freezes_no_call"),
    ),
    mutation(
        "no due time is never due",
        "no end is an end that has passed",
        FIND,
        "AND DUE_AT IS NULL",
        "AND DUE_AT IS NULL AND 1 = 0",
        tests=named("integration/test_endless", "a_call_without_a_due_time_is_due"),
    ),
    mutation(
        "limit before anti-join",
        "the row limit comes after the anti-join",
        FIND,
        "SELECT CALL_ID, 0 AS IS_DUE, MIN(TEXT_TIME) AS OLDEST_TIME\n"
        "FROM {source}\n"
        "WHERE TEXT_TIME >= :window_start /*timestamp*/\n"
        "AND TEXT_TIME < :window_end /*timestamp*/\n"
        "GROUP BY CALL_ID\n",
        "SELECT CALL_ID, 0 AS IS_DUE, OLDEST_TIME FROM (\n"
        "  SELECT CALL_ID, MIN(TEXT_TIME) AS OLDEST_TIME\n"
        "  FROM {source}\n"
        "  WHERE TEXT_TIME >= :window_start /*timestamp*/\n"
        "  AND TEXT_TIME < :window_end /*timestamp*/\n"
        "  GROUP BY CALL_ID ORDER BY MIN(TEXT_TIME)\n"
        "  FETCH FIRST :call_limit ROWS ONLY\n"
        ") x\n",
        tests=named(LOST, "a_batch_full_of_known_calls_does_not_hide_the_unknown_ones"),
    ),
    mutation(
        "known calls are found again",
        "a search brings no rows of calls that are accounted for",
        FIND,
        "c.ROWS_FOUND > l.ROWS_READ",
        "c.ROWS_FOUND >= l.ROWS_READ",
        tests=named(
            "integration/test_costs", "a_search_brings_no_rows_of_calls_that_are_accounted_for"
        ),
    ),
    mutation(
        "late rows older than the newest not seen",
        "more rows, or a newer one, is work",
        FIND,
        "c.ROWS_FOUND > l.ROWS_READ",
        "c.ROWS_FOUND > l.ROWS_READ + 100",
        tests=named(
            "integration/test_outbound_cycle",
            "a_late_segment_older_than_the_newest_makes_a_revision_too",
        ),
    ),
    mutation(
        "replaced rows not seen",
        "as many rows at other times are work for a thorough search",
        FIND,
        "c.TIMES_FOUND <> l.TIMES_READ",
        "1 = 0",
        tests=named(
            "integration/test_replaced",
            "rows_replaced_in_place_make_a_revision_with_the_next_sweep",
        ),
    ),
    mutation(
        "digits below the microsecond are news",
        "a column is newer than what the driver brought only by a microsecond or more",
        FIND,
        "AND c.NEWEST_TIME - {accounted} >= INTERVAL '0.000001' SECOND",
        "AND 1 = 1",
        tests=named(
            "integration/test_precision", "digits_below_the_microsecond_do_not_lease_a_call_again"
        ),
    ),
    mutation(
        "suspicion after one lost connection",
        "a lost connection is first taken for what it looks like",
        f"{SEARCHING}.Finder.find",
        "self.failures < LOST_SEARCHES",
        "self.failures < 1",
        tests=named(
            "integration/test_lost_searches",
            "a_search_is_tried_by_halves_only_after_the_third_loss_of_the_connection",
        ),
    ),
    mutation(
        "call set aside with its first failure",
        "a call that makes a search fail by itself is set aside only with the third failure",
        f"{SEARCHING}.SettingAside.account_for",
        "failures < FAILURES_ALONE",
        "failures < 1",
        tests=named(LOST, "a_call_is_set_aside_by_the_search_only_with_its_third_failure"),
    ),
    mutation(
        "set aside by the search and not committed",
        "a call that no search can bring is FAILED with the rows that say why",
        f"{SEARCHING}.write_unsearchable",
        "session.commit()",
        "session.rollback()",
        tests=named(
            "integration/test_stubborn_ledger",
            "one_call_that_ends_every_search_is_set_aside_and_the_others_are_sent",
        ),
    ),
    mutation(
        "set aside in another copy's hands",
        "a call that another copy holds is not set aside by the search",
        f"{SQL}ledger.sql:fail_unsearchable",
        "<> 'LEASED' OR",
        "IS NOT NULL OR",
        tests=named(
            "integration/test_lost_searches",
            "a_call_that_another_copy_holds_is_not_set_aside_by_the_search",
        ),
    ),
    mutation(
        "a lone call read by another statement",
        "parts of a batch are read by the statement that reads a lone call",
        f"{SEGMENTS}.fetch_some_calls",
        'session.fetch("fetch_some_segments", listed, weigh=weigh_texts, token=token)',
        'session.fetch("peek_segments", listed)',
        tests=named(
            "integration/test_poisoned_rows",
            "a_lone_call_is_not_blamed_for_a_statement_that_fails_for_every_call",
        ),
    ),
)
