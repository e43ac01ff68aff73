"""The source in memory does what every source does."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from tests.relay.doubles import MemorySource
from tests.relay.source_contract import SourceContract


class MemorySite:
    """A source in memory, whose rows all have times."""

    batch_size = 20

    def __init__(self) -> None:
        self.source = MemorySource(self.batch_size)

    def commit(self, rows: Sequence[tuple[str, float]]) -> None:
        for key, seconds in rows:
            self.source.commit(key, seconds)

    def begin(self, rows: Sequence[tuple[str, float]]) -> Callable[[], None]:
        return lambda: self.commit(rows)

    def commit_without_time(self, key: str) -> None:
        return None


class TestMemorySource(SourceContract):
    @pytest.fixture
    def site(self) -> MemorySite:
        return MemorySite()
