"""Guards of streams as syncs: what makes one green that says nothing."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import named

STREAMS = "sync_monitor.streams"
TESTS = "monitor/test_streams"

MUTATIONS = (
    mutation(
        "lag of an old heartbeat",
        "lag counts only with a heartbeat that is young",
        f"{STREAMS}.goldengate.judge_paths",
        "if age > oldest:",
        "if False:",
        tests=named(TESTS, "goldengate_lags_by_its_worst_path"),
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
        "one look at a stream is enough",
        "what is missing counts once a second look misses it too",
        "sync_monitor.rules.counts.conclude_counts",
        "    if is_confirmed:",
        "    if True:",
        tests=named(
            "monitor/test_stream_looks", "what_is_missing_counts_once_a_second_look_misses_it_too"
        ),
    ),
)
