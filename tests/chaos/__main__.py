"""python -m tests.chaos: rounds of faults against the real service, judged by its checker."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.chaos.harness.tree import ROOT
from tests.chaos.plans.drawing import KINDS
from tests.chaos.rounds.campaign import Campaign, run_campaign
from tests.chaos.rounds.selftest import run_selftest
from tests.chaos.rounds.soak import Soak, run_soak


def main() -> int:
    parser = make_parser()
    options = parser.parse_args()
    if options.directory and options.directory.is_dir() and any(options.directory.iterdir()):
        parser.error(f"{options.directory} holds something already; name a new directory")
    directory = options.directory or Path(tempfile.mkdtemp(prefix="chaos-"))
    if options.command == "selftest":
        return run_selftest(options.tree, directory, say, options.mutation)
    if options.command == "soak":
        soak = Soak(
            minutes=options.minutes,
            rate=options.rate,
            seed=options.seed,
            tree=options.tree,
            directory=directory,
            transcripts=options.transcripts,
            errors=options.errors,
        )
        return run_soak(soak, say)
    campaign = Campaign(
        runs=options.runs,
        seed=options.seed,
        kind=options.kind,
        transcripts=options.transcripts,
        tree=options.tree,
        directory=directory,
        parallel=options.parallel,
    )
    return run_campaign(campaign, say)


def say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.set_defaults(command="rounds")
    add_rounds(parser)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    selftest = commands.add_parser(
        "selftest", help="break the service on purpose: is each mutation caught?"
    )
    selftest.add_argument("mutation", nargs="*", help="only those with this in their names")
    soak = commands.add_parser(
        "soak", help="a long run with a fault every few seconds: does anything grow?"
    )
    soak.add_argument("--minutes", type=float, default=30)
    soak.add_argument("--rate", type=float, default=20, help="conversations a second")
    soak.add_argument(
        "--errors",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="instead of all other faults: "
        "this share of the statements meets a passing error (0.1: a tenth)",
    )
    return parser


def add_rounds(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--runs", type=int, default=25, help="how many rounds (default 25)")
    parser.add_argument(
        "--seed", type=int, default=1, help="seed of the first round; the next has the next number"
    )
    parser.add_argument("--kind", choices=sorted(KINDS), help="only rounds of this kind")
    parser.add_argument(
        "--transcripts", type=Path, metavar="FILE", help="real conversations, .jsonl or .jsonl.gz"
    )
    parser.add_argument(
        "--tree", type=Path, default=ROOT, help="the sources under test (default: these)"
    )
    parser.add_argument(
        "--directory", type=Path, help="where rounds leave their traces (default: a new one)"
    )
    parser.add_argument("--parallel", type=int, default=2, help="rounds at a time (default 2)")


if __name__ == "__main__":
    sys.exit(main())
