"""Who reads a view of the dictionary, and what there is to see at that moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from oralite.catalog.catalog import Catalog
from oralite.catalog.definitions import Sequence


def moment(text: str) -> datetime | None:
    """Return a moment of the catalog, None where there was none."""
    if text:
        return datetime.fromisoformat(text)
    return None


class ShownSession(Protocol):
    """One session as V$SESSION shows it. client: what its client says of itself."""

    @property
    def number(self) -> int: ...

    @property
    def user(self) -> str: ...

    @property
    def schema(self) -> str: ...

    @property
    def is_killed(self) -> bool: ...

    @property
    def client(self) -> Mapping[str, str]: ...


@dataclass(frozen=True)
class ServerFacts:
    """What the server knows of itself.

    counts: its statistics by name. next_number: what a sequence gives next.
    """

    version: str
    charset: str
    started: datetime
    counts: Callable[[], Mapping[str, int]]
    sessions: Callable[[], Iterable[ShownSession]]
    next_number: Callable[[Sequence], int]


@dataclass(frozen=True)
class Viewer:
    """Who reads a view, and what there is to see.

    number: of its session. parameters: those of NLS_SESSION_PARAMETERS.
    """

    user: str
    schema: str
    number: int
    catalog: Catalog
    parameters: Mapping[str, str]
    server: ServerFacts
