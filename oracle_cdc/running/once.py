"""What can be made only when it is first needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Made = TypeVar("Made")


class Once(Generic[Made]):
    """Makes something at its first use and keeps it.

    Where making it fails, the next use tries again.
    """

    def __init__(self, make: Callable[[], Made]) -> None:
        self.make = make
        self.made: Made | None = None

    def get(self) -> Made:
        """Return it. Raises what making it raises."""
        if self.made is None:
            self.made = self.make()
        return self.made

    def forget(self) -> None:
        """Have it made anew at the next use."""
        self.made = None
