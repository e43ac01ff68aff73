"""The parts of `check`: one that fails says why, and keeps no other from being asked."""

from __future__ import annotations

from collections.abc import Callable

from oracle_cdc.errors import CdcError
from oracle_cdc.running.terminal import complain


def succeeds(what: str, part: Callable[[], None]) -> bool:
    """Run a part of the check, and return whether it passed. Its error is printed.

    Parameters:
        what: names the part.
    """
    try:
        part()
    except CdcError as error:
        complain(what, error)
        return False
    return True
