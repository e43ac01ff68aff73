"""Marks in the place of what is personal, and nothing else of a text changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from oracle_cdc.redaction.finding import Finder
from oracle_cdc.redaction.kinds import Finding, Kind, Line
from oracle_cdc.redaction.phones import Phones


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
        self.finder = Finder(Phones(region))

    def mark(self, lines: Sequence[Line]) -> Marked:
        """Mark what is found, until nothing more is: so marked texts stay as they are."""
        counts: Counter[Kind] = Counter()
        current = list(lines)
        while True:
            found = [each for each in self.finder.find(current) if each.kind in self.kinds]
            if not found:
                return Marked(tuple(line.text for line in current), dict(counts))
            for finding in found:
                counts[finding.kind] += 1
            current = put_marks(current, found)

    def mark_text(self, text: str) -> Marked:
        """Mark what is found in one text."""
        return self.mark([Line("", text)])


def put_marks(lines: Sequence[Line], found: Sequence[Finding]) -> list[Line]:
    """Return lines with marks in the place of what was found, from the last place to the first."""
    places: list[tuple[int, int, int, str]] = []
    for finding in found:
        for span in finding.spans:
            places.append((*span, finding.kind.mark))
    texts = [line.text for line in lines]
    upper = (len(lines), 0)
    for line, start, end, mark in sorted(places, reverse=True):
        if (line, end) > upper:
            # Two findings share characters: the one behind them has its mark already.
            end = upper[1]
        texts[line] = texts[line][:start] + mark + texts[line][end:]
        upper = (line, start)
    return [line._replace(text=text) for line, text in zip(lines, texts, strict=True)]
