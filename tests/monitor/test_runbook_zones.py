"""Runbooks of rows that lie in a neighbouring day: nothing there is to be loaded again."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync_monitor.demo.injecting import inject
from sync_monitor.history import queries
from sync_monitor.history.runbooks import runbook
from sync_monitor.model import Severity
from sync_monitor.rows.dialects import Dialect
from sync_monitor.verdicts import IssueKind
from sync_monitor.web.app import make_app
from tests.monitor.edges import Stage, settings_in, staged
from tests.monitor.stories import make_site
from tests.monitor.test_runbooks import repair_of, written

SAID = "Nothing is loaded, which would double it: first compare the zones of sync and loader."


@pytest.mark.parametrize("dialect", list(Dialect)[1:])
@pytest.mark.parametrize("kind", [IssueKind.NO_PARTITION, IssueKind.ROWS_MISSING])
def test_what_lies_in_a_neighbour_is_counted_and_not_loaded(
    kind: IssueKind, dialect: Dialect
) -> None:
    found = written(repair_of(kind, dialect, "hive.hr.employees", is_shifted=True))
    assert SAID in found.head
    assert "INSERT" not in found.text
    assert "COPY" not in found.text
    assert "oracle_rows" in found.check


def test_page_and_api_load_nothing_that_triage_says_is_in_a_neighbour(tmp_path: Path) -> None:
    # Triage said to compare the zones, and beside it stood the SQL that doubled each moved row.
    with staged(settings_in(tmp_path)) as stage:
        stage.reset()
        inject("zone_shift", stage.place, stage.samples)
        assert stage.look().entry.look.verdict.severity is Severity.CRITICAL
        texts = [text for text in runbooks(stage) if "COPY" in text or SAID in text]
        client = make_app(make_site(stage.store, [stage.sync])).test_client()
        shown = client.get(f"/sync/{stage.sync.name}").text
        given = client.get("/api/recommendations").get_json()
    assert len(texts) > 10
    assert not any("COPY" in text for text in texts)
    assert shown.count(SAID) == len(texts)
    assert given["cause"] == "ZONE_SHIFT"
    assert [each["sql"] for each in given["runbook"] if SAID in each["sql"]] == texts


def runbooks(stage: Stage) -> list[str]:
    """Return the runbooks of all open issues."""
    found: list[str] = []
    for issue in stage.store.read(queries.open_issues):
        kept = stage.store.read(lambda each, number=issue.number: runbook(each, number))
        if kept is not None:
            found.append(kept.text)
    return found
