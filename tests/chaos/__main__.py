"""python -m tests.chaos: rounds of faults against the real service, judged by its checker."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from standins.mariadbserver import PROGRAM
from tests.chaos.changes.mutations import HUNTS as CHANGE_HUNTS
from tests.chaos.events.soak import EventSoak, run_event_soak
from tests.chaos.harness.tree import ROOT
from tests.chaos.rounds.campaign import Campaign, run_campaign
from tests.chaos.rounds.game import CHANGES, CONVERSATIONS, EVENTS, JOINED
from tests.chaos.rounds.selftest import run_selftest
from tests.chaos.rounds.soak import Soak, run_soak

#: Without a command the rounds are those of conversations.
GAMES = {None: CONVERSATIONS, "events": EVENTS, "changes": CHANGES, "all": JOINED}
DEFAULTS: Mapping[str, Any] = {
    "runs": 25,
    "seed": 1,
    "kind": None,
    "transcripts": None,
    "tree": ROOT,
    "directory": None,
    "parallel": 2,
}


def main() -> int:
    parser = make_parser()
    options = parser.parse_args()
    if options.directory and options.directory.is_dir() and any(options.directory.iterdir()):
        parser.error(f"{options.directory} holds something already; name a new directory")
    if options.command in ("events", "all", "selftest", "soak-events") and PROGRAM is None:
        parser.error("this needs mariadbd, which is not installed: make services")
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
    if options.command == "soak-events":
        event_soak = EventSoak(
            minutes=options.minutes,
            rate=options.rate,
            seed=options.seed,
            tree=options.tree,
            directory=directory,
            has_kills=options.kills,
        )
        return run_event_soak(event_soak, say)
    if options.command == "changes" and options.selftest:
        if options.selftest[0] != "selftest":
            parser.error(f"changes {options.selftest[0]}: allowed is selftest, or nothing")
        return run_selftest(options.tree, directory, say, options.selftest[1:], CHANGE_HUNTS)
    game = GAMES[options.command]
    if options.kind and options.kind not in game.kinds:
        parser.error(f"--kind: allowed are {', '.join(game.kinds)}")
    campaign = Campaign(
        game=game,
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
    add_rounds(parser)
    parser.set_defaults(**DEFAULTS)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    events = commands.add_parser(
        "events", help="rounds against events: Oracle, NATS and MariaDB misbehave"
    )
    add_rounds(events)
    changes = commands.add_parser(
        "changes", help="rounds against row changes: Oracle and AWS misbehave"
    )
    changes.add_argument(
        "selftest",
        nargs="*",
        metavar="selftest [NAME]",
        help="instead of rounds: is each mutation of row changes caught?",
    )
    add_rounds(changes)
    joined = commands.add_parser(
        "all", help="rounds in which one service runs all pipelines, and any server misbehaves"
    )
    add_rounds(joined)
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
    soak_events = commands.add_parser(
        "soak-events", help="a long run of events: late commits, faults or kills"
    )
    soak_events.add_argument("--minutes", type=float, default=20)
    soak_events.add_argument("--rate", type=float, default=20, help="transactions a second")
    soak_events.add_argument(
        "--kills", action="store_true", help="instead of faults each process is killed once"
    )
    return parser


def add_rounds(parser: argparse.ArgumentParser) -> None:
    """Add the options of rounds, which can stand before a command and behind it."""
    add = partial(parser.add_argument, default=argparse.SUPPRESS)
    add("--runs", type=int, help="how many rounds (default 25)")
    add("--seed", type=int, help="seed of the first round; the next has the next number")
    add("--kind", help="only rounds of this kind")
    add("--transcripts", type=Path, metavar="FILE", help="real conversations, .jsonl or .jsonl.gz")
    add("--tree", type=Path, help="the sources under test (default: these)")
    add("--directory", type=Path, help="where rounds leave their traces (default: a new one)")
    add("--parallel", type=int, help="rounds at a time (default 2)")


if __name__ == "__main__":
    sys.exit(main())
