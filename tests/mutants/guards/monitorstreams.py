"""Guards of streams as syncs: what makes one green that says nothing."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import named

STREAMS = "sync_monitor.streams"
TESTS = "monitor/test_streams"
GOLDENGATE = "monitor/test_goldengate"

MUTATIONS = (
    mutation(
        "lag of an old heartbeat",
        "lag counts only with a heartbeat that is young",
        f"{STREAMS}.goldengate.judge_paths",
        "if age > oldest:",
        "if False:",
        tests=named(GOLDENGATE, "goldengate_lags_by_its_worst_path"),
    ),
    mutation(
        "a sweep of days ago",
        "figures of an old sweep are not carried forward",
        f"{STREAMS}.conversations.Conversations.count",
        "> OLDEST_SWEEP",
        "> 1000 * OLDEST_SWEEP",
        tests=named(TESTS, "conversations_without_a_sweep_or_with_an_old_one_are_unknown"),
    ),
    mutation(
        "a file that is there is whole",
        "each file has the checksum that its manifest says",
        f"{STREAMS}.extracts.Extracts.is_whole",
        "return known[1] == named.checksum",
        "return True",
        tests=named(TESTS, "each_file_of_the_newest_manifest_must_be_there_and_whole"),
    ),
    mutation(
        "a pipeline that stands still is well",
        "a pipeline that was paused, fails or writes nothing is never green",
        "sync_monitor.rules.stream_counts.judge_pipeline",
        "if counts.is_stopped:",
        "if False:",
        tests=named(
            "monitor/test_events_stream",
            "a_pipeline_that_was_paused_or_writes_nothing_is_never_green",
        ),
    ),
    mutation(
        "what was set aside is delivered",
        "what a destination refused is a warning",
        "sync_monitor.rules.stream_counts.judge_pipeline",
        "if counts.set_aside:",
        "if False:",
        tests=named(
            "monitor/test_processor_stream",
            "dead_letters_are_a_warning_until_a_person_sees_to_them",
        ),
    ),
    mutation(
        "rows of events on their way are missing",
        "rows that were committed late are on their way for a while",
        f"{STREAMS}.events.Events.count",
        "reached - relayed.patience",
        "reached",
        tests=named(
            "monitor/test_events_stream",
            "rows_that_oracle_holds_are_held_against_what_was_published",
        ),
    ),
    mutation(
        "shards without a checkpoint are no shards",
        "a shard that nobody has a checkpoint of is behind",
        f"{STREAMS}.processor.Processor.count",
        "for lease in (*readable, *unread):",
        "for lease in readable:",
        tests=named(
            "monitor/test_processor_stream", "shards_that_nobody_has_a_checkpoint_of_count_too"
        ),
    ),
    mutation(
        "a shard that is gone was read",
        "a shard that went before it was read to its end is not measured",
        f"{STREAMS}.processor.Processor.count",
        "if is_gone(lease, shards):",
        "if False:",
        tests=named(
            "monitor/test_processor_stream",
            "a_shard_that_went_before_its_end_is_not_measured",
        ),
    ),
    mutation(
        "one look at a stream is enough",
        "what is missing counts once a second look misses it too",
        "sync_monitor.rules.stream_counts.conclude_counts",
        "    if is_confirmed:",
        "    if True:",
        tests=named(
            "monitor/test_stream_looks", "what_is_missing_counts_once_a_second_look_misses_it_too"
        ),
    ),
    mutation(
        "a heartbeat of the future is young",
        "a heartbeat that is ahead of the clock says nothing of its age",
        f"{STREAMS}.goldengate.judge_paths",
        "if min(min(path) for path in paths) < -MOST_AHEAD:",
        "if False:",
        tests=named(GOLDENGATE, "goldengate_lags_by_its_worst_path"),
    ),
    mutation(
        "what nobody counts is 0",
        "a gap that nobody counts has no sample",
        "sync_monitor.web.exposition.figures_of",
        "if figures.extra_rows is not None:\n"
        "            extra.add_metric(label, figures.extra_rows)",
        "extra.add_metric(label, figures.extra_rows or 0)",
        tests=named("monitor/test_page_streams", "programs_get_no_figure_that_nobody_counts"),
    ),
)
