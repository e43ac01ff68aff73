"""How many of something, in words."""

from __future__ import annotations


def counted(number: int, noun: str, nouns: str = "") -> str:
    """Return a number with its noun: 1 call, 2 calls.

    Parameters:
        nouns: for another number than 1, where it is not the noun with an s: "calls are".
    """
    if number == 1:
        return f"1 {noun}"
    return f"{number} {nouns or f'{noun}s'}"
