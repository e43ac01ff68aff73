"""What JSON allows and no setting may: a key that is there twice, of which the last would win."""

from __future__ import annotations


def keys_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return the pairs of an object of JSON as a dictionary. Raises ValueError for a second key."""
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"each key once, not {key[:60]} twice")
        found[key] = value
    return found
