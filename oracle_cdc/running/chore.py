"""Chores: what is done beside the main loop, in steps short enough for its pauses."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """What one run of a chore did, and in how many seconds it wants the next one.

    Parameters:
        report: one line for the log, empty where there is nothing to say.
        waits_for: why there was nothing to do.
    """

    next_seconds: float
    report: str = ""
    level: int = logging.INFO
    waits_for: str = ""


class Chore(ABC):
    """Something to do again and again, one step at a time.

    Parameters:
        name: as the log says it.
        needs_queue: it sends, and waits while nothing can be sent.
    """

    name: str
    needs_queue: bool = False

    @abstractmethod
    def run_once(self) -> Result:
        """Do one step. Raises CdcError for what kept it from going on."""

    def end(self) -> None:  # noqa: B027 - most have nothing to end
        """End what is under way, once no step follows."""
