"""What the watermark may pass, who may move it, and when nothing may be sent."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from tests.chaos.events.judge.encoding import id_of
from tests.chaos.events.judge.history import (
    History,
    Quiet,
    Sample,
    expected,
    seconds_of,
)
from tests.chaos.judge.history import TOLERANCE_SECONDS

#: From a person's pause to the end of what was under way.
UNDER_WAY_SECONDS = 2.0
#: The same for what was being written down.
WRITING_SECONDS = 0.3


def check_watermark(history: History) -> Iterator[str]:
    """Find watermarks beyond rows that were committed in time, and not accounted for."""
    if not history.rules.has_steady_clock:
        return
    accounted = accounted_at(history)
    watermarks, first_ends = first_seen(lowest_watermarks(history))
    for row in expected(history):
        if row.committed_at - row.at >= history.rules.settle_seconds:
            continue
        at = accounted.get(row.key, float("inf"))
        passed_at = first_ends[bisect_right(watermarks, row.at)]
        if at > passed_at + TOLERANCE_SECONDS:
            yield f"the watermark passed row {row.key}, which was accounted for later or never"


def first_seen(samples: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    """Return the watermarks in order, and beside each when one as late was seen first.

    Behind the last stands that none later was ever seen.
    """
    watermarks: list[float] = []
    first_ends = [float("inf")]
    for end, watermark in sorted(samples, key=lambda sample: sample[1], reverse=True):
        watermarks.append(watermark)
        first_ends.append(min(end, first_ends[-1]))
    return watermarks[::-1], first_ends[::-1]


def accounted_at(history: History) -> dict[str, float]:
    """Return when each row was stored or set aside."""
    keys = {id_of(row.key): row.key for row in history.rows}
    found: dict[str, float] = {row.key: row.at for row in history.asides}
    for message in history.stored:
        key = keys.get(message.id)
        if key is not None:
            found[key] = min(message.at, found.get(key, message.at))
    return found


def lowest_watermarks(history: History) -> list[tuple[float, float]]:
    """Return when each watermark was seen. With shares, the lowest of all at that time."""
    newest: dict[str, float] = {}
    found: list[tuple[float, float]] = []
    programs = {sample.program for sample in history.samples}
    for sample in history.samples:
        if sample.watermark is not None:
            newest[sample.program] = seconds_of(sample.watermark)
        if newest.keys() == programs:
            found.append((sample.end, min(newest.values())))
    return found


def check_clock(history: History) -> Iterator[str]:
    """Find watermarks beyond Oracle's clock."""
    ahead = history.rules.most_offset_seconds + TOLERANCE_SECONDS
    for sample in history.samples:
        if sample.floored is None or sample.watermark is None:
            continue
        if is_set_by_a_person(history, sample):
            continue
        beyond = seconds_of(sample.watermark) - sample.end - ahead
        if beyond > 0:
            yield f"LAST_SUCCESSFUL_TIME was {beyond:.2f} s beyond Oracle's clock"
            return


def is_set_by_a_person(history: History, sample: Sample) -> bool:
    """Return whether a watermark is what a person wrote."""
    return any(sample.floored == move.new for move in history.moves)


def check_quiet(history: History) -> Iterator[str]:
    """Find what was done while nobody might work."""
    for quiet in history.quiets:
        count = 0
        for sent in history.sent:
            if quiet.begin + UNDER_WAY_SECONDS < sent.at < quiet.end:
                count += 1
        if count:
            yield f"{quiet.why}: {count} messages were sent meanwhile"
        if len(watermarks_in(history, quiet)) > 1:
            yield f"{quiet.why}: the watermark moved meanwhile"


def watermarks_in(history: History, quiet: Quiet) -> set[object]:
    """Return the watermarks that stood there in a quiet stretch."""
    found: set[object] = set()
    for sample in history.samples:
        if quiet.begin + WRITING_SECONDS < sample.begin and sample.end < quiet.end:
            found.add((sample.floored, sample.exact))
    return found


def check_moves(history: History) -> Iterator[str]:
    """Find rows that were not sent again after a person had set the watermark back."""
    first_stored: dict[str, float] = {}
    for message in history.stored:
        first_stored.setdefault(message.id, message.at)
    for move in history.moves:
        if move.new > move.old:
            continue
        again = {sent.id for sent in history.sent if sent.at > move.at}
        missing = 0
        for row in expected(history):
            id = id_of(row.key)
            was_stored = first_stored.get(id, float("inf")) < move.at
            if was_stored and move.new <= row.values.created_at:
                missing += id not in again
        if missing:
            yield f"a person set the watermark back, and {missing} rows were not sent again"
