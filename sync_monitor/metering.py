"""What a look asks of both sides, counted as it is asked."""

from __future__ import annotations

from dataclasses import dataclass, field

from sync_monitor.verdicts import Cost


@dataclass
class Meter:
    """Counts statements, and the rows that came back."""

    statements: int = 0
    rows: int = 0

    def count(self, rows: int) -> None:
        """Count a statement, and the rows that it brought."""
        self.statements += 1
        self.rows += rows


@dataclass
class Meters:
    """What a look asked of both sides."""

    oracle: Meter = field(default_factory=Meter)
    lake: Meter = field(default_factory=Meter)

    @property
    def cost(self) -> Cost:
        """Return what it cost."""
        return Cost(self.oracle.statements, self.oracle.rows, self.lake.statements, self.lake.rows)
