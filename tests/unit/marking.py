"""A marker of all kinds, and texts through it."""

from __future__ import annotations

from oracle_cdc.redaction.kinds import Kind, Line
from oracle_cdc.redaction.marking import Marker

MARKER = Marker(Kind, "IL")


def mark(*texts: str, marker: Marker = MARKER) -> tuple[str, ...]:
    """Return what one speaker says line by line, with marks."""
    return marker.mark([Line("C", text) for text in texts]).texts


def mark_one(text: str, marker: Marker = MARKER) -> str:
    """Return one text with marks."""
    return mark(text, marker=marker)[0]


def talk(*said: tuple[str, str]) -> tuple[str, ...]:
    """Return what several speakers say, with marks."""
    return MARKER.mark([Line(speaker, text) for speaker, text in said]).texts
