"""Names the partition that a lake can't read: its code alone says neither which day nor where."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sync_monitor.errors import LakeUnusable
from sync_monitor.model import Sync


@contextmanager
def of_partition(sync: Sync, key: str) -> Iterator[None]:
    """Turn what the lake can't do inside the block into an error that names the partition."""
    try:
        yield
    except LakeUnusable as error:
        text = f"{error.text}, {sync.partition_column}={key}"
        raise LakeUnusable(error.state_code, text) from error
