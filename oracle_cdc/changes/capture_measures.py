"""What the check of captured tables shows as metrics."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from oracle_cdc.changes.capture.findings import find_unseen
from oracle_cdc.watching.metrics import gauge, labelled

if TYPE_CHECKING:
    from prometheus_client.core import Metric

    from oracle_cdc.changes.capture.minute_check import Watch
    from oracle_cdc.watching.metrics import Source


class CaptureMeasures:
    """Yields what the last check found, nothing before the first."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch

    def sources(self) -> list[Source]:
        """Return what yields them, in their order."""
        return [self.checked]

    def checked(self) -> Iterator[Metric]:
        if self.watch.latest is None:
            return
        looks = self.watch.latest.looks
        partly = sum(1 for look in looks if find_unseen(look))
        yield labelled(
            "change_tables",
            "Captured tables, by whether their triggers can be seen in whole or in part",
            "seen",
            {"whole": len(looks) - partly, "part": partly},
        )
        yield gauge(
            "change_findings",
            "What a person must put right in captured tables, at the last check",
            len(self.watch.findings),
        )
