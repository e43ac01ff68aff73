"""Boards of Grafana and alert rules of Prometheus, as deploy/ has them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

from tests.documents import ROOT


class Board:
    """A board, by its file in deploy/."""

    def __init__(self, name: str) -> None:
        self.content: Any = json.loads((ROOT / "deploy" / name).read_text(encoding="utf-8"))

    def panels(self) -> list[Any]:
        """Return the panels that show something, without the headings."""
        return [panel for panel in self.content["panels"] if panel["type"] != "row"]

    def expressions(self) -> list[str]:
        """Return all that is asked of Prometheus, by the board's variables too."""
        found = []
        for panel in self.panels():
            found += [target["expr"] for target in panel["targets"]]
        for variable in self.content["templating"]["list"]:
            if variable["type"] == "query":
                found.append(variable["query"])
        return found

    def overlaps(self) -> list[str]:
        """Return the titles of panels that lie over another, or over the right edge."""
        taken: set[tuple[int, int]] = set()
        found = []
        for panel in self.content["panels"]:
            place = panel["gridPos"]
            if place["x"] + place["w"] > 24:
                found.append(panel["title"])
            for x in range(place["x"], place["x"] + place["w"]):
                for y in range(place["y"], place["y"] + place["h"]):
                    if (x, y) in taken:
                        found.append(panel["title"])
                    taken.add((x, y))
        return found

    def is_well_made(self) -> bool:
        """Return whether ids are single, and every panel asks the chosen Prometheus."""
        numbers = {panel["id"] for panel in self.content["panels"]}
        sources = {panel["datasource"]["uid"] for panel in self.panels()}
        return len(numbers) == len(self.content["panels"]) and sources == {"${datasource}"}


def rules(name: str) -> Iterator[Any]:
    """Yield each alert rule of a file in deploy/."""
    content = yaml.safe_load((ROOT / "deploy" / name).read_text(encoding="utf-8"))
    for group in content["groups"]:
        yield from group["rules"]


def names_in(expressions: list[str], prefix: str) -> set[str]:
    """Return the metrics that expressions ask for, a histogram by its own name."""
    found = set()
    for name in re.findall(rf"\b{prefix}\w+", " ".join(expressions)):
        found.add(name.removesuffix("_bucket"))
    return found


def labels_in(expressions: list[str]) -> set[str]:
    """Return the labels that expressions choose by or put together by."""
    text = " ".join(expressions)
    found = set(re.findall(r'[{,](\w+)=~?"', text))
    for group in re.findall(r"\bby \(([\w, ]+)\)", text):
        found |= set(group.split(", "))
    return found
