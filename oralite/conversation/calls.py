"""One request of a client, read to its end and ready to be carried out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Call:
    """A request of a client.

    kind: its name in faults.py.

    run carries it out and returns the answer. It may raise OraError.
    """

    kind: str
    run: Callable[[], bytes]
    sql: str = field(default="", repr=False)
    cursor_id: int = 0
