"""What is personal in texts: how much of a labelled corpus is found, and what the search costs."""

from __future__ import annotations

from time import perf_counter, process_time

from bench.conversations import read_conversations
from bench.figure import Bench, Figure, median
from bench.marked import Score, read_corpus, score
from oracle_cdc.redaction.kinds import Kind, Line
from oracle_cdc.redaction.marking import Marker

RECALL_TARGET, PRECISION_TARGET = 0.98, 0.9
#: Kinds whose recall must be reached.
MUST_REACH = (Kind.CARD, Kind.ID, Kind.PHONE)
CALLS = 1000
#: Of CPU, for one utterance: what a conversation of 15 costs stays below a millisecond.
COST_TARGET_US = 60.0


def measure(bench: Bench) -> list[Figure]:
    """Measure recall and precision of each kind, and the cost of one message."""
    corpus = read_corpus()
    marker = Marker(Kind, "IL")
    figures: list[Figure] = []
    for kind, of_kind in score(marker.finder, corpus).items():
        figures.append(as_figure(kind, of_kind))
    return [*figures, measure_cost(marker, bench.sizes.runs)]


def as_figure(kind: Kind, of_kind: Score) -> Figure:
    is_reached = of_kind.precision >= PRECISION_TARGET
    target = f"precision >= {PRECISION_TARGET}"
    if kind in MUST_REACH:
        is_reached = is_reached and of_kind.recall >= RECALL_TARGET
        target = f"recall >= {RECALL_TARGET}; {target}"
    return Figure(
        "redaction",
        f"{kind.mark} in the labelled corpus",
        f"{of_kind.labelled} labelled",
        target,
        f"recall {of_kind.recall:.3f}, precision {of_kind.precision:.3f} "
        f"({len(of_kind.missed)} missed, {len(of_kind.wrong)} wrong)",
        is_reached,
        {"recall": of_kind.recall, "precision": of_kind.precision, "missed": of_kind.missed},
    )


def measure_cost(marker: Marker, runs: int) -> Figure:
    """Measure the CPU time that one utterance costs, of conversations as they are drained."""
    calls: list[list[Line]] = []
    for turns in read_conversations(None)[:CALLS]:
        calls.append([Line(turn.owner, turn.text) for turn in turns])
    lines = sum(map(len, calls))
    costs: list[float] = []
    began = perf_counter()
    for _ in range(runs):
        started = process_time()
        for call in calls:
            marker.mark(call)
        costs.append((process_time() - started) / lines * 1e6)
    cost = median(costs)
    return Figure(
        "redaction",
        f"CPU of the search, {len(calls):,} conversations of {lines / len(calls):.0f} utterances",
        "REDACTION=off: nothing",
        f"<= {COST_TARGET_US:.0f} us an utterance",
        f"{cost:.0f} us an utterance, {cost * lines / len(calls):.0f} us a conversation",
        cost <= COST_TARGET_US,
        {"us": costs, "seconds": perf_counter() - began},
    )
