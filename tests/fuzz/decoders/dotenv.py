""".env: NAME=value lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from oracle_cdc.settings.environment import read_env_file
from tests.documents import ROOT
from tests.fuzz.decoders import Take

WORDS = (b"export ", b"${", b"\\u", b"\\N{", b"='", b'="', b"\r", b"\x00", b"\xef\xbb\xbf")


def seeds() -> Sequence[bytes]:
    example = (ROOT / ".env.example").read_bytes()
    found = [
        b"A='b\\'c'\nexport B=\"\\x41\\u0041\\n\"\nC=${A}\n",
        b"A\n=b\nB = c # d\n'E'=f\n",
    ]
    for start in range(0, len(example), 1500):
        found.append(example[start : start + 1500])
    return found


@contextmanager
def opened() -> Iterator[Take]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / ".env"

        def take(data: bytes) -> None:
            file.write_bytes(data)
            source = read_env_file(file)
            assert all(".env" in mistake for mistake in source.mistakes)

        yield take
