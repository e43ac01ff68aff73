"""Is the judge awake? Each mutation of the service must be caught within 25 rounds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.chaos.changes.mutations import HUNTS as CHANGE_HUNTS
from tests.chaos.events.mutations import HUNTS as EVENT_HUNTS
from tests.chaos.harness.tree import copy_tree
from tests.chaos.joined.mutations import HUNTS as JOINED_HUNTS
from tests.chaos.rounds.campaign import Campaign, Say, outcomes
from tests.chaos.rounds.mutations import HUNTS, Hunt

ROUNDS = 25
ALL_HUNTS = (*HUNTS, *EVENT_HUNTS, *CHANGE_HUNTS, *JOINED_HUNTS)


def run_selftest(
    source: Path,
    directory: Path,
    say: Say,
    names: Sequence[str] = (),
    hunts: Sequence[Hunt] = ALL_HUNTS,
) -> int:
    """Try the mutations with these names, or all, and return 1 if one got away."""
    chosen = choose(hunts, names)
    caught = 0
    for hunt in chosen:
        caught += is_caught(hunt, source, directory, say)
    say(f"{caught} of {len(chosen)} mutations caught\n")
    return int(caught < len(chosen))


def choose(hunts: Sequence[Hunt], names: Sequence[str]) -> list[Hunt]:
    """Return the hunts that have one of these words in their names, or all when there is none."""
    if not names:
        return list(hunts)
    chosen: list[Hunt] = []
    for hunt in hunts:
        if any(name in hunt.name for name in names):
            chosen.append(hunt)
    return chosen


def is_caught(hunt: Hunt, source: Path, directory: Path, say: Say) -> bool:
    """Return whether a round finds what is broken."""
    place = directory / hunt.name.replace(" ", "-").replace(":", "")
    tree = copy_tree(source, place / "tree")
    hunt.mutation.apply(tree)
    template = hunt.game.prepare(tree, place / "template")
    campaign = Campaign(ROUNDS, hunt.seed, place, kind=hunt.kind, tree=tree, game=hunt.game)
    for number, (plan, outcome) in enumerate(outcomes(campaign, tree, template), 1):
        evidence = [text for text in outcome.violations if text.startswith(hunt.game.checked)]
        if evidence:
            say(f"{hunt.name}: caught in round {number} by seed {plan.seed} ({plan.kind})\n")
            say(f"    {evidence[0]}\n")
            return True
    say(f"{hunt.name}: NOT caught in {ROUNDS} rounds\n")
    return False
