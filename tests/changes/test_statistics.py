"""The statistics block of row changes, whose rounds are short."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pytest

from oracle_cdc.changes.counters import ChangeStatistics
from oracle_cdc.changes.outbound.shipping import Counts
from oracle_cdc.running.progress import Progress

TITLE = ChangeStatistics.title


def test_a_block_comes_once_a_minute_at_most(caplog: pytest.LogCaptureFixture) -> None:
    seconds = 0.0
    progress = Progress(clock=lambda: seconds)
    statistics = ChangeStatistics(progress, Counts(), Counter(), every_cycles=10)
    with caplog.at_level("INFO"):
        # Two minutes of rounds of half a second.
        for _ in range(240):
            seconds += 0.5
            statistics.cycle_done(datetime(2026, 1, 15))
    blocks = [each.message for each in caplog.records if each.message.startswith(TITLE)]
    assert len(blocks) == 2
    assert "Cycles completed: 120" in blocks[0]
