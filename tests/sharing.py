"""What takes seconds to make: once for all test processes of a run, whichever needs it first."""

from __future__ import annotations

import os
import pickle
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

if sys.platform != "win32":
    import fcntl

Made = TypeVar("Made")


def make_once(places: pytest.TempPathFactory, name: str, make: Callable[[Path], Made]) -> Made:
    """Return what was made in a folder for all test processes, of whom the others wait for it."""
    home = places.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        home = home.parent
    return make_once_in(home, name, make)


def make_once_in(home: Path, name: str, make: Callable[[Path], Made]) -> Made:
    """Return what was made in a folder of a home, by whoever came first.

    It is made again where that failed.
    """
    kept = home / f"{name}.pickle"
    with locked(home / f"{name}.lock"):
        if not kept.exists():
            folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=home))
            kept.write_bytes(pickle.dumps(make(folder)))
    found: Made = pickle.loads(kept.read_bytes())
    return found


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait until nobody else has the lock of this file, and have it until the block ends."""
    with path.open("a") as file:
        if sys.platform != "win32":
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
