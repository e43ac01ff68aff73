"""python -m tests.mutants: take out one guard at a time, and see one of its tests fail."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.mutants.groups import GROUPS
from tests.mutants.mutation import Mutation
from tests.mutants.runner import CAUGHT, table_of, try_all
from tests.mutants.tables import BY_NAME, MUTATIONS
from tests.mutants.tree import ROOT


def main() -> int:
    parser = make_parser()
    options = parser.parse_args()
    if options.group:
        chosen = [BY_NAME[name] for name in GROUPS[options.group]]
    else:
        chosen = choose(options.only, options.sample, options.seed)
    if not chosen:
        parser.error("no mutation has such a name; --list shows them")
    if options.list:
        for mutation in chosen:
            report(f"{mutation.name}: {mutation.rule}\n")
        return 0
    with tempfile.TemporaryDirectory(prefix="mutants-") as directory:
        verdicts = try_all(chosen, ROOT, Path(directory), parallel=options.parallel, report=report)
    report(table_of(verdicts))
    is_good = len(verdicts) == len(chosen)
    return int(not (is_good and all(verdict.word == CAUGHT for verdict in verdicts)))


def choose(names: Sequence[str], sample: int, seed: int) -> list[Mutation]:
    """Return the mutations asked for: all, those with a text in their name, or some by chance."""
    chosen = [
        mutation
        for mutation in MUTATIONS
        if not names or any(name in mutation.name for name in names)
    ]
    if sample and sample < len(chosen):
        chosen = random.Random(seed).sample(chosen, sample)
    return chosen


def report(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--list", action="store_true", help="names and rules, nothing is run")
    parser.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="those with this in their names"
    )
    parser.add_argument("--group", choices=sorted(GROUPS), help="those of groups.py, and no others")
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="N of them by chance")
    parser.add_argument("--seed", type=int, default=1, help="of the chance (default 1)")
    parser.add_argument("--parallel", type=int, default=2, help="how many at a time (default 2)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
