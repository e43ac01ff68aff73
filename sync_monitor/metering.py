"""What a look asks of a side, counted as it is asked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Meter:
    """Counts statements, and the rows that came back."""

    statements: int = 0
    rows: int = 0

    def count(self, rows: int) -> None:
        """Count a statement, and the rows that it brought."""
        self.statements += 1
        self.rows += rows
