"""What row changes show as metrics, see watching/metrics.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from prometheus_client.core import Metric

from oracle_cdc.changes.counters import CYCLES, LAG
from oracle_cdc.changes.outbound.shipping import Counts
from oracle_cdc.running.progress import Progress
from oracle_cdc.watching.metrics import (
    Source,
    counter,
    counters,
    counters_of_pairs,
    gauge,
    labelled,
)


class Measures:
    """Yields the metrics.

    Parameters:
        redactions: how much was replaced, by its kind.
        rows: how many rows wait, by their tables, as far as they were counted.
    """

    def __init__(
        self,
        progress: Progress,
        counts: Counts,
        redactions: Mapping[str, int],
        rows: Callable[[], Mapping[str, float]],
    ) -> None:
        self.progress = progress
        self.counts = counts
        self.redactions = redactions
        self.rows = rows

    def sources(self) -> list[Source]:
        """Return what yields them, in their order."""
        return [self.done, self.waiting, self.replaced]

    def done(self) -> Iterator[Metric]:
        values: dict[tuple[str, str], float] = {}
        for outcome, counted in (
            ("shipped", self.counts.shipped),
            ("dead_letter", self.counts.dead),
            ("not_published", self.counts.skipped),
        ):
            for table, count in dict(counted).items():
                values[table, outcome] = count
        yield counters_of_pairs(
            "changes",
            "Changes by their table and what became of them",
            ("table", "outcome"),
            values,
        )
        yield counter("change_rounds", "Rounds over all lanes", self.progress.counts[CYCLES])

    def waiting(self) -> Iterator[Metric]:
        yield labelled(
            "change_rows_held",
            "Rows at the front of a change table that stayed at its last visit",
            "table",
            dict(self.counts.held_back),
        )
        yield labelled(
            "change_rows_waiting", "Rows of a change table, counted seldom", "table", self.rows()
        )
        yield labelled(
            "change_age_seconds",
            "How long the first change of a table waits, at the last look",
            "table",
            dict(self.counts.ages),
        )
        if (lag := self.progress.age(LAG).seconds()) is not None:
            yield gauge("changes_lag_seconds", "How long the oldest change of all waits", lag)

    def replaced(self) -> Iterator[Metric]:
        yield counters(
            "change_redactions",
            "What was replaced in changes before they left, by its kind",
            "kind",
            dict(self.redactions),
        )
