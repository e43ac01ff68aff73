"""One side of a partition, as `drill` asks for its rows: the same statements for every engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sync_monitor.rows.canonical import Expressions
from sync_monitor.rows.drill import Leaf, Tally
from sync_monitor.rows.statements import Rows, read_leaves, sum_buckets

#: Returns the rows of a statement. Raises what its engine's edge raises.
Ask = Callable[[str], Sequence[tuple[Any, ...]]]


class AskedSide:
    """The rows of a partition, of Oracle or of the lake."""

    def __init__(self, ask: Ask, rows: Rows, texts: Expressions) -> None:
        self.ask = ask
        self.rows = rows
        self.texts = texts

    def buckets(self, width: int) -> Mapping[str, Tally]:
        """Return the buckets that have rows."""
        found: dict[str, Tally] = {}
        for name, count, total in self.ask(sum_buckets(self.rows, self.texts, width)):
            found[name] = Tally(int(count), int(total))
        return found

    def leaves(self, width: int, buckets: Sequence[str]) -> list[Leaf]:
        """Return the rows of some buckets."""
        statement = read_leaves(self.rows, self.texts, width, buckets)
        return [Leaf(*row) for row in self.ask(statement)]
