"""Files of settings, as decoders are given them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.documents import ROOT
from tests.fuzz.decoders import Take

#: Of an example, of which the whole would be too long to be changed well.
PIECE_BYTES = 1500


def pieces(example: str) -> list[bytes]:
    """Return a file of the repository in pieces."""
    whole = (ROOT / example).read_bytes()
    return [whole[start : start + PIECE_BYTES] for start in range(0, len(whole), PIECE_BYTES)]


@contextmanager
def reading(name: str, read: Callable[[Path], Sequence[str]]) -> Iterator[Take]:
    """Have a file read that holds the bytes. Each mistake that is found names the file."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / name

        def take(data: bytes) -> None:
            file.write_bytes(data)
            assert all(name in mistake for mistake in read(file))

        yield take
