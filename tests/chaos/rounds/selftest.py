"""Is the judge awake? Each mutation of the service must be caught within 25 rounds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.chaos.harness.tree import copy_tree, make_template
from tests.chaos.judge.checker import CHECKS
from tests.chaos.rounds.campaign import Campaign, Tell, outcomes
from tests.chaos.rounds.mutations import HUNTS, Hunt

ROUNDS = 25
#: What counts: a guarantee that does not hold. That a round did not come to rest, or broke, proves nothing.
CHECKED = tuple(f"{check.__name__.removeprefix('check_')}: " for check in CHECKS)


def run_selftest(source: Path, directory: Path, tell: Tell, names: Sequence[str] = ()) -> int:
    """1 if a mutation got away."""
    chosen = [hunt for hunt in HUNTS if not names or any(name in hunt.name for name in names)]
    escaped = [hunt.name for hunt in chosen if not is_caught(hunt, source, directory, tell)]
    tell(f"{len(chosen) - len(escaped)} of {len(chosen)} mutations caught\n")
    return int(bool(escaped))


def is_caught(hunt: Hunt, source: Path, directory: Path, tell: Tell) -> bool:
    place = directory / hunt.name.replace(" ", "-")
    tree = copy_tree(source, place / "tree")
    hunt.mutation.apply(tree)
    template = make_template(tree, place / "template")
    campaign = Campaign(ROUNDS, hunt.seed, place, kind=hunt.kind, tree=tree)
    for number, (plan, outcome) in enumerate(outcomes(campaign, tree, template), 1):
        evidence = [violation for violation in outcome.violations if violation.startswith(CHECKED)]
        if evidence:
            tell(
                f"{hunt.name}: caught in round {number} by seed {plan.seed} ({plan.kind})\n    {evidence[0]}\n"
            )
            return True
    tell(f"{hunt.name}: NOT caught in {ROUNDS} rounds\n")
    return False
