"""The parts of `check`: one that fails says why, and keeps no other from being asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from oracle_cdc.errors import FIRST_CODES, CdcError, ExitCode
from oracle_cdc.programs import Enabled
from oracle_cdc.running.terminal import complain, say

Result = TypeVar("Result")


@dataclass(frozen=True)
class Asked(Generic[Result]):
    """What a part of the check found, None where it failed, and the exit code for that."""

    found: Result | None
    code: ExitCode

    @property
    def passed(self) -> bool:
        return self.code is ExitCode.DONE


def ask(what: str, part: Callable[[], Result]) -> Asked[Result]:
    """Run a part of the check, and return what it found. Its error is printed.

    Parameters:
        what: names the part.
    """
    try:
        return Asked(part(), ExitCode.DONE)
    except CdcError as error:
        for line in str(error).split("\n"):
            complain(what, line.removeprefix(f"{what}: "))
        code = error.exit_code
        if code not in FIRST_CODES:
            code = ExitCode.FAILED
        return Asked(None, code)


def succeeds(what: str, part: Callable[[], None]) -> bool:
    """Run a part of the check, and return whether it passed. Its error is printed."""
    return ask(what, part).passed


def announce(pipeline: str, enabled: Enabled) -> None:
    """Say whose the next lines are, where there are several."""
    if len(enabled.settings) > 1:
        say(f"{pipeline}:")
