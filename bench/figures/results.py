"""How long results take from their queue into their table, beside a bare loop."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from bench import computed
from bench.computed import CPU_TARGET
from bench.figure import Bench, Figure, alternate, divide, listed, listed_by_name, median
from bench.figures.drain import FAR
from bench.stage import BATCH, LEDGER, Stage, open_stage
from bench.workplace import Run
from standins.oracle import USER

TARGET = 1.1


def measure(bench: Bench) -> list[Figure]:
    """Store the same results by both ways, and compare."""
    calls = bench.sizes.answers
    with open_stage(bench.directory, bench.backlogs.copy(calls), FAR) as stage:
        stage.run("service-drain", CDC_MAX_BATCH_SIZE=BATCH)
        call_ids = stage.accepted_calls()
        found = alternate(
            bench.sizes.runs,
            {
                "bare": partial(store, stage, call_ids, "bare-store", str(BATCH)),
                "service": partial(
                    store, stage, call_ids, "service-results", CDC_RESULTS_BATCH_SIZE=BATCH
                ),
            },
        )
    seconds = {}
    for name, runs in found.items():
        seconds[name] = computed.clock_seconds(runs)
    ratios = divide(seconds["service"], seconds["bare"])
    ratio = median(ratios)
    service_seconds, bare_seconds = median(seconds["service"]), median(seconds["bare"])
    cpu = computed.compare(
        "result", computed.seconds_each(found["service"]), computed.seconds_each(found["bare"])
    )
    return [
        Figure(
            "results",
            f"store {calls:,} results, {FAR.oracle_ms:g} ms / {FAR.sqs_ms:g} ms",
            "bare loop: receive, array upsert, commit, delete",
            f"<= {TARGET} x, CPU <= {CPU_TARGET} x",
            f"{ratio:.2f} x ({service_seconds:.1f} s beside {bare_seconds:.1f} s)",
            ratio <= TARGET and cpu.is_reached,
            {"ratio": ratio, "ratios": listed(ratios), **cpu.numbers, **listed_by_name(seconds)},
            cpu.text,
        )
    ]


def store(
    stage: Stage, call_ids: Sequence[str], way: str, *arguments: str, **variables: object
) -> Run:
    """Store every answer as a row. Raises AssertionError when one is missing."""
    stage.execute(f"TRUNCATE TABLE {USER}.DICTA_CALL_SUMMARY")
    stage.execute(f"UPDATE {LEDGER} SET STATE = 'SENT', SUMMARIZED_REVISION = NULL")
    stage.queues.ask("reset")
    stage.answer_all(stage.directory / "answers.jsonl", call_ids)
    run = stage.run(way, *arguments, **variables)
    ((rows,),) = stage.execute(f"SELECT COUNT(*) FROM {USER}.DICTA_CALL_SUMMARY")
    assert run.count == rows == len(call_ids), (
        f"{len(call_ids)} answers, {run.count} counted, {rows} rows"
    )
    return run
