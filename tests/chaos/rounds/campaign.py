"""Many rounds, a few at a time, and one line for each."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from tests.chaos.harness.tree import ROOT, copy_tree, make_template
from tests.chaos.plans.drawing import draw
from tests.chaos.plans.plan import Plan
from tests.chaos.rounds.round import Outcome, run_round

SHOWN_VIOLATIONS = 6

Say = Callable[[str], object]


@dataclass(frozen=True)
class Campaign:
    """Rounds seed, seed + 1 ...; kind None: of all kinds."""

    runs: int
    seed: int
    directory: Path
    kind: str | None = None
    transcripts: Path | None = None
    tree: Path = ROOT
    parallel: int = 2


def run_campaign(campaign: Campaign, say: Say) -> int:
    """Run all rounds; 1 if one of them failed. The directories of failed rounds stay."""
    last = campaign.seed + campaign.runs - 1
    say(f"seeds {campaign.seed} to {last}; what failed rounds leave is in {campaign.directory}\n")
    tree = copy_tree(campaign.tree, campaign.directory / "tree")
    template = make_template(tree, campaign.directory / "template")
    failed = 0
    for plan, outcome in outcomes(campaign, tree, template):
        failed += bool(outcome.violations)
        say(describe(campaign, plan, outcome))
        if not outcome.violations:
            shutil.rmtree(round_directory(campaign, plan.seed))
    say(f"{campaign.runs - failed} passed, {failed} failed\n")
    return int(failed > 0)


def outcomes(campaign: Campaign, tree: Path, template: Path) -> Iterator[tuple[Plan, Outcome]]:
    """Each round as it ends; when nobody asks any more, those that have not begun do not begin."""
    seeds = range(campaign.seed, campaign.seed + campaign.runs)
    with ProcessPoolExecutor(campaign.parallel, mp_context=get_context("spawn")) as pool:
        waiting = {}
        for seed in seeds:
            plan = draw(seed, campaign.transcripts, campaign.kind)
            waiting[
                pool.submit(run_round, plan, round_directory(campaign, seed), tree, template)
            ] = plan
        try:
            for done in as_completed(waiting):
                yield waiting[done], result_of(done)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def result_of(done: Future[Outcome]) -> Outcome:
    """A round that broke itself proves nothing, and must not end the others."""
    try:
        return done.result()
    except Exception as error:
        return Outcome((f"the round itself broke: {type(error).__name__}: {error}",), 0.0, {})


def round_directory(campaign: Campaign, seed: int) -> Path:
    return campaign.directory / f"round-{seed}"


def describe(campaign: Campaign, plan: Plan, outcome: Outcome) -> str:
    figures = " ".join(f"{name} {count}" for name, count in outcome.figures.items())
    verdict = "FAILED" if outcome.violations else "passed"
    line = f"seed {plan.seed:<5} {plan.kind:<9} {verdict} in {outcome.seconds:4.1f} s: {figures}\n"
    if not outcome.violations:
        return line
    shown = "".join(f"    {violation}\n" for violation in outcome.violations[:SHOWN_VIOLATIONS])
    more = len(outcome.violations) - SHOWN_VIOLATIONS
    rest = (
        f"    ... and {more} more in {round_directory(campaign, plan.seed)}\n" if more > 0 else ""
    )
    return f"{line}{shown}{rest}    again: {repeat(campaign, plan)}\n"


def repeat(campaign: Campaign, plan: Plan) -> str:
    """The command that runs a round again: the same plan; how threads interleave is up to the machine."""
    kind = f" --kind {campaign.kind}" if campaign.kind else ""
    transcripts = f" --transcripts {campaign.transcripts}" if campaign.transcripts else ""
    return f"python -m tests.chaos --runs 1 --seed {plan.seed}{kind}{transcripts}"
