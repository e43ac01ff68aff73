"""One pipeline's side of a round: what stands around it, who writes, and who sees what becomes."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.chaos.actors.depositing import Depositors
from tests.chaos.harness.disturbing import Disturbing


@dataclass(frozen=True)
class Look:
    """What is seen of a pipeline at a moment.

    Parameters:
        left: how much is not accounted for. It is at rest once nothing is.
        state: is another one as long as something stirs.
    """

    left: int
    state: Hashable


class Side(ABC):
    """What a round needs of a pipeline.

    Parameters:
        writers: who write what the pipeline carries.
        disturbance: carries out what is done to what it depends on.
        complaints: what went wrong with the round itself.
    """

    #: How long nothing may stir while something is left to do.
    still_seconds = math.inf

    writers: Depositors[Any]
    disturbance: Disturbing[Any]
    complaints: list[str]

    @property
    @abstractmethod
    def environment(self) -> Mapping[str, str]:
        """Return the variables by which the service finds all of it."""

    @abstractmethod
    def look(self) -> Look:
        """Look whether all is accounted for."""

    def begin(self) -> None:  # noqa: B027 - most have nothing to begin
        """Begin to watch, before the service starts."""

    def rested(self) -> None:  # noqa: B027
        """Look closer at the copies, while they still run."""

    def ended(self) -> None:  # noqa: B027
        """Look for the last time, when they have ended."""
