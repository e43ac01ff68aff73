"""Marks in the place of what is personal, and nothing else of a text changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from oracle_cdc.redaction.finding import Finder
from oracle_cdc.redaction.kinds import Finding, Kind, Line
from oracle_cdc.redaction.phones import Phones

#: Where a mark is put, from one character to another, and which.
Place = tuple[int, int, str]


@dataclass(frozen=True)
class Marked:
    """Texts with marks, and how much was found of each kind."""

    texts: tuple[str, ...]
    counts: Mapping[Kind, int]


class Marker:
    """Puts marks into texts. Equal texts become equal texts.

    Parameters:
        kinds: what is marked.
        region: whose phone numbers are written without their country.
    """

    def __init__(self, kinds: Iterable[Kind], region: str) -> None:
        self.kinds = frozenset(kinds)
        self.finder = Finder(Phones(region), self.kinds)

    def mark(self, lines: Sequence[Line]) -> Marked:
        """Mark what is found, until nothing more is: so marked texts stay as they are."""
        counts: Counter[Kind] = Counter()
        current = list(lines)
        while True:
            found = self.finder.find(current)
            if not found:
                return Marked(tuple(line.text for line in current), dict(counts))
            for finding in found:
                counts[finding.kind] += 1
            current = put_marks(current, found)

    def mark_text(self, text: str) -> Marked:
        """Mark what is found in one text."""
        return self.mark([Line("", text)])


def put_marks(lines: Sequence[Line], found: Sequence[Finding]) -> list[Line]:
    """Return lines with marks in the place of what was found."""
    places: dict[int, list[Place]] = {}
    for finding in found:
        for line, start, end in finding.spans:
            places.setdefault(line, []).append((start, end, finding.kind.mark))
    marked = list(lines)
    for number, of_line in places.items():
        marked[number] = lines[number]._replace(text=put_into(lines[number].text, of_line))
    return marked


def put_into(text: str, places: Iterable[Place]) -> str:
    """Return a text with marks. Nothing that any place has stays, also where two overlap."""
    parts: list[str] = []
    read_to = 0
    for start, end, mark in sorted(places):
        parts += (text[read_to:start], mark)
        read_to = max(read_to, end)
    return "".join([*parts, text[read_to:]])
