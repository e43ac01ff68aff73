"""The calls of a round: who says what, and in which transactions it is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.chaos.plans.conversations import converse
from tests.chaos.plans.draft import LATE_JUMP_AT, LATE_JUMP_SECONDS, Draft
from tests.chaos.plans.plan import TROUBLE_SECONDS, Deposit, Utterance

#: History is there before anything else is recorded.
HISTORY_AT = -1.0
HISTORY_DAYS = 30
HISTORY_MARGIN_SECONDS = 86_400.0

#: When something is inserted, and its rows.
Piece = tuple[float, list[Utterance]]


def draw_deposits(
    draft: Draft, overlap: int, down: tuple[float, float] | None
) -> tuple[Deposit, ...]:
    """Draw calls of two to thirty turns.

    Each is in one to four transactions that other calls share, in no order.
    """
    rng = draft.rng
    fewest, most = (15, 35)
    if draft.kind == "crowded":
        fewest, most = (40, 60)
    count = rng.randint(fewest, most)
    pieces: list[Piece] = []
    for number in range(count):
        pieces += draw_call(draft, number, overlap)
    pieces.sort(key=lambda piece: piece[0])
    deposits: list[Deposit] = []
    if draft.kind == "history":
        deposits += draw_history(draft)
    while pieces:
        together = rng.choice((1, 1, 2, 4))
        taken, pieces = pieces[:together], pieces[together:]
        at = taken[-1][0]
        utterances: list[Utterance] = []
        for _, piece in taken:
            utterances += piece
        rng.shuffle(utterances)
        deposits.append(Deposit(at, draw_open_seconds(draft, at, down), tuple(utterances)))
    return tuple(deposits)


def draw_history(draft: Draft) -> Iterator[Deposit]:
    """Draw a month with calls on a few of its days."""
    rng = draft.rng
    for number in range(rng.randint(8, 20)):
        age = rng.uniform(HISTORY_MARGIN_SECONDS, HISTORY_DAYS * 86_400)
        turns = converse(rng, draft.transcripts)
        rows: list[Utterance] = []
        for place, (who, said) in enumerate(turns):
            rows.append(Utterance(str(5000 + number), "B7", None, who, said, age - place))
        yield Deposit(HISTORY_AT, 0.0, tuple(rows))


def draw_open_seconds(draft: Draft, at: float, down: tuple[float, float] | None) -> float:
    """Let a few transactions stay open for a while.

    None does over a downtime, in which days may pass.
    """
    share = 0.15
    if draft.kind == "late":
        share = 0.4
    if not draft.chance(share) or (down and at < down[1]):
        return 0.0
    return draft.rng.uniform(0.3, 1.3)


def draw_call(draft: Draft, number: int, overlap: int) -> list[Piece]:
    """Draw one call in pieces: when each is inserted, and its rows."""
    rng = draft.rng
    call_id = draw_call_id(draft, number)
    ban = f"B{rng.randint(1000, 9999)}"
    line = rng.choice((None, f"05{rng.randint(10**7, 10**8 - 1)}"))
    turns = converse(rng, draft.transcripts)
    if draft.chance(0.12):
        turns = [turn for turn in turns if turn[0] == turns[0][0]]
    if draft.chance(0.06):
        turns = turns[:1]
    is_live = draft.kind == "talking" or draft.chance(0.2)
    oldest, gap = 0.0, 0.0
    if not is_live:
        oldest = rng.choice((rng.uniform(0, 30), rng.uniform(0, overlap * 60 * 0.4)))
        gap = rng.choice((0.0, 0.25, 2.0))
    rows: list[Utterance] = []
    for place, (who, said) in enumerate(turns):
        age = oldest + (len(turns) - place) * gap + rng.random() / 1000
        rows.append(Utterance(call_id, ban, line, who, said, age))
    return [late(draft, at, piece) for at, piece in cut(draft, rows, is_live=is_live)]


def draw_call_id(draft: Draft, number: int) -> str:
    """Draw an id, now and then one of 20 digits, which a float could not carry."""
    if draft.chance(0.3):
        return str(draft.rng.randint(10**19, 10**20 - 1) // 1000 * 1000 + number)
    return str(1000 + number)


def late(draft: Draft, at: float, piece: list[Utterance]) -> Piece:
    """Let some rows come, after the jump, almost as late as the jump is long."""
    if draft.kind != "late" or at < LATE_JUMP_AT + 0.3 or draft.chance(0.5):
        return at, piece
    age = draft.rng.uniform(0, LATE_JUMP_SECONDS * 0.9)
    return at, [replace(utterance, age_seconds=utterance.age_seconds + age) for utterance in piece]


def cut(draft: Draft, rows: list[Utterance], *, is_live: bool) -> list[Piece]:
    """Cut a call into pieces, and draw when each is inserted."""
    rng = draft.rng
    parts = 8
    if not (is_live and draft.kind == "talking"):
        parts = rng.choice((1, 1, 2, 3, 4))
    parts = min(len(rows), parts)
    start = rng.uniform(0, TROUBLE_SECONDS * 0.8)
    step = 0.25
    if not is_live:
        step = rng.uniform(0.05, 0.6)
    if not is_live and draft.chance(0.4):
        rng.shuffle(rows)
    size = -(-len(rows) // parts)
    pieces: list[Piece] = []
    for index in range(parts):
        pieces.append((start + step * index, rows[index * size : (index + 1) * size]))
    return pieces
