"""Alert rules and the board of Grafana: they name what /metrics has, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sync_monitor.model import Severity
from tests.documents import ROOT
from tests.monitor.pageworld import page_of, short_stories

BOARD: Any = json.loads((ROOT / "deploy/monitor-dashboard.json").read_text(encoding="utf-8"))
ALERTS: Any = yaml.safe_load((ROOT / "deploy/monitor-alerts.yml").read_text(encoding="utf-8"))
#: What Prometheus itself says of a scrape.
OF_PROMETHEUS = frozenset(("up", "job", "instance"))


def rules() -> Iterator[Any]:
    for group in ALERTS["groups"]:
        yield from group["rules"]


def expressions() -> list[str]:
    """Return all that is asked of Prometheus, by the board's variables too."""
    found = [rule["expr"] for rule in rules()]
    for panel in BOARD["panels"]:
        found += [target["expr"] for target in panel["targets"]]
    for variable in BOARD["templating"]["list"]:
        if variable["type"] == "query":
            found.append(variable["query"])
    return found


@pytest.fixture(scope="module")
def scraped(tmp_path_factory: pytest.TempPathFactory) -> str:
    with page_of(tmp_path_factory.mktemp("history"), short_stories()) as page:
        return page.text("/metrics")


def metrics(scraped: str) -> set[str]:
    return set(re.findall(r"^# TYPE (\w+)", scraped, re.MULTILINE))


def test_every_metric_that_is_asked_for_is_there(scraped: str) -> None:
    named = set(re.findall(r"\bsync_monitor_\w+", " ".join(expressions())))
    assert named <= metrics(scraped)


def test_the_board_shows_every_metric(scraped: str) -> None:
    shown = " ".join(expressions())
    ours = {name for name in metrics(scraped) if not name.endswith("_created")}
    assert {name for name in ours if not re.search(rf"\b{name}\b", shown)} == set()


def test_every_label_that_is_asked_for_is_there(scraped: str) -> None:
    asked = " ".join(expressions())
    labels = set(re.findall(r'[{,](\w+)=~?"', asked))
    for group in re.findall(r"\bby \(([\w, ]+)\)", asked):
        labels |= set(group.split(", "))
    has = set(re.findall(r'[{,](\w+)="', scraped)) | OF_PROMETHEUS | {"result"}
    assert labels <= has


def test_each_state_is_on_the_board_and_each_but_ok_is_an_alert() -> None:
    on_board = set()
    for panel in BOARD["panels"]:
        for target in panel["targets"]:
            on_board |= set(re.findall(r'severity="(\w+)"', target["expr"]))
    alerting = set(re.findall(r'severity="(\w+)"', " ".join(rule["expr"] for rule in rules())))
    states = {severity.value for severity in Severity}
    assert on_board == states
    assert alerting == states - {"OK"}


def test_every_alert_says_what_it_is_and_what_to_do() -> None:
    names = [rule["alert"] for rule in rules()]
    assert len(names) == len(set(names))
    for rule in rules():
        assert rule["annotations"].keys() == {"summary", "description"}
        assert rule["labels"]["severity"] in ("critical", "warning")


def test_panels_lie_beside_each_other_and_ask_the_chosen_prometheus() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in BOARD["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                assert (x, y) not in taken, panel["title"]
                taken.add((x, y))
        assert panel["datasource"]["uid"] == "${datasource}"
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(BOARD["panels"])


def test_the_page_of_the_monitor_leads_to_both() -> None:
    page = (ROOT / "docs/monitor.md").read_text(encoding="utf-8")
    for name in ("monitor-alerts.yml", "monitor-dashboard.json"):
        assert f"(../deploy/{name})" in page
        assert Path(ROOT / "deploy" / name).is_file()
