"""Guards of the flow from a source to a destination: late rows, the watermark, a person's moves."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import named

RELAY = "oracle_cdc.relay"
FLOW = "relay/test_relay"
SLICES = "relay/test_slices"
SWEEP = "relay/test_sweep"
AHEAD = "relay/test_ahead"

MUTATIONS = (
    mutation(
        "relay: late rows left",
        "a slice with more rows than were handled is read again",
        f"{RELAY}.late.LateRows.recount",
        "if count > handled:",
        "if False:",
        tests=named(FLOW, "a_row_that_is_committed_late_is_found_by_the_count_of_its_slice"),
    ),
    mutation(
        "relay: gone rows hide late ones",
        "a slice that lost rows is counted anew",
        f"{RELAY}.late.LateRows.recount",
        "if count != handled:",
        "if count > handled:",
        tests=named(FLOW, "rows_that_are_gone_are_noted_and_hide_no_late_one"),
    ),
    mutation(
        "relay: a clock set back unnoticed",
        "rows of an hour that comes twice are looked for where the clock is",
        f"{RELAY}.late.LateRows.slices",
        "begin = min(begin, now)",
        "pass",
        tests=named(FLOW, "a_clock_that_is_set_back_loses_nothing_and_repeats_nothing"),
    ),
    mutation(
        "relay: rows of before the coverage",
        "what was there before the first start is none of ours",
        f"{RELAY}.late.LateRows.slices",
        "if self.position.reached.coverage is not None:",
        "if False:",
        tests=named(FLOW, "a_first_start_at_now_leaves_older_rows_alone"),
    ),
    mutation(
        "relay: no settling",
        "rows younger than the settle time are not read yet",
        f"{RELAY}.relay.Relay.work",
        "end = look.now - self.rules.settle",
        "end = look.now",
        tests=named(FLOW, "rows_younger_than_the_settle_time_are_not_read_yet"),
    ),
    mutation(
        "relay: equal times cut in two",
        "a cycle ends only where the time changes",
        f"{RELAY}.relay.Relay.stream_batches",
        "if sent >= self.rules.max_rows and self.handled.is_later(rows[0]):",
        "if sent >= self.rules.max_rows:",
        tests=named(FLOW, "equal_times_across_the_limit_of_a_cycle_are_sent_once_each"),
    ),
    mutation(
        "relay: no limit of a cycle",
        "a cycle ends at its limit",
        f"{RELAY}.relay.Relay.stream_batches",
        "if sent >= self.rules.max_rows and self.handled.is_later(rows[0]):",
        "if False:",
        tests=named(FLOW, "a_cycle_ends_at_its_limit_and_the_next_goes_on_there"),
    ),
    mutation(
        "relay: the watermark before the answer",
        "the watermark never passes a row that has no answer",
        f"{RELAY}.relay.Relay.send_new",
        "list(takewhile(self.handled.knows, rows))",
        "list(rows)",
        tests=named(FLOW, "the_watermark_never_passes_a_row_that_has_no_answer"),
    ),
    mutation(
        "relay: known rows sent again",
        "what is known to be handled is not sent again",
        f"{RELAY}.relay.Relay.send_new",
        "[row for row in rows if not self.handled.knows(row)]",
        "rows",
        tests=named(FLOW, "a_snapshot_that_breaks_goes_on_where_all_was_accepted"),
    ),
    mutation(
        "relay: a pause overlooked",
        "nothing is sent while a person pauses it",
        f"{RELAY}.relay.Relay.run_cycle",
        "if not self.position.reached.is_paused:",
        "if True:",
        tests=named(FLOW, "while_a_person_pauses_it_nothing_is_sent"),
    ),
    mutation(
        "relay: a move noticed too late",
        "a move is noticed before anything more is sent",
        f"{RELAY}.position.Position.begin",
        "self.save()",
        "pass",
        tests=named(FLOW, "a_watermark_that_a_person_sets_ahead_skips_what_it_passes"),
    ),
    mutation(
        "relay: an unanswered save forgotten",
        "a save whose answer was lost is known again",
        f"{RELAY}.position.Position.save",
        "self.stored.add(watermark)",
        "pass",
        tests=named(FLOW, "a_save_that_failed_and_was_written_all_the_same_repeats_nothing"),
    ),
    mutation(
        "relay: refused for ever",
        "a refused row is set aside after its retries",
        f"{RELAY}.delivery.Delivery.deliver",
        "if tries > self.max_retries:",
        "if tries > self.max_retries + 5:",
        tests=named(FLOW, "a_refused_row_is_set_aside_after_its_retries_and_the_rest_flows"),
    ),
    mutation(
        "relay: the newest time counted at once",
        "rows of a time that may not be over are not counted yet",
        f"{RELAY}.handled.Handled.add",
        "if self.edge and row.time > self.edge[-1].time:",
        "if self.edge:",
        tests=named(SLICES, "rows_of_the_newest_time_are_counted_once_no_more_of_it_can_come"),
    ),
    mutation(
        "relay: keys without a limit",
        "no more keys are kept than allowed",
        f"{RELAY}.handled.Handled.remember",
        "if self.known > self.most_keys:",
        "if False:",
        tests=named(SLICES, "no_more_keys_are_kept_than_allowed_and_the_oldest_go_first"),
    ),
    mutation(
        "relay: the newest keys dropped",
        "the newest slice keeps its keys",
        f"{RELAY}.handled.Handled.forget_oldest",
        "sorted(self.accounts)[:-1]",
        "sorted(self.accounts)",
        tests=named(SLICES, "the_newest_slice_keeps_its_keys_however_many_there_are"),
    ),
    mutation(
        "relay: a sweep that sends nothing",
        "a row that came later than the overlap is sent by the sweep",
        f"{RELAY}.sweep.Sweep.run_once",
        "walk.found += self.relay.late.recount(slices, look.counts)",
        "pass",
        tests=named(SWEEP, "a_row_that_comes_later_than_the_overlap_is_found_by_the_sweep"),
    ),
    mutation(
        "relay: rows ahead overlooked",
        "a read is spared only where no row was counted ahead",
        f"{RELAY}.relay.Relay.work",
        "and not look.counts[-1]",
        "",
        tests=named(AHEAD, "a_row_too_young_to_be_read_is_read_by_a_later_cycle"),
    ),
    mutation(
        "relay: beyond what was counted",
        "a read is spared only as far ahead as was counted",
        f"{RELAY}.relay.Relay.work",
        "ahead[0].end >= end and",
        "",
        tests=named(AHEAD, "what_came_further_ahead_than_is_counted_is_read_all_the_same"),
    ),
    mutation(
        "relay: a backlog counted in each cycle",
        "rows ahead are not counted while there is a backlog",
        f"{RELAY}.relay.Relay.stream",
        "self.is_at_end = reached == end",
        "self.is_at_end = True",
        tests=named(AHEAD, "a_backlog_is_not_counted"),
    ),
    mutation(
        "relay: a broken read forgotten",
        "after a read that broke nothing is counted ahead",
        f"{RELAY}.relay.Relay.stream",
        "self.is_at_end = False",
        "pass",
        tests=named(AHEAD, "after_a_read_that_broke_nothing_is_counted_ahead"),
    ),
)
