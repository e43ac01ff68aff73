"""Steps of work in the foreground, which goes on once a failure has passed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from oracle_cdc.errors import CdcError
from oracle_cdc.running.repeats import RepeatLimiter
from oracle_cdc.running.retrying import Backoff


@dataclass(frozen=True)
class Steps:
    """Tries steps of one kind.

    Parameters:
        step: returns the seconds until the next one.
        may_pass: says whether to go on after a failure.
    """

    name: str
    step: Callable[[], float]
    may_pass: Callable[[CdcError], bool]
    backoff: Backoff
    repeats: RepeatLimiter
    logger: logging.Logger

    def run_one(self) -> float:
        """Take one step, and return the seconds until the next. Raises what will not pass."""
        try:
            seconds = self.step()
        except CdcError as error:
            if not self.may_pass(error):
                raise
            self.repeats.failure(self.name, self.logger, "%s", error)
            return self.backoff.next_wait()
        self.repeats.recovered(self.name)
        self.backoff.reset()
        return seconds
