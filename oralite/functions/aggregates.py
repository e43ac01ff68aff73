"""Aggregates that SQLite has not, or has only for its own numbers.

All serve as window functions too.

Sums are exact: ints and Decimals of far more digits than a NUMBER has, so that a row can be taken
out again.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable
from decimal import Decimal

from oralite.errors import OraError
from oralite.formats.digits import EXACT
from oralite.functions.function import Aggregate, Number
from oralite.functions.numeric import negate
from oralite.functions.text import MAX_TEXT_BYTES
from oralite.functions.types import BINARY_DOUBLE, NUMBER, VARCHAR2
from oralite.functions.window_aggregates import Count, Distinct, DoubleAverage, DoubleTotal, Known
from oralite.values import decode_number, encode_number


class Total:
    """SUM. NULLs are passed over. Of NULLs alone it is NULL."""

    def __init__(self) -> None:
        self.count = 0
        self.total: Number = 0

    def step(self, value: bytes | None) -> None:
        if value is not None:
            self.count += 1
            self.total = _plus(self.total, decode_number(value))

    def inverse(self, value: bytes | None) -> None:
        if value is not None:
            self.count -= 1
            self.total = _plus(self.total, negate(decode_number(value)))

    def value(self) -> bytes | None:
        if self.count:
            return encode_number(self.total)
        return None

    def final(self) -> bytes | None:
        return self.value()


def _plus(one: Number, other: Number) -> Number:
    if isinstance(one, int) and isinstance(other, int):
        return one + other
    return EXACT.add(Decimal(one), other)


class Average(Total):
    """AVG."""

    def value(self) -> bytes | None:
        if self.count:
            return encode_number(EXACT.divide(Decimal(self.total), self.count))
        return None


class Spread(Total):
    """VARIANCE: the sample's. 0 for a single row."""

    def __init__(self) -> None:
        super().__init__()
        self.squares: Number = 0

    def step(self, value: bytes | None) -> None:
        super().step(value)
        if value is not None:
            self.squares = _plus(self.squares, _square(decode_number(value)))

    def inverse(self, value: bytes | None) -> None:
        super().inverse(value)
        if value is not None:
            self.squares = _plus(self.squares, negate(_square(decode_number(value))))

    def value(self) -> bytes | None:
        spread = self.spread()
        if spread is None:
            return None
        return encode_number(spread)

    def spread(self) -> Decimal | None:
        if self.count == 1:
            return Decimal(0)
        return self.variance(self.count - 1)

    def variance(self, divisor: int) -> Decimal | None:
        if self.count == 0 or divisor < 1:
            return None
        mean_square = EXACT.divide(EXACT.multiply(Decimal(self.total), self.total), self.count)
        return EXACT.divide(
            max(Decimal(0), EXACT.subtract(Decimal(self.squares), mean_square)), divisor
        )


def _square(number: Number) -> Number:
    if isinstance(number, Decimal):
        return EXACT.multiply(number, number)
    return number * number


class SampleSpread(Spread):
    """VAR_SAMP: NULL for a single row."""

    def spread(self) -> Decimal | None:
        return self.variance(self.count - 1)


class PopulationSpread(Spread):
    """VAR_POP."""

    def spread(self) -> Decimal | None:
        return self.variance(self.count)


class _Root:
    """What makes a standard deviation of a variance."""

    def __init__(self, variance: Callable[[], Spread]) -> None:
        self.variance = variance()
        self.step = self.variance.step
        self.inverse = self.variance.inverse

    def value(self) -> bytes | None:
        spread = self.variance.spread()
        if spread is None:
            return None
        return encode_number(EXACT.sqrt(spread))

    def final(self) -> bytes | None:
        return self.value()


class Median:
    """MEDIAN: the middle one, or the mean of the middle two."""

    def __init__(self) -> None:
        self.numbers: list[Number] = []

    def step(self, value: bytes | None) -> None:
        if value is not None:
            insort(self.numbers, decode_number(value))

    def inverse(self, value: bytes | None) -> None:
        if value is not None:
            del self.numbers[bisect_left(self.numbers, decode_number(value))]

    def value(self) -> bytes | None:
        if not self.numbers:
            return None
        middle, even = len(self.numbers) // 2, len(self.numbers) % 2 == 0
        if not even:
            return encode_number(self.numbers[middle])
        return encode_number(
            EXACT.divide(Decimal(_plus(self.numbers[middle - 1], self.numbers[middle])), 2)
        )

    def final(self) -> bytes | None:
        return self.value()


class TextList:
    """LISTAGG over rows that come in their order. Raises ORA-01489 beyond 4000 bytes."""

    def __init__(self) -> None:
        self.texts: deque[str] = deque()
        self.separator = ""

    def step(self, value: str | None, separator: str | None = None) -> None:
        if value is not None:
            self.texts.append(value)
            self.separator = separator or ""

    def inverse(self, value: str | None, _separator: str | None = None) -> None:
        if value is not None:
            self.texts.popleft()

    def value(self) -> str | None:
        return self.join(self.texts)

    def final(self) -> str | None:
        return self.value()

    def join(self, texts: deque[str] | list[str]) -> str | None:
        joined = self.separator.join(texts)
        if len(joined) * 4 > MAX_TEXT_BYTES and len(joined.encode()) > MAX_TEXT_BYTES:
            raise OraError(1489, "result of string concatenation is too long")
        return joined or None


class DistinctTextList(TextList):
    """LISTAGG(DISTINCT ...)."""

    def value(self) -> str | None:
        return self.join(list(dict.fromkeys(self.texts)))


def _numeric(name: str, factory: Callable[[], object]) -> Aggregate:
    return Aggregate(name, factory, (NUMBER,), NUMBER)


AGGREGATES = {
    aggregate.name: aggregate
    for aggregate in (
        _numeric("SUM", Total),
        _numeric("AVG", Average),
        _numeric("MEDIAN", Median),
        _numeric("VARIANCE", Spread),
        _numeric("VAR_SAMP", SampleSpread),
        _numeric("VAR_POP", PopulationSpread),
        _numeric("STDDEV", lambda: _Root(Spread)),
        _numeric("STDDEV_SAMP", lambda: _Root(SampleSpread)),
        _numeric("STDDEV_POP", lambda: _Root(PopulationSpread)),
        Aggregate("ORA$SUM_DOUBLE", DoubleTotal, (BINARY_DOUBLE,), BINARY_DOUBLE),
        Aggregate("ORA$AVG_DOUBLE", DoubleAverage, (BINARY_DOUBLE,), BINARY_DOUBLE),
        Aggregate("LISTAGG", TextList, (VARCHAR2, VARCHAR2), VARCHAR2),
        Aggregate("ORA$LISTAGG_DISTINCT", DistinctTextList, (VARCHAR2, VARCHAR2), VARCHAR2),
        Aggregate("ORA$COUNT_DISTINCT", lambda: Distinct(Count), (None,), NUMBER),
        Aggregate("ORA$FIRST_VALUE_KNOWN", lambda: Known(0), (None,), VARCHAR2),
        Aggregate("ORA$LAST_VALUE_KNOWN", lambda: Known(-1), (None,), VARCHAR2),
        _numeric("ORA$SUM_DISTINCT", lambda: Distinct(Total)),
        _numeric("ORA$AVG_DISTINCT", lambda: Distinct(Average)),
    )
}
