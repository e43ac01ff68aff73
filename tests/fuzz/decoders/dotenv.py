""".env: NAME=value lines."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager

from oracle_cdc.settings.environment import read_env_file
from tests.fuzz.decoders import Take
from tests.fuzz.files import pieces, reading

WORDS = (b"export ", b"${", b"\\u", b"\\N{", b"='", b'="', b"\r", b"\x00", b"\xef\xbb\xbf")


def seeds() -> Sequence[bytes]:
    return [
        b"A='b\\'c'\nexport B=\"\\x41\\u0041\\n\"\nC=${A}\n",
        b"A\n=b\nB = c # d\n'E'=f\n",
        *pieces(".env.example"),
    ]


def opened() -> AbstractContextManager[Take]:
    return reading(".env", lambda file: read_env_file(file).mistakes)
