"""A round of all pipelines, drawn from its seed: a plan of each, joined."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from standins.oracle import USER
from tests.chaos.changes import drawing as change_drawing
from tests.chaos.changes.plan import ChangesPlan
from tests.chaos.events import drawing as event_drawing
from tests.chaos.events.hardships import READER
from tests.chaos.events.plan import EventPlan
from tests.chaos.joined.outages import OUTAGES
from tests.chaos.joined.plan import ALL, JoinedPlan
from tests.chaos.plans import drawing
from tests.chaos.plans.acts import Act
from tests.chaos.plans.plan import Order, Plan


class Parts(NamedTuple):
    """The kinds of rounds that a plan of each pipeline is drawn from."""

    conversations: Sequence[str]
    events: Sequence[str]
    changes: Sequence[str]


#: Nothing goes wrong in these by themselves.
SOUND = Parts(("talking",), ("sound",), ("sound",))
#: Kind of round -> weight, and what it is joined of.
KINDS: Mapping[str, tuple[int, Parts]] = {
    "sound": (1, SOUND),
    "apart": (6, SOUND),
    "mixed": (
        5,
        Parts(
            ("mixed", "frozen", "answers", "crowded", "history", "edited", "renamed"),
            ("mixed", "kills", "ties", "moved", "paused", "full"),
            ("mixed", "digits", "reset", "paused", "snapshots", "widened"),
        ),
    ),
    "kills": (3, Parts(("kills", "answers"), ("kills", "behind"), ("kills", "copies"))),
    "servers": (
        4,
        Parts(
            ("one way", "outage", "answers"),
            ("stream", "store", "stolen", "full"),
            ("stream", "bus", "leases", "reshard"),
        ),
    ),
    "source": (2, Parts(("outage", "mixed"), ("source",), ("source", "late"))),
    "poison": (3, Parts(("poisoned", "unreadable", "wrapped"), ("large",), ("letters",))),
}
#: One copy of everything, two of which one stands by for events, or copies with a share each.
COPIES: Sequence[Mapping[str, str]] = (
    {"A": ALL},
    {"A": ALL},
    {"A": ALL, "B": ALL},
    {"A": ALL, "B": "processor"},
    {"A": "conversations,events", "B": "changes,processor"},
    {"A": "conversations", "B": "events", "C": "changes", "D": "processor"},
)
#: Of calls: four pipelines in one process take longer to settle them.
LEASE_SECONDS = 8
#: More of either would leave the service no time to work.
MOST_ACTS, MOST_ORDERS = 8, 3
#: A fault of Oracle that may meet each call until all faults end. Two together meet a tenth of
#: them, and a person's command makes fifty: none would ever be done.
LASTING = " chance "
#: What moves the only clock that all share, or ends all copies for as long as days pass.
NOT_JOINED = ("oracle clock", "service away")
#: When the first outage of a round begins: the service has come up by then, or is coming up.
APART_AT = 0.5


def draw(seed: int, transcripts: Path | None = None, kind: str | None = None) -> JoinedPlan:
    """Draw the plan of a seed, the same each time."""
    rng = random.Random(f"chaos of all {seed}")
    weights = [weight for weight, _ in KINDS.values()]
    chosen = kind or rng.choices(list(KINDS), weights)[0]
    parts = KINDS[chosen][1]
    plan = JoinedPlan(
        seed,
        chosen,
        drawing.draw(seed, transcripts, rng.choice(parts.conversations)),
        event_drawing.draw(seed, None, rng.choice(parts.events)),
        change_drawing.draw(seed, None, rng.choice(parts.changes)),
    )
    copies = rng.choice(COPIES)
    if chosen in ("sound", "apart"):
        copies = COPIES[0]
    return join(rng, plan, copies)


def join(rng: random.Random, plan: JoinedPlan, copies: Mapping[str, str]) -> JoinedPlan:
    """Give all plans the same acts, orders and copies."""
    acts = tuple(join_acts(rng, plan, copies))
    if plan.kind == "apart":
        acts = tuple(draw_outages(rng))
    orders = join_orders(rng, plan, copies)
    names = tuple(copies)
    zone = plan.changes.time_zone
    return replace(
        plan,
        conversations=replace(
            plan.conversations,
            acts=acts,
            orders=orders,
            copies=names,
            time_zone=zone,
            lease_seconds=LEASE_SECONDS,
        ),
        events=replace(plan.events, acts=acts, orders=orders, copies=names, time_zone=zone),
        changes=replace(plan.changes, acts=acts, orders=orders, copies=copies),
    )


def draw_outages(rng: random.Random) -> Iterator[Act]:
    """Draw two dependencies that are away, one after the other."""
    for name in rng.sample(sorted(OUTAGES), 2):
        yield Act(APART_AT, f"{name} away", text=rng.choice(OUTAGES[name].ways))


def join_acts(rng: random.Random, plan: JoinedPlan, copies: Mapping[str, str]) -> Iterator[Act]:
    """Yield some of what is done in the plans, to all that the pipelines share and to its own."""
    found = [*plan.conversations.acts, *plan.events.acts, *plan.changes.acts]
    allowed = [act for act in found if act.what not in NOT_JOINED]
    chosen = rng.sample(allowed, min(MOST_ACTS, len(allowed)))
    has_lasting = False
    for act in sorted(chosen, key=lambda act: act.at):
        if LASTING in act.text:
            if has_lasting:
                continue
            has_lasting = True
        copy = act.copy
        if copy and copy not in copies:
            copy = rng.choice(list(copies))
        # All pipelines of a service have one user.
        text = act.text.replace(f"for {READER}", f"for {USER.upper()}")
        yield replace(act, copy=copy, text=text)


def join_orders(
    rng: random.Random, plan: JoinedPlan, copies: Mapping[str, str]
) -> dict[str, tuple[Order, ...]]:
    """Return what the copies do to themselves, of the orders of all plans."""
    found: list[Order] = []
    for part in parts_of(plan):
        for orders in (part.orders or {}).values():
            found += orders
    rng.shuffle(found)
    dealt: dict[str, tuple[Order, ...]] = {}
    for place, copy in enumerate(copies):
        dealt[copy] = tuple(found[place :: len(copies)][:MOST_ORDERS])
    return dealt


def parts_of(plan: JoinedPlan) -> tuple[Plan, EventPlan, ChangesPlan]:
    return plan.conversations, plan.events, plan.changes
