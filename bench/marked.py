"""A corpus of labelled lines, and how much of it is found: precision and recall of each kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from oracle_cdc.redaction.finding import Finder
from oracle_cdc.redaction.kinds import Finding, Kind, Line, Span

CORPUS = Path(__file__).parents[1] / "tests" / "corpus" / "redaction.txt"
LABEL = re.compile(r"<(?P<kind>card|id|iban|phone|email)(?P<more>\+?)>(?P<text>.*?)</(?P=kind)\+?>")


@dataclass
class Conversation:
    """What is said, and what in it must be found."""

    lines: list[Line] = field(default_factory=list)
    labelled: list[Finding] = field(default_factory=list)


@dataclass
class Score:
    """How much of one kind is found, and the texts of what is missed and of what is found wrongly.

    Found is what is marked in all its parts, by its own kind.
    """

    labelled: int = 0
    found: int = 0
    marked: int = 0
    right: int = 0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.found / max(1, self.labelled)

    @property
    def precision(self) -> float:
        return self.right / max(1, self.marked)


def read_corpus(path: Path = CORPUS) -> list[Conversation]:
    """Read the labelled conversations of a file."""
    conversations: list[Conversation] = []
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        conversation = Conversation()
        for written in block.splitlines():
            if not written.startswith("#"):
                add_line(conversation, written)
        if conversation.lines:
            conversations.append(conversation)
    return conversations


def add_line(conversation: Conversation, written: str) -> None:
    """Add a line without its labels, and what they name."""
    speaker, _, labelled = written.partition("\t")
    number, text, read_to = len(conversation.lines), "", 0
    for label in LABEL.finditer(labelled):
        text += labelled[read_to : label.start()]
        span = Span(number, len(text), len(text) + len(label["text"]))
        text += label["text"]
        read_to = label.end()
        if label["more"]:
            kind, spans = conversation.labelled[-1]
            conversation.labelled[-1] = Finding(kind, (*spans, span))
        else:
            conversation.labelled.append(Finding(Kind(label["kind"]), (span,)))
    conversation.lines.append(Line(speaker, text + labelled[read_to:]))


def score(finder: Finder, conversations: Sequence[Conversation]) -> dict[Kind, Score]:
    """Return how much of each kind is found in conversations."""
    scores = {kind: Score() for kind in Kind}
    for conversation in conversations:
        found = finder.find(conversation.lines)
        for wanted in conversation.labelled:
            of_kind = scores[wanted.kind]
            of_kind.labelled += 1
            if is_covered(wanted, found, conversation.lines):
                of_kind.found += 1
            else:
                of_kind.missed.append(show(wanted, conversation.lines))
        for each in found:
            of_kind = scores[each.kind]
            of_kind.marked += 1
            if any(is_same(each, wanted) for wanted in conversation.labelled):
                of_kind.right += 1
            else:
                of_kind.wrong.append(show(each, conversation.lines))
    return scores


def is_covered(wanted: Finding, found: Sequence[Finding], lines: Sequence[Line]) -> bool:
    """Return whether each character that says something is marked, in every part."""
    covered: set[tuple[int, int]] = set()
    for each in found:
        if each.kind is wanted.kind:
            for span in each.spans:
                covered.update(places_of(span))
    for part in wanted.spans:
        text = lines[part.line].text
        for line, position in places_of(part):
            if text[position].isalnum() and (line, position) not in covered:
                return False
    return True


def places_of(span: Span) -> Iterator[tuple[int, int]]:
    """Yield line and position of each character."""
    for position in range(span.start, span.end):
        yield span.line, position


def is_same(found: Finding, wanted: Finding) -> bool:
    """Return whether what was found is what is labelled, or a part of it."""
    if found.kind is not wanted.kind:
        return False
    for span in found.spans:
        if not any(overlap(span, part) for part in wanted.spans):
            return False
    return True


def overlap(one: Span, other: Span) -> int:
    """Return how many characters two spans share."""
    if one.line != other.line:
        return 0
    return max(0, min(one.end, other.end) - max(one.start, other.start))


def show(finding: Finding, lines: Sequence[Line]) -> str:
    """Return what stands where something was found, or should have been."""
    return " | ".join(texts_of(finding, lines))


def texts_of(finding: Finding, lines: Sequence[Line]) -> Iterator[str]:
    for span in finding.spans:
        yield lines[span.line].text[span.start : span.end]
