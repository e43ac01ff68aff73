"""How a share of the rows goes on where shares of another number had come.

The counts of the former shares can't be divided among the new ones. But where they add up to all
rows that a slice has, every row of it was handled, whichever share it belongs to now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from oracle_cdc.relay.cycle import Relay
from oracle_cdc.relay.position import Moved
from oracle_cdc.relay.seams import Source


@dataclass(frozen=True)
class Former:
    """What all shares of one number had handled together.

    Parameters:
        shares: as people write them, such as 1/2 and 2/2.
        watermark: the earliest of theirs.
        coverage: the earliest of theirs.
        tallies: rows that all of them handled, by the begin of their slice.
        programs: under which names they kept their progress.
    """

    shares: str
    watermark: datetime
    coverage: datetime
    tallies: Mapping[datetime, int] = field(default_factory=dict)
    programs: Sequence[str] = ()


def adopt(relay: Relay, whole: Source, former: Former, take_aside: Callable[[], object]) -> bool:
    """Let a relay go on where others had come, and return False where a person stops it.

    Slices whose rows they did not all handle are read again. Raises what the source or the store
    raise, also HeldElsewhere.

    Parameters:
        whole: reads the rows of all shares.
        take_aside: takes over what they set aside, which counts as handled.
    """
    position = relay.position
    try:
        position.begin()
        if position.reached.is_paused:
            return False
        take_aside()
        begin = max(relay.grid.begin(former.watermark - relay.rules.keep), former.coverage)
        slices = tuple(relay.grid.cut(begin, former.watermark))
        # This count comes first: a row that is committed before the next one must be in that.
        own_counts = relay.source.look(slices).counts
        counts = whole.look(slices).counts
        position.take_over(former.watermark, former.coverage)
        for slice, own_count, count in zip(slices, own_counts, counts, strict=True):
            if count == former.tallies.get(relay.grid.begin(slice.begin), 0):
                relay.handled.correct(slice, own_count)
        position.save()
    except Moved:
        return False
    return True
