"""What goes wrong in each kind of round of events."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from tests.chaos.events.plan import TABLE_OF_DATES, EventPlan
from tests.chaos.plans.acts import TROUBLE_SECONDS, Act, copy_acts, moments, oracle_acts
from tests.chaos.plans.plan import Order

READER = "READER"
#: The points of the service where it can be killed, or where something else is done to it.
STEPS = ("look", "read", "read_others", "send", "save", "begin", "set_aside")
SORE_POINTS = ("after send", "before save", "after save", "before send", "after set_aside")
#: Longer than an answer is waited for, and shorter.
SPANS = (0.2, 0.5, 1.2, 2.0)
#: Draws what happens to Oracle.
source_acts = partial(oracle_acts, user=READER, spans=SPANS, most=20)
CLOCK_BACK_SECONDS = 3600.0
#: Beyond the overlap of a minute.
JUMP_SECONDS = 100.0
#: Longer than any round.
NEVER_SECONDS = 3600.0
#: After the last commit, and a look at it.
ALL_WRITTEN_AT = TROUBLE_SECONDS + 3.0
MOST_MESSAGES = 40
#: How far a person sets the watermark back.
BACK = (("back", 1.5), ("back", 10.0), ("back", 3000.0))


def stream_acts(rng: random.Random, count: int) -> Iterator[Act]:
    """Draw what happens to NATS."""
    for at in moments(rng, count):
        how = rng.choice(("crash", "freeze", "cut", "deaf", "shut", "swallow"))
        yield Act(at, f"nats {how}", seconds=rng.choice(SPANS))


def store_acts(rng: random.Random, count: int) -> Iterator[Act]:
    """Draw what happens to MariaDB."""
    for at in moments(rng, count):
        how = rng.choice(("crash", "freeze", "cut", "deaf", "shut", "swallow"))
        yield Act(at, f"mariadb {how}", seconds=rng.choice(SPANS))


def draw_orders(rng: random.Random, most: int) -> tuple[Order, ...]:
    """Draw what the first starts of a copy do to themselves."""
    orders = []
    for _ in range(rng.randint(1, most)):
        point = f"{rng.choice(('before', 'after'))} {rng.choice(STEPS)}"
        if rng.random() < 0.6:
            point = rng.choice(SORE_POINTS)
        orders.append(Order(point, rng.randint(1, 6), rng.choice(("kill", "kill", "freeze"))))
    return tuple(orders)


def kills(rng: random.Random, plan: EventPlan) -> EventPlan:
    """Kill the service where it hurts, and from outside."""
    acts = tuple(copy_acts(rng, rng.randint(0, 2), plan.copies))
    return replace(plan, orders={"A": draw_orders(rng, 3)}, acts=acts)


def behind(rng: random.Random, plan: EventPlan) -> EventPlan:
    """Kill the service again and again when it has seen that rows came late."""
    orders = []
    for _ in range(4):
        point = rng.choice(("before read_others", "after read_others", "before send"))
        orders.append(Order(point, rng.randint(1, 3), "kill"))
    return replace(plan, orders={"A": tuple(orders)})


def stream(rng: random.Random, plan: EventPlan) -> EventPlan:
    """Kill, freeze and cut NATS, also right after it got messages."""
    how = rng.choice(("crash", "cut", "freeze"))
    order = Order(f"{rng.choice(('before', 'after'))} send", rng.randint(1, 4), f"nats {how}")
    return replace(plan, orders={"A": (order,)}, acts=tuple(stream_acts(rng, rng.randint(1, 3))))


def store(rng: random.Random, plan: EventPlan) -> EventPlan:
    """Kill, freeze and cut MariaDB, also between the answers of NATS and the save."""
    how = rng.choice(("crash", "cut", "swallow"))
    point = rng.choice(("after send", "before save", "after save"))
    order = Order(point, rng.randint(1, 5), f"mariadb {how}")
    return replace(plan, orders={"A": (order,)}, acts=tuple(store_acts(rng, rng.randint(1, 3))))


def source(rng: random.Random, plan: EventPlan) -> EventPlan:
    """Kill, freeze and cut Oracle, and let it answer with errors."""
    return replace(plan, acts=tuple(source_acts(rng, rng.randint(1, 4))))


def mixed(rng: random.Random, plan: EventPlan) -> EventPlan:
    """Let anything go wrong, and several things at once."""
    acts = [
        *stream_acts(rng, rng.randint(0, 2)),
        *store_acts(rng, rng.randint(0, 2)),
        *source_acts(rng, rng.randint(0, 2)),
        *copy_acts(rng, rng.randint(0, 2), plan.copies),
    ]
    orders = {"A": draw_orders(rng, 2)}
    return replace(plan, acts=tuple(sorted(acts, key=lambda act: act.at)), orders=orders)


def full(rng: random.Random, plan: EventPlan) -> EventPlan:
    """Let the stream be full at first, and a consumer empty it now and then."""
    acts = [Act(at, "stream empty") for at in moments(rng, 3)]
    acts += copy_acts(rng, rng.randint(0, 1), plan.copies)
    return replace(plan, acts=tuple(acts), most_messages=MOST_MESSAGES)


def moved(rng: random.Random, plan: EventPlan) -> EventPlan:
    """Let a person set the watermark back, or ahead."""
    acts = []
    for at in moments(rng, rng.randint(1, 2)):
        how, seconds = rng.choice((*BACK, ("ahead", 1.5)))
        acts.append(Act(at + 0.8, f"person {how}", seconds=seconds))
    acts += copy_acts(rng, rng.randint(0, 1), plan.copies)
    return replace(plan, acts=tuple(acts))


def paused(rng: random.Random, plan: EventPlan) -> EventPlan:
    """Let a person pause the program for a while."""
    acts = [Act(rng.uniform(0.3, 1.0), "person pause", seconds=3.5)]
    acts += copy_acts(rng, rng.randint(0, 1), plan.copies)
    return replace(plan, acts=tuple(acts))


def stolen(rng: random.Random, plan: EventPlan) -> EventPlan:
    """Let somebody else have the lock for a while, after the service's session was ended."""
    return replace(plan, acts=(Act(rng.uniform(0.3, 1.5), "lock steal", seconds=3.5),))


def standby(rng: random.Random, plan: EventPlan) -> EventPlan:
    """Let a second copy stand by, and kill either, or end the session that has the lock."""
    plan = replace(plan, copies=("A", "B"))
    draw = rng.random()
    if draw < 0.25:
        # Nothing goes wrong: the second one must not work.
        return plan
    if draw < 0.5:
        # The first one never comes back: the second must take over.
        acts = (Act(rng.uniform(0.5, 2.5), "service kill", copy="A"),)
        return replace(plan, acts=acts, restart_seconds=NEVER_SECONDS)
    killed = list(copy_acts(rng, rng.randint(1, 3), ("A", "B")))
    if rng.random() < 0.4:
        killed.append(Act(rng.uniform(0.5, 2.5), "mariadb cut"))
    return replace(plan, acts=tuple(killed))


def shares(rng: random.Random, plan: EventPlan) -> EventPlan:
    """Let two copies have a share each, and kill either."""
    acts = tuple(copy_acts(rng, rng.randint(0, 2), ("A", "B")))
    return replace(plan, copies=("A", "B"), has_shares=True, acts=acts)


def clock(rng: random.Random, plan: EventPlan) -> EventPlan:
    """Set Oracle's clock back by an hour, or a little, and forth again when all is written."""
    seconds = rng.choice((CLOCK_BACK_SECONDS, 2.0))
    back = Act(rng.uniform(0.6, 2.0), "oracle clock", seconds=-seconds)
    forth = Act(ALL_WRITTEN_AT, "oracle clock", seconds=seconds)
    settings = {**plan.settings, "PUBLISHER_SLICE_SECONDS": "10"}
    return replace(plan, acts=(back, forth), settings=settings)


def late(rng: random.Random, plan: EventPlan) -> EventPlan:
    """Let transactions be committed later than each cycle looks back: the clock jumps meanwhile.

    The sweep looks at once when the service has been started again.
    """
    jump = Act(1.0, "oracle clock", seconds=JUMP_SECONDS)
    again = Act(ALL_WRITTEN_AT, "service kill", copy="A")
    settings = {
        **plan.settings,
        "PUBLISHER_OVERLAP_MINUTES": "1",
        "PUBLISHER_SLICE_SECONDS": "10",
    }
    return replace(plan, acts=(jump, again), settings=settings)


def ties(rng: random.Random, plan: EventPlan) -> EventPlan:
    """Let many rows have one time, a whole second, and batches and cycles end among them."""
    settings = {
        **plan.settings,
        "PUBLISHER_BATCH_SIZE": rng.choice(("5", "25")),
        "PUBLISHER_MAX_RECORDS_PER_RUN": rng.choice(("10", "60")),
        "PUBLISHER_SLICE_SECONDS": rng.choice(("1", "2")),
    }
    table = rng.choice((plan.table, TABLE_OF_DATES))
    orders = {}
    if rng.random() < 0.5:
        orders = {"A": draw_orders(rng, 2)}
    return replace(plan, settings=settings, table=table, orders=orders)


def large(rng: random.Random, plan: EventPlan) -> EventPlan:
    """Let many rows be too large for NATS, and cut what is on its way."""
    return replace(plan, acts=tuple(stream_acts(rng, rng.randint(0, 1))))


def cluster(rng: random.Random, plan: EventPlan) -> EventPlan:
    """Kill the leader of three servers."""
    acts = (Act(rng.uniform(0.5, 2.0), "leader crash", seconds=rng.choice((0.5, 2.0))),)
    return replace(plan, servers=3, acts=acts)


HARDSHIPS: Mapping[str, Callable[[random.Random, EventPlan], EventPlan]] = {
    "kills": kills,
    "behind": behind,
    "stream": stream,
    "store": store,
    "source": source,
    "mixed": mixed,
    "full": full,
    "moved": moved,
    "paused": paused,
    "stolen": stolen,
    "standby": standby,
    "shares": shares,
    "clock": clock,
    "late": late,
    "ties": ties,
    "large": large,
    "cluster": cluster,
}
