"""What goes wrong in each kind of round of row changes."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from tests.chaos.changes.plan import CANARY, SERVICE_USER, ChangesPlan, Weather
from tests.chaos.changes.skies import HOWS
from tests.chaos.changes.tables import ORDERS, TABLES
from tests.chaos.plans.acts import Act, copy_acts, moments, oracle_acts
from tests.chaos.plans.plan import Order

#: The points of the service where it can be killed or frozen, by its pipelines.
STEPS = {
    "changes": ("read lane", "ship", "delete"),
    "processor": ("read shard", "publish", "checkpoint", "end shard", "take", "renew"),
}
SORE_POINTS = {
    "changes": ("after ship", "before delete", "after delete", "before ship"),
    "processor": ("after publish", "before checkpoint", "after checkpoint", "before publish"),
}
SPANS = (0.2, 0.6, 1.5)
#: Draws what happens to Oracle.
source_acts = partial(oracle_acts, user=SERVICE_USER, spans=SPANS, most=30)
SERVICES = ("kinesis", "events", "dynamodb", "queue")
#: Records that are no changes, with what no log may show.
FOREIGN = (
    f"{{{CANARY}",
    f'"{CANARY}"',
    f'{{"table": "{CANARY}", "operation": "NO", "keys": 1}}',
    f"\udcff\udcfe {CANARY}",
)


def down_acts(rng: random.Random, count: int, services: Sequence[str]) -> Iterator[Act]:
    """Draw outages of AWS's services."""
    for at in moments(rng, count):
        what = f"{rng.choice(services)} down"
        yield Act(at, what, seconds=rng.choice(SPANS), text=rng.choice(HOWS))


def shard_acts(rng: random.Random, count: int) -> Iterator[Act]:
    """Draw splits and merges."""
    for at in moments(rng, count):
        yield Act(at, rng.choice(("shards split", "shards merge")))


def draw_weather(rng: random.Random, most: float) -> Weather:
    """Draw shares of faults that happen now and then."""
    return Weather(*(rng.uniform(0, most) for _ in range(3)), rng.uniform(0, most / 3), most)


def draw_orders(
    rng: random.Random, plan: ChangesPlan, most: int
) -> Mapping[str, tuple[Order, ...]]:
    """Draw what the first starts of each copy do to themselves."""
    orders = {}
    for copy, pipelines in plan.copies.items():
        drawn = []
        for _ in range(rng.randint(0, most)):
            pipeline = rng.choice(pipelines.split(","))
            point = f"{rng.choice(('before', 'after'))} {rng.choice(STEPS[pipeline])}"
            if rng.random() < 0.6:
                point = rng.choice(SORE_POINTS[pipeline])
            what = rng.choice(("kill", "kill", "freeze"))
            drawn.append(Order(point, rng.randint(1, 12), what))
        orders[copy] = tuple(drawn)
    return orders


def in_order(*acts: Act) -> tuple[Act, ...]:
    return tuple(sorted(acts, key=lambda act: act.at))


def kills(rng: random.Random, plan: ChangesPlan) -> ChangesPlan:
    """Kill the service where it hurts, and from outside."""
    acts = in_order(*copy_acts(rng, rng.randint(0, 3), list(plan.copies)))
    return replace(plan, orders=draw_orders(rng, plan, 4), acts=acts)


def stream(rng: random.Random, plan: ChangesPlan) -> ChangesPlan:
    """Let records fail one by one, and requests as a whole, and answers be lost."""
    acts = in_order(*down_acts(rng, rng.randint(0, 2), ("kinesis",)))
    return replace(plan, weather=draw_weather(rng, 0.15), acts=acts)


def bus(rng: random.Random, plan: ChangesPlan) -> ChangesPlan:
    """Let events fail one by one, and requests as a whole, and answers be lost."""
    acts = in_order(*down_acts(rng, rng.randint(1, 3), ("events",)))
    return replace(plan, weather=draw_weather(rng, 0.15), acts=acts)


def leases(rng: random.Random, plan: ChangesPlan) -> ChangesPlan:
    """Freeze who has leases, and let their table be down, while others take them."""
    copies = {"A": "changes,processor", "B": "processor", "C": "processor"}
    plan = replace(plan, copies=copies, shards=rng.choice((2, 4)))
    acts = [Act(at, "service freeze", copy=rng.choice(list(copies))) for at in moments(rng, 2)]
    acts += down_acts(rng, rng.randint(0, 2), ("dynamodb",))
    if rng.random() < 0.5:
        acts.append(Act(0.1, "reads stale"))
    return replace(plan, acts=in_order(*acts), freeze_seconds=rng.uniform(2.0, 5.0))


def source(rng: random.Random, plan: ChangesPlan) -> ChangesPlan:
    """Kill, freeze and cut Oracle, and let it answer with errors."""
    return replace(plan, acts=in_order(*source_acts(rng, rng.randint(1, 4))))


def reshard(rng: random.Random, plan: ChangesPlan) -> ChangesPlan:
    """Split and merge shards, also twice and such as are empty, and kill meanwhile."""
    acts = [*shard_acts(rng, rng.randint(2, 6))]
    acts += copy_acts(rng, rng.randint(0, 2), list(plan.copies))
    acts += down_acts(rng, rng.randint(0, 1), ("events", "dynamodb"))
    return replace(plan, acts=in_order(*acts), shards=rng.choice((1, 2, 4)))


def letters(rng: random.Random, plan: ChangesPlan) -> ChangesPlan:
    """Let much be what can't be published, and the queue of dead letters be down."""
    acts = [*down_acts(rng, rng.randint(1, 2), ("queue",))]
    acts += copy_acts(rng, rng.randint(0, 1), list(plan.copies))
    acts.append(Act(rng.uniform(0.2, 2.0), "foreign put"))
    return replace(plan, acts=in_order(*acts), foreign=FOREIGN)


def copies(rng: random.Random, plan: ChangesPlan) -> ChangesPlan:
    """Let three copies work, two of them on the same lanes, and kill and freeze them."""
    whole = "changes,processor"
    plan = replace(plan, copies={"A": whole, "B": whole, "C": rng.choice((whole, "processor"))})
    acts = [*copy_acts(rng, rng.randint(1, 4), list(plan.copies))]
    acts += source_acts(rng, rng.choice((0, 0, 1)))
    return replace(plan, orders=draw_orders(rng, plan, 2), acts=in_order(*acts))


def reset(rng: random.Random, plan: ChangesPlan) -> ChangesPlan:
    """Let a person set the checkpoints back while the service runs."""
    acts = [Act(at, "person reset") for at in moments(rng, rng.randint(1, 2))]
    acts += copy_acts(rng, rng.randint(0, 1), list(plan.copies))
    return replace(plan, acts=in_order(*acts))


def paused(rng: random.Random, plan: ChangesPlan) -> ChangesPlan:
    """Let a person pause a table for a while."""
    table = rng.choice(list(TABLES))
    acts = [Act(rng.uniform(0.3, 1.0), "table pause", seconds=3.0, text=table)]
    acts += copy_acts(rng, rng.randint(0, 1), list(plan.copies))
    return replace(plan, acts=in_order(*acts))


def widened(rng: random.Random, plan: ChangesPlan) -> ChangesPlan:
    """Let a table get a column more, which is captured from then on."""
    acts = [Act(rng.uniform(0.2, 0.8), "person widens", text=ORDERS.name)]
    acts += copy_acts(rng, rng.randint(0, 1), list(plan.copies))
    return replace(plan, acts=in_order(*acts), trouble_seconds=5.0)


def snapshots(rng: random.Random, plan: ChangesPlan) -> ChangesPlan:
    """Let persons have tables written down as they are, while they are changed."""
    acts = [
        Act(at, "person snapshot", text=rng.choice(list(TABLES)))
        for at in moments(rng, rng.randint(1, 3))
    ]
    acts += copy_acts(rng, rng.randint(0, 2), list(plan.copies))
    return replace(plan, acts=in_order(*acts))


def digits(rng: random.Random, plan: ChangesPlan) -> ChangesPlan:
    """Let sequence numbers get a digit more, and who reads them start again."""
    acts = in_order(*copy_acts(rng, rng.randint(1, 2), list(plan.copies)))
    return replace(plan, crosses_digits=True, shards=1, acts=acts)


def late(rng: random.Random, plan: ChangesPlan) -> ChangesPlan:
    """Let most transactions stay open, so that low numbers are committed late, and AWS be slow."""
    acts = in_order(*copy_acts(rng, rng.randint(0, 1), list(plan.copies)))
    return replace(plan, acts=acts, weather=Weather(delay_seconds=0.4))


def mixed(rng: random.Random, plan: ChangesPlan) -> ChangesPlan:
    """Let anything go wrong, and several things at once."""
    acts = [
        *down_acts(rng, rng.randint(0, 3), SERVICES),
        *source_acts(rng, rng.randint(0, 2)),
        *copy_acts(rng, rng.randint(0, 2), list(plan.copies)),
        *shard_acts(rng, rng.randint(0, 2)),
    ]
    for what in ("cloud freeze", "reads throttled", "reads stale", "reads expire", "person reset"):
        if rng.random() < 0.25:
            acts.append(Act(rng.uniform(0.2, 2.5), what, seconds=rng.choice(SPANS)))
    if rng.random() < 0.2:
        acts.append(Act(rng.uniform(0.2, 2.0), "person snapshot", text=rng.choice(list(TABLES))))
    return replace(
        plan,
        acts=in_order(*acts),
        orders=draw_orders(rng, plan, 2),
        weather=draw_weather(rng, rng.choice((0.0, 0.05, 0.1))),
        crosses_digits=rng.random() < 0.3,
    )


def raw(rng: random.Random, plan: ChangesPlan) -> ChangesPlan:
    """Let what is personal stand in the stream, so that the processor alone redacts it."""
    settings = {**plan.settings, "CHANGES_REDACT_BEFORE_STREAM": "false"}
    acts = [*down_acts(rng, rng.randint(0, 2), SERVICES)]
    acts += copy_acts(rng, rng.randint(0, 2), list(plan.copies))
    return replace(plan, settings=settings, acts=in_order(*acts))


def busless(rng: random.Random, plan: ChangesPlan) -> ChangesPlan:
    """Let there be no bus until a person makes it, and copies start again meanwhile."""
    acts = [Act(0.0, "bus gone", seconds=rng.uniform(2.0, 6.0))]
    acts += copy_acts(rng, rng.randint(0, 2), list(plan.copies))
    return replace(plan, orders=draw_orders(rng, plan, 2), acts=in_order(*acts))


HARDSHIPS: Mapping[str, Callable[[random.Random, ChangesPlan], ChangesPlan]] = {
    "kills": kills,
    "stream": stream,
    "bus": bus,
    "leases": leases,
    "source": source,
    "reshard": reshard,
    "letters": letters,
    "copies": copies,
    "reset": reset,
    "paused": paused,
    "widened": widened,
    "snapshots": snapshots,
    "digits": digits,
    "late": late,
    "raw": raw,
    "busless": busless,
    "mixed": mixed,
}
