"""The clock that everything here reads."""

from __future__ import annotations

from collections.abc import Callable

#: Returns the seconds since 1970.
Clock = Callable[[], float]
