"""One file for each decoder that foreign bytes reach.

Each has `seeds`, whole inputs to begin with, WORDS, which are worth trying, and `opened`, which
lends a function that takes bytes. That function returns, whatever the bytes are. What it raises is
a bug.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from importlib import import_module
from typing import Protocol, cast

Take = Callable[[bytes], None]

NAMES = (
    "results",
    "yaml",
    "dotenv",
    "settings",
    "records",
    "letters",
    "replies",
    "texts",
    "login",
    "session",
    "aws",
    "trino",
    "partitions",
    "parquet",
    "streams",
    "page",
    "health",
)


class Decoder(Protocol):
    """A module of this folder."""

    WORDS: Sequence[bytes]

    def seeds(self) -> Sequence[bytes]:
        """Return whole inputs to begin with."""

    def opened(self) -> AbstractContextManager[Take]:
        """Lend what takes bytes."""


def find_decoder(name: str) -> Decoder:
    """Return a decoder by its name."""
    return cast(Decoder, import_module(f"{__name__}.{name}"))
