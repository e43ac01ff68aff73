"""Alert rules and the board of Grafana: they name what /metrics has, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from oracle_cdc.cli import make_parser
from sync_monitor.model import Severity
from tests.boards import Board, labels_in, names_in, rules
from tests.documents import ROOT
from tests.monitor.pageworld import page_of, short_stories

BOARD = Board("monitor-dashboard.json")
ALERTS = list(rules("monitor-alerts.yml"))
ASKED = [*BOARD.expressions(), *(rule["expr"] for rule in ALERTS)]
#: What Prometheus itself says of a scrape.
OF_PROMETHEUS = frozenset(("up", "job", "instance"))


@pytest.fixture(scope="module")
def scraped(tmp_path_factory: pytest.TempPathFactory) -> str:
    with page_of(tmp_path_factory.mktemp("history"), short_stories()) as page:
        return page.text("/metrics")


def metrics(scraped: str) -> set[str]:
    return set(re.findall(r"^# TYPE (\w+)", scraped, re.MULTILINE))


def test_every_metric_that_is_asked_for_is_there(scraped: str) -> None:
    assert names_in(ASKED, "sync_monitor_") <= metrics(scraped)


def test_the_board_shows_every_metric(scraped: str) -> None:
    ours = {name for name in metrics(scraped) if not name.endswith("_created")}
    assert ours - names_in(BOARD.expressions(), "sync_monitor_") == set()


def test_every_label_that_is_asked_for_is_there(scraped: str) -> None:
    has = set(re.findall(r'[{,](\w+)="', scraped)) | OF_PROMETHEUS | {"result"}
    assert labels_in(ASKED) <= has


def test_every_command_of_an_alert_is_accepted() -> None:
    commands: list[str] = []
    for rule in ALERTS:
        text = rule["annotations"]["description"].replace("{{ $labels.sync }}", "NAME")
        commands.extend(re.findall(r"`(monitor [^`]+)`", text))
    assert len(commands) >= 3
    for command in commands:
        make_parser().parse_args(command.split())


def test_each_state_is_on_the_board_and_each_but_ok_is_an_alert() -> None:
    on_board = set(re.findall(r'severity="(\w+)"', " ".join(BOARD.expressions())))
    alerting = set(re.findall(r'severity="(\w+)"', " ".join(rule["expr"] for rule in ALERTS)))
    states = {severity.value for severity in Severity}
    assert on_board == states
    assert alerting == states - {"OK"}


def test_every_alert_says_what_it_is_and_what_to_do() -> None:
    names = [rule["alert"] for rule in ALERTS]
    assert len(names) == len(set(names))
    for rule in ALERTS:
        assert rule["annotations"].keys() == {"summary", "description"}
        assert rule["labels"]["severity"] in ("critical", "warning")


def test_panels_lie_beside_each_other_and_ask_the_chosen_prometheus() -> None:
    assert BOARD.overlaps() == []
    assert BOARD.is_well_made()


def test_the_page_of_the_monitor_leads_to_both() -> None:
    page = (ROOT / "docs/monitor.md").read_text(encoding="utf-8")
    for name in ("monitor-alerts.yml", "monitor-dashboard.json"):
        assert f"(../deploy/{name})" in page
        assert Path(ROOT / "deploy" / name).is_file()
