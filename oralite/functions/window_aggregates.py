"""Aggregates that keep the values of their window: each once, those that are known, floats that are
added anew.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from typing import Any

from oralite.model import Value
from oralite.values import decode_double, encode_double, encode_number


class Distinct:
    """Each value once, for windows: SQLite has DISTINCT in aggregates over groups alone."""

    def __init__(self, factory: Callable[[], Any]) -> None:
        self.inner = factory()
        self.counts: Counter[Value] = Counter()

    def step(self, value: Value) -> None:
        self.counts[value] += 1
        if self.counts[value] == 1:
            self.inner.step(value)

    def inverse(self, value: Value) -> None:
        self.counts[value] -= 1
        if not self.counts[value]:
            self.inner.inverse(value)

    def value(self) -> Value:
        found: Value = self.inner.value()
        return found

    def final(self) -> Value:
        return self.value()


class Known:
    """FIRST_VALUE and LAST_VALUE with IGNORE NULLS."""

    def __init__(self, place: int) -> None:
        self.place = place
        self.values: deque[Value] = deque()

    def step(self, value: Value) -> None:
        if value is not None:
            self.values.append(value)

    def inverse(self, value: Value) -> None:
        if value is not None:
            self.values.popleft()

    def value(self) -> Value:
        if self.values:
            return self.values[self.place]
        return None

    def final(self) -> Value:
        return self.value()


class Count:
    """COUNT of what is not NULL."""

    def __init__(self) -> None:
        self.count = 0

    def step(self, value: Value) -> None:
        self.count += value is not None

    def inverse(self, value: Value) -> None:
        self.count -= value is not None

    def value(self) -> bytes:
        return encode_number(self.count)


class DoubleTotal:
    """SUM of BINARY_DOUBLEs, as IEEE adds them.

    A window works it out anew for each row, since no row can be taken out of a float exactly.
    """

    def __init__(self) -> None:
        self.numbers: deque[float] = deque()

    def step(self, value: bytes | None) -> None:
        if value is not None:
            self.numbers.append(decode_double(value))

    def inverse(self, value: bytes | None) -> None:
        if value is not None:
            self.numbers.popleft()

    def value(self) -> bytes | None:
        if self.numbers:
            return encode_double(self.total())
        return None

    def total(self) -> float:
        total = 0.0
        for number in self.numbers:
            total += number
        return total

    def final(self) -> bytes | None:
        return self.value()


class DoubleAverage(DoubleTotal):
    """AVG of BINARY_DOUBLEs."""

    def total(self) -> float:
        return super().total() / len(self.numbers)
