"""A round's plan, drawn from its seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.chaos.plans.conversations import Turns, converse, read_transcripts
from tests.chaos.plans.hardships import HARDSHIPS
from tests.chaos.plans.plan import (
    LEASE_SECONDS,
    TROUBLE_SECONDS,
    Act,
    Deposit,
    Order,
    Plan,
    QueueFaults,
    Utterance,
)

SHIFT_SHARE = 0.45
#: Rows that come later than the window looks back: the database's clock jumps while their transactions are open.
LATE_OVERLAP_MINUTES = 5
LATE_JUMP_AT = 1.0
LATE_JUMP_SECONDS = 3000.0
#: History is there before anything else is recorded.
HISTORY_AT = -1.0
HISTORY_DAYS = 30
HISTORY_MARGIN_SECONDS = 86_400.0

STATEMENTS = (
    *("find_work", "insert_claim", "update_claim", "fetch_segments", "renew_lease", "seal_claim"),
    *(
        "settle_sent",
        "settle_unsent",
        "write_log",
        "record_cycle",
        "release_claims",
        "begin_coverage",
    ),
    *("find_answered", "insert_summary", "update_summary", "mark_summarized", "set_aside"),
    *("commit of insert_claim", "commit of update_claim", "commit of write_log"),
)
REQUESTS = ("SendMessageBatch", "ReceiveMessage", "DeleteMessageBatch")
POINTS = tuple(
    f"{when} {name}" for name in (*STATEMENTS, *REQUESTS * 3) for when in ("before", "after")
)
#: Where a kill or a pause hurts most: an answer is here that is written nowhere.
SORE_POINTS = (
    *(
        "after SendMessageBatch",
        "before SendMessageBatch",
        "before settle_sent",
        "after seal_claim",
    ),
    *(
        "before seal_claim",
        "after fetch_segments",
        "before DeleteMessageBatch",
        "after ReceiveMessage",
    ),
    *("before record_cycle", "before insert_summary"),
)
#: The same for results.
RESULT_POINTS = (
    *(
        "after ReceiveMessage",
        "before insert_summary",
        "after update_summary",
        "before commit of write_log",
    ),
    *("after commit of write_log", "before DeleteMessageBatch", "after DeleteMessageBatch"),
)
ORACLE_FAULTS = (
    "drop before execute {n}",
    "drop after execute {n}",
    "drop before commit {n}",
    "drop after commit {n}",
    "drop on fetch {n}",
    "delay 0.3 on execute {n} times 3",
    "error 1653 on execute {n}",
    "error 60 on execute {n}",
    "error 8177 on execute {n}",
    "error 1555 on execute {n}",
    "error 30006 on execute {n}",
    "error 3113 after commit {n}",
    "error 4031 on execute {n}",
    'drop after execute when "UPDATE CDC_PROCESSED_CALLS" times 2',
    'drop after execute when "INSERT INTO CDC_PROCESSED_CALLS" times 2',
    'drop after execute when "UPDATE CDC_PROCESSING_STATUS" times 2',
    'error 1653 on execute when "INSERT INTO DICTA_CALL_SUMMARY" times 2',
    "hang on execute {n} times 1",
    "freeze on execute {n} times 1",
    "refuse logins error 12514 times 4",
    "drop on call chance 0.05 seed {n}",
)


@dataclass
class Draft:
    """Where the drawing of a plan has come."""

    rng: random.Random
    kind: str
    transcripts: Sequence[Turns] = field(default_factory=list)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share


#: Kind of round -> weight.
KINDS = {
    "mixed": 8,
    "kills": 4,
    "frozen": 3,
    "late": 3,
    "answers": 3,
    "talking": 2,
    "outage": 2,
    "downtime": 2,
    "crowded": 2,
    "history": 2,
    "poisoned": 4,
    "faulty": 4,
    "unreadable": 3,
    "one way": 2,
    "erring": 2,
    "limited": 2,
    "renamed": 2,
    "wrapped": 2,
    "edited": 2,
    "purged": 2,
    "endless": 2,
    "stalled": 2,
    "held": 2,
}


def draw(seed: int, transcripts: Path | None = None, kind: str | None = None) -> Plan:
    """The plan of a seed: the same each time."""
    rng = random.Random(f"chaos {seed}")
    chosen = rng.choices(list(KINDS), list(KINDS.values()))[0]
    draft = Draft(rng, kind or chosen, read_transcripts(transcripts) if transcripts else [])
    overlap = LATE_OVERLAP_MINUTES if draft.kind == "late" else rng.choice((10, 60, 120))
    copies = ("A", "B") if draft.kind == "frozen" or draft.chance(0.4) else ("A",)
    down = (0.7, 1.5) if draft.kind == "downtime" else None
    is_fifo = draft.chance(0.3)
    plan = Plan(
        seed=seed,
        kind=draft.kind,
        copies=copies,
        fifo=is_fifo,
        is_shared=not is_fifo and draft.chance(0.15),
        overlap_minutes=overlap,
        settings=draw_settings(draft, overlap),
        time_zone=rng.choice(("UTC", "America/New_York", "Asia/Jerusalem")),
        deposits=draw_deposits(draft, overlap, down),
        orders=draw_orders(draft, copies),
        acts=draw_acts(draft, copies, overlap),
        queue_faults=draw_queue_faults(draft),
        freeze_seconds=LEASE_SECONDS + rng.uniform(0.2, 1.2)
        if draft.chance(0.7)
        else rng.uniform(0.3, 2),
        restart_seconds=rng.uniform(0, 0.4),
        down=down,
        reply_late=0.6 if draft.kind == "answers" else 0.3,
        invented=0.3 if draft.kind == "answers" else 0.0,
    )
    plan = replace(plan, refused_calls=draw_refused(draft, plan))
    return HARDSHIPS[draft.kind](rng, plan) if draft.kind in HARDSHIPS else plan


def draw_settings(draft: Draft, overlap: int) -> dict[str, str]:
    rng = draft.rng
    batch = 4 if draft.kind == "crowded" else rng.choice((3, 8, 50))
    return {
        "CDC_NORMAL_MODE_MINUTES": str(overlap),
        "CDC_WINDOW_SLICE_MINUTES": str(rng.choice((5, 60))),
        "CDC_MAX_BATCH_SIZE": str(batch),
        "CDC_MAX_BATCH_BYTES": str(rng.choice((20_000, 67_108_864))),
        "CDC_MAX_CONCURRENT_CALLS": str(rng.choice((1, 4))),
        "CDC_SETTLE_SECONDS": "1.0" if draft.kind == "talking" else rng.choice(("0", "0", "0.5")),
        "CDC_RESULTS_BATCH_SIZE": str(rng.choice((10, 100))),
        "CDC_RECONCILE_HOURS": "2"
        if draft.kind == "late" or (draft.kind == "mixed" and draft.chance(0.5))
        else "0",
        "CDC_RECONCILE_INTERVAL_MINUTES": "0.01",
        "CDC_RECONCILE_PAUSE_SECONDS": "0.05",
        **(draw_history_settings(draft) if draft.kind == "history" else {}),
    }


def draw_history_settings(draft: Draft) -> dict[str, str]:
    return {
        "CDC_HISTORICAL_MODE_ENABLED": "true",
        "CDC_HISTORICAL_START_DATE": "2000-01-01",
        "CDC_HISTORICAL_BATCH_SIZE": str(draft.rng.choice((3, 50))),
        "CDC_HISTORICAL_CALLS_PER_SECOND": draft.rng.choice(("0", "20")),
    }


def draw_deposits(
    draft: Draft, overlap: int, down: tuple[float, float] | None
) -> tuple[Deposit, ...]:
    """Calls of two to thirty turns, each in one to four transactions that other calls share, in no order."""
    rng = draft.rng
    count = rng.randint(40, 60) if draft.kind == "crowded" else rng.randint(15, 35)
    pieces: list[tuple[float, list[Utterance]]] = []
    for number in range(count):
        pieces += draw_call(draft, number, overlap)
    pieces.sort(key=lambda piece: piece[0])
    deposits = list(draw_history(draft)) if draft.kind == "history" else []
    while pieces:
        together = rng.choice((1, 1, 2, 4))
        taken, pieces = pieces[:together], pieces[together:]
        at = max(piece[0] for piece in taken)
        utterances = [utterance for _, piece in taken for utterance in piece]
        rng.shuffle(utterances)
        deposits.append(Deposit(at, draw_open_seconds(draft, at, down), tuple(utterances)))
    return tuple(deposits)


def draw_history(draft: Draft) -> Iterator[Deposit]:
    """A month with calls on a few of its days."""
    rng = draft.rng
    for number in range(rng.randint(8, 20)):
        age = rng.uniform(HISTORY_MARGIN_SECONDS, HISTORY_DAYS * 86_400)
        turns = converse(rng, draft.transcripts)
        rows = [
            Utterance(str(5000 + number), "B7", None, who, said, age - place)
            for place, (who, said) in enumerate(turns)
        ]
        yield Deposit(HISTORY_AT, 0.0, tuple(rows))


def draw_open_seconds(draft: Draft, at: float, down: tuple[float, float] | None) -> float:
    """A few transactions stay open for a while; none over a downtime, in which days may pass."""
    if not draft.chance(0.4 if draft.kind == "late" else 0.15) or (down and at < down[1]):
        return 0.0
    return draft.rng.uniform(0.3, 1.3)


def draw_call(draft: Draft, number: int, overlap: int) -> list[tuple[float, list[Utterance]]]:
    """One call in pieces: when each is inserted, and its rows."""
    rng = draft.rng
    # 20 digits: a float would not hold them.
    call_id = str(
        rng.randint(10**19, 10**20 - 1) // 1000 * 1000 + number
        if draft.chance(0.3)
        else 1000 + number
    )
    ban, line = (
        f"B{rng.randint(1000, 9999)}",
        rng.choice((None, f"05{rng.randint(10**7, 10**8 - 1)}")),
    )
    turns = converse(rng, draft.transcripts)
    if draft.chance(0.12):
        turns = [turn for turn in turns if turn[0] == turns[0][0]]
    if draft.chance(0.06):
        turns = turns[:1]
    is_live = draft.kind == "talking" or draft.chance(0.2)
    oldest = (
        0.0 if is_live else rng.choice((rng.uniform(0, 30), rng.uniform(0, overlap * 60 * 0.4)))
    )
    gap = 0.0 if is_live else rng.choice((0.0, 0.25, 2.0))
    rows = [
        Utterance(
            call_id, ban, line, who, said, oldest + (len(turns) - place) * gap + rng.random() / 1000
        )
        for place, (who, said) in enumerate(turns)
    ]
    return [late(draft, at, piece) for at, piece in cut(draft, rows, is_live)]


def late(draft: Draft, at: float, piece: list[Utterance]) -> tuple[float, list[Utterance]]:
    """After the jump, some rows come almost as late as the jump is long."""
    if draft.kind != "late" or at < LATE_JUMP_AT + 0.3 or draft.chance(0.5):
        return at, piece
    age = draft.rng.uniform(0, LATE_JUMP_SECONDS * 0.9)
    return at, [replace(utterance, age_seconds=utterance.age_seconds + age) for utterance in piece]


def cut(draft: Draft, rows: list[Utterance], is_live: bool) -> list[tuple[float, list[Utterance]]]:
    rng = draft.rng
    parts = min(
        len(rows), 8 if is_live and draft.kind == "talking" else rng.choice((1, 1, 2, 3, 4))
    )
    start = rng.uniform(0, TROUBLE_SECONDS * 0.8)
    step = 0.25 if is_live else rng.uniform(0.05, 0.6)
    if not is_live and draft.chance(0.4):
        rng.shuffle(rows)
    size = -(-len(rows) // parts)
    return [
        (start + step * index, rows[index * size : (index + 1) * size]) for index in range(parts)
    ]


def draw_orders(draft: Draft, copies: tuple[str, ...]) -> dict[str, tuple[Order, ...]]:
    """For each copy what its first starts do to themselves."""
    rng = draft.rng
    if draft.kind in ("talking", "crowded"):
        return {}
    most = {"kills": 3, "answers": 3, "frozen": 1}.get(draft.kind, 2)
    orders = {
        copy: tuple(draw_order(draft) for _ in range(rng.randint(0, most))) for copy in copies
    }
    if draft.kind == "frozen":
        orders["A"] = (Order("after SendMessageBatch", rng.randint(1, 2), "freeze"),)
    return orders


def draw_order(draft: Draft) -> Order:
    rng = draft.rng
    points = SORE_POINTS if draft.chance(0.5) else POINTS
    if draft.kind == "answers":
        points = RESULT_POINTS
    return Order(rng.choice(points), rng.randint(1, 4), "freeze" if draft.chance(0.2) else "kill")


def draw_acts(draft: Draft, copies: tuple[str, ...], overlap: int) -> tuple[Act, ...]:
    rng = draft.rng
    moments = sorted(rng.uniform(0.1, TROUBLE_SECONDS) for _ in range(8))
    acts: list[Act] = []
    if draft.kind == "downtime":
        acts += [Act(0.7, "kill", copy=copy) for copy in copies]
        acts += [Act(at, "clock", seconds=86_400) for at in (0.9, 1.1, 1.3)]
    if draft.kind == "late":
        acts += [Act(LATE_JUMP_AT, "clock", seconds=LATE_JUMP_SECONDS)]
        acts += [Act(moments[5], "kill", copy=copy) for copy in copies if draft.chance(0.5)]
    if draft.kind == "outage":
        acts += [
            Act(moments[3], rng.choice(("restart", "crash")), seconds=rng.choice((0.2, 0.8, 3.5)))
        ]
    if draft.kind in ("mixed", "outage", "frozen"):
        acts += [Act(at, "oracle", draw_oracle_fault(rng)) for at in moments[: rng.randint(0, 4)]]
    if draft.kind in ("mixed", "kills"):
        whats = rng.choices(("kill", "stop", "freeze"), (4, 1, 1), k=rng.randint(0, 2))
        acts += [Act(rng.choice(moments), what, copy=rng.choice(copies)) for what in whats]
    if draft.kind in ("mixed", "kills") and draft.chance(SHIFT_SHARE):
        acts.append(Act(moments[-2], "clock", seconds=rng.choice((-6.0, overlap * 60 * 0.4))))
    return tuple(sorted(acts, key=lambda act: act.at))


def draw_oracle_fault(rng: random.Random) -> str:
    parts = [
        part.format(n=rng.randint(1, 30)) + " for CDC"
        for part in rng.sample(ORACLE_FAULTS, rng.randint(1, 2))
    ]
    return "; ".join(parts)


def draw_queue_faults(draft: Draft) -> QueueFaults:
    rng = draft.rng
    if draft.kind == "talking" or draft.chance(0.25):
        return QueueFaults()
    chances = (0.0, 0.0, 0.05, 0.25)
    return QueueFaults(
        throttle=rng.choice(chances),
        broken=rng.choice(chances),
        cut_before=rng.choice(chances),
        cut_after=rng.choice(chances),
        failed_entry=rng.choice(chances),
        twice=rng.choice((0.0, 0.3)),
        shuffle=draft.chance(0.6),
        slow=rng.choice((0.0, 0.0, 0.04)),
    )


def draw_refused(draft: Draft, plan: Plan) -> tuple[str, ...]:
    """Calls whose messages SQS refuses for good."""
    call_ids = sorted(
        {utterance.call_id for deposit in plan.deposits for utterance in deposit.utterances}
    )
    return (
        tuple(draft.rng.sample(call_ids, 1)) if plan.kind == "mixed" and draft.chance(0.2) else ()
    )
