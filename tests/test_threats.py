"""The page of threats: each line says what stops it, by tests that there are, or what is left."""

from __future__ import annotations

import re

import pytest

from tests.documents import ROOT

PAGE = (ROOT / "docs/threats.md").read_text(encoding="utf-8")
TEST = re.compile(r"`((?:\w+/)*\w+\.py)::(\w+)`")


def threats() -> list[list[str]]:
    """Return the cells of each line of the tables with four columns."""
    found: list[list[str]] = []
    for line in PAGE.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 4 and not cells[0].startswith(("input", "---")):
            found.append(cells)
    return found


def test_each_threat_is_stopped_by_what_a_test_holds_or_is_said_to_be_left() -> None:
    assert len(threats()) > 40
    for source, threat, stops, left in threats():
        assert threat, source
        assert stops, threat
        is_nothing = stops.startswith("nothing")
        assert TEST.search(stops) or (is_nothing and left), threat
        assert not is_nothing or left, threat


@pytest.mark.parametrize(("file", "name"), sorted(set(TEST.findall(PAGE))))
def test_each_test_that_is_named_is_there(file: str, name: str) -> None:
    text = (ROOT / "tests" / file).read_text(encoding="utf-8")
    assert f"def {name}(" in text
