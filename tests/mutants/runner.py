"""Each mutation in a copy of the tree, a few at a time, and the verdict on each."""

from __future__ import annotations

import compileall
import queue
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from tests.mutants.mutation import Misplaced, Mutation
from tests.mutants.tree import Run, copy_tree, run_mutated, run_unbroken

CAUGHT = "caught"
SURVIVED = "survived"
ERROR = "error"

#: What says that the changed code is no code, rather than that a guard is missing.
BROKEN_CODE = (
    "ImportError",
    "ModuleNotFoundError",
    "NameError",
    "SyntaxError",
    "UnboundLocalError",
)

Report = Callable[[str], object]


@dataclass(frozen=True)
class Verdict:
    """What became of a mutation, and by which test."""

    mutation: Mutation
    word: str
    reason: str
    seconds: float


def judge(run: Run) -> tuple[str, str]:
    """Return the word for a run of a mutation's tests, and the reason."""
    if run.code == 0:
        return SURVIVED, "every test passed"
    if run.code == -1:
        return ERROR, "the tests did not end"
    if run.code != 1:
        return ERROR, f"pytest ended with {run.code}: {_cause(run.output)}"
    for test, step, kind in run.failures:
        if step == "call" and kind not in BROKEN_CODE:
            return CAUGHT, test
    for test, step, kind in run.failures:
        return ERROR, f"{test} ended with {kind} in its {step}"
    return ERROR, f"no test says that it failed: {_cause(run.output)}"


def try_mutation(mutation: Mutation, tree: Path) -> Verdict:
    """Run the tests of a mutation in a tree of its own."""
    started = monotonic()
    try:
        word, reason = judge(run_mutated(tree, mutation))
    except Misplaced as error:
        word, reason = ERROR, str(error)
    return Verdict(mutation, word, reason, monotonic() - started)


def try_all(
    mutations: Sequence[Mutation], source: Path, directory: Path, *, parallel: int, report: Report
) -> list[Verdict]:
    """Try mutations, with a line for each as it ends.

    Returns none when their tests don't pass without any mutation.
    """
    first = copy_tree(source, directory / "tree-0")
    compileall.compile_dir(str(first), quiet=2)
    if not passes_unbroken(mutations, first, parallel, report):
        return []
    trees: queue.SimpleQueue[Path] = queue.SimpleQueue()
    trees.put(first)
    for number in range(1, min(parallel, len(mutations))):
        trees.put(Path(shutil.copytree(first, directory / f"tree-{number}")))

    def work(mutation: Mutation) -> Verdict:
        tree = trees.get()
        try:
            return try_mutation(mutation, tree)
        finally:
            trees.put(tree)

    verdicts = []
    with ThreadPoolExecutor(parallel) as pool:
        for done in _as_they_end([pool.submit(work, mutation) for mutation in mutations]):
            verdicts.append(done)
            report(line_of(done))
    return verdicts


def passes_unbroken(
    mutations: Sequence[Mutation], tree: Path, parallel: int, report: Report
) -> bool:
    """Return whether the tests that mutations name pass in a tree that is as it should be."""
    plain: dict[str, None] = {}
    for mutation in mutations:
        if not mutation.only:
            plain.update(dict.fromkeys(mutation.tests))
    runs = {(tuple(plain), "")} if plain else set()
    runs |= {(mutation.tests, mutation.only) for mutation in mutations if mutation.only}
    for tests, only in sorted(runs):
        run = run_unbroken(tree, tests, only=only, parallel=parallel)
        if run.code != 0:
            report(f"without a mutation, not all tests pass:\n{run.output}\n")
            return False
    return True


def line_of(verdict: Verdict) -> str:
    """Return the line that is printed of a mutation."""
    head = (
        f"{verdict.word:<9}{verdict.mutation.name:<44}{verdict.seconds:5.1f} s  {verdict.reason}\n"
    )
    if verdict.word == CAUGHT:
        return head
    return f"{head}         rule: {verdict.mutation.rule}\n"


def table_of(verdicts: Sequence[Verdict]) -> str:
    """Return the counts, and the names of what was not caught."""
    lines = [""]
    for word in (CAUGHT, SURVIVED, ERROR):
        names = [verdict.mutation.name for verdict in verdicts if verdict.word == word]
        shown = "" if word == CAUGHT else "  " + ", ".join(sorted(names))
        lines.append(f"{word:<9}{len(names):>4}{shown}".rstrip())
    return "\n".join(lines) + "\n"


def _as_they_end(futures: Sequence[Future[Verdict]]) -> Iterator[Verdict]:
    for future in as_completed(futures):
        yield future.result()


def _cause(output: str) -> str:
    """Return the last line of an output that names an error, or its last line."""
    lines = output.strip().splitlines() or ["nothing was printed"]
    for line in reversed(lines):
        if line.startswith("E "):
            return line[1:].strip()
    return lines[-1]
