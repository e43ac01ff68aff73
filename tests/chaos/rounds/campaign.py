"""Many rounds, a few at a time, and one line for each."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from tests.chaos.harness.tree import ROOT, copy_tree
from tests.chaos.rounds.game import CONVERSATIONS, Game
from tests.chaos.rounds.verdict import Outcome

SHOWN_VIOLATIONS = 6

Say = Callable[[str], object]


@dataclass(frozen=True)
class Campaign:
    """Rounds seed, seed + 1 and so on.

    Parameters:
        kind: None for all kinds.
    """

    runs: int
    seed: int
    directory: Path
    kind: str | None = None
    transcripts: Path | None = None
    tree: Path = ROOT
    parallel: int = 2
    game: Game = CONVERSATIONS


def run_campaign(campaign: Campaign, say: Say) -> int:
    """Run all rounds, and return 1 if one of them failed. The directories of failed rounds stay."""
    last = campaign.seed + campaign.runs - 1
    say(f"seeds {campaign.seed} to {last}; what failed rounds leave is in {campaign.directory}\n")
    tree = copy_tree(campaign.tree, campaign.directory / "tree")
    template = campaign.game.prepare(tree, campaign.directory / "template")
    failed = 0
    for plan, outcome in outcomes(campaign, tree, template):
        failed += bool(outcome.violations)
        say(describe(campaign, plan, outcome))
        if not outcome.violations:
            shutil.rmtree(round_directory(campaign, plan.seed))
    say(f"{campaign.runs - failed} passed, {failed} failed\n")
    return int(failed > 0)


def outcomes(campaign: Campaign, tree: Path, template: Path) -> Iterator[tuple[Any, Outcome]]:
    """Yield each round as it ends.

    When nobody asks any more, those that have not begun do not begin.
    """
    game = campaign.game
    seeds = range(campaign.seed, campaign.seed + campaign.runs)
    with ProcessPoolExecutor(campaign.parallel, mp_context=get_context("spawn")) as pool:
        waiting: dict[Future[Outcome], Any] = {}
        for seed in seeds:
            plan = game.draw(seed, campaign.transcripts, campaign.kind)
            directory = round_directory(campaign, seed)
            waiting[pool.submit(game.run, plan, directory, tree, template)] = plan
        try:
            for done in as_completed(waiting):
                yield waiting[done], result_of(done)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def result_of(done: Future[Outcome]) -> Outcome:
    """Return how a round ended.

    One that broke itself proves nothing, and must not end the others.
    """
    try:
        return done.result()
    except Exception as error:
        return Outcome((f"the round itself broke: {type(error).__name__}: {error}",), 0.0, {})


def round_directory(campaign: Campaign, seed: int) -> Path:
    return campaign.directory / f"round-{seed}"


def describe(campaign: Campaign, plan: Any, outcome: Outcome) -> str:
    """Return the line of a round, and those of what is wrong with it."""
    figures = " ".join(f"{name} {count}" for name, count in outcome.figures.items())
    verdict = "passed"
    if outcome.violations:
        verdict = "FAILED"
    lines = [f"seed {plan.seed:<5} {plan.kind:<9} {verdict} in {outcome.seconds:4.1f} s: {figures}"]
    for violation in outcome.violations[:SHOWN_VIOLATIONS]:
        lines.append(f"    {violation}")
    more = len(outcome.violations) - SHOWN_VIOLATIONS
    if more > 0:
        lines.append(f"    ... and {more} more in {round_directory(campaign, plan.seed)}")
    if outcome.violations:
        lines.append(f"    again: {repeat(campaign, plan)}")
    return "\n".join(lines) + "\n"


def repeat(campaign: Campaign, plan: Any) -> str:
    """Return the command that runs a round again, with the same plan.

    How threads interleave is up to the machine.
    """
    command = f"python -m tests.chaos{campaign.game.command} --runs 1 --seed {plan.seed}"
    if campaign.kind:
        command += f" --kind {campaign.kind}"
    if campaign.transcripts:
        command += f" --transcripts {campaign.transcripts}"
    return command
