"""The states that Python writes into the ledger.

docs/states.md draws every way from one to another.
"""

from __future__ import annotations

from enum import Enum


class CallState(str, Enum):
    """A call's STATE in the ledger."""

    OPEN = "OPEN"
    LEASED = "LEASED"
    SENT = "SENT"
    SUMMARIZED = "SUMMARIZED"
    FAILED = "FAILED"
    TOO_SHORT = "REJECTED_TOO_SHORT"
    MISSING_CHANNEL = "REJECTED_MISSING_CHANNEL"


CLAIMED = frozenset({CallState.OPEN.value, CallState.LEASED.value})
UNSENT = frozenset(
    {
        CallState.OPEN.value,
        CallState.FAILED.value,
        CallState.TOO_SHORT.value,
        CallState.MISSING_CHANNEL.value,
        None,
    }
)

#: Statement -> what it may be given as `:state`. None: back to what was accepted before.
BOUND_STATES: dict[str, frozenset[str | None]] = {
    "insert_claim": CLAIMED,
    "update_claim": CLAIMED,
    "settle_unsent": UNSENT,
}


def bound_state(statement: str, state: str | None) -> str | None:
    """Return the state that a statement is to write.

    Raises ValueError for one that it must not write.
    """
    if state not in BOUND_STATES[statement]:
        raise ValueError(f"{statement} must not make a call {state}: see docs/states.md")
    return state
