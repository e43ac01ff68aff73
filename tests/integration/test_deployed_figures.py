"""The rules and the board of the service name what /metrics has, and the page has all of it."""

from __future__ import annotations

import re

import pytest

from oracle_cdc.conversations.counters import LAG, RECONCILED
from oracle_cdc.conversations.figures import read_figures
from tests import documents, running
from tests.boards import Board, labels_in, names_in, rules
from tests.documents import ROOT
from tests.world import World

BOARD = Board("dashboard.json")
ALERTS = list(rules("alerts.yml"))
ASKED = [*BOARD.expressions(), *(rule["expr"] for rule in ALERTS)]
#: What Prometheus itself gives, of a scrape and of a histogram.
OF_PROMETHEUS = frozenset(("job", "instance", "le"))
#: Of the process, which the library of Prometheus has.
OF_THE_PROCESS = "process_"


@pytest.fixture
def metrics(world: World) -> set[str]:
    """Return the metrics of a service that has done something and is paused."""
    service = world.application()
    world.cycle(service)
    with service.database.session() as session:
        figures = read_figures(session, 60)
    service.progress.begin("capture")
    service.progress.age(LAG).see(0)
    service.progress.age(RECONCILED).see(0)
    service.figures.latest = figures
    of_pipelines = running.event_metrics() | running.change_metrics() | running.processor_metrics()
    found = running.names_of(running.metrics_of(service)) | of_pipelines
    return {name for name in found if not name.endswith("_created")}


def ours(metrics: set[str]) -> set[str]:
    return {name for name in metrics if name.startswith("oracle_cdc_")}


def documented() -> list[tuple[str, str]]:
    """Return each metric of the page, and its labels in a row."""
    page = documents.section("docs/operate.md", "### Health and metrics")
    table = page.partition("| metric ")[2].partition("\n\n")[0]
    found = []
    for row in documents.rows("| metric " + table):
        for name, labels in re.findall(r"`(\w+)(?:\{([\w,]+)\})?`", row[0]):
            found.append(("oracle_cdc_" + name, labels))
    return found


def test_every_metric_that_is_asked_for_is_there(metrics: set[str]) -> None:
    assert names_in(ASKED, "oracle_cdc_") <= metrics
    assert names_in(ASKED, OF_THE_PROCESS) <= metrics


def test_the_board_shows_every_metric(metrics: set[str]) -> None:
    assert ours(metrics) - names_in(BOARD.expressions(), "oracle_cdc_") == set()


def test_operate_page_has_every_metric_and_no_other(metrics: set[str]) -> None:
    assert {name for name, _ in documented()} == ours(metrics)


def test_every_label_that_is_asked_for_is_on_the_page() -> None:
    labels = set(OF_PROMETHEUS)
    for _, of_metric in documented():
        labels |= set(of_metric.split(","))
    assert labels_in(ASKED) <= labels


def test_each_pipeline_has_an_alert_for_being_behind_and_one_for_what_it_set_aside() -> None:
    asked = names_in([rule["expr"] for rule in ALERTS], "oracle_cdc_")
    behind = {"watermark_lag", "events_lag", "changes_lag", "processor_iterator_age"}
    aside = {"failures", "events_total", "changes_total", "processor_dead_letters_total"}
    assert {f"oracle_cdc_{name}_seconds" for name in behind} <= asked
    assert {f"oracle_cdc_{name}" for name in aside} <= asked


def test_every_alert_says_what_it_is_and_what_to_do() -> None:
    names = [rule["alert"] for rule in ALERTS]
    assert len(names) == len(set(names))
    for rule in ALERTS:
        assert rule["annotations"].keys() == {"summary", "description"}
        assert rule["labels"]["severity"] in ("critical", "warning", "info")


def test_panels_lie_beside_each_other_and_ask_the_chosen_prometheus() -> None:
    assert BOARD.overlaps() == []
    assert BOARD.is_well_made()


def test_the_page_for_operators_leads_to_both() -> None:
    page = documents.read("docs/operate.md")
    for name in ("alerts.yml", "dashboard.json"):
        assert f"(../deploy/{name})" in page
        assert (ROOT / "deploy" / name).is_file()
