"""Looks at streams leave behind what looks at tables do. Mistakes of their settings are lines."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from oracle_cdc.errors import SettingsError
from oracle_cdc.settings.monitor import MonitorSection, MonitorSettings
from oracle_cdc.settings.monitor_streams import wrong_streams
from sync_monitor.commands import drill
from sync_monitor.looks.pace import Asked, Pace
from sync_monitor.metering import Meter
from sync_monitor.model import Severity, Sync
from sync_monitor.records import Entry
from sync_monitor.rules.conclusion import Before
from sync_monitor.rules.stream_counts import Counts
from sync_monitor.streams.looking import StreamLooker
from sync_monitor.streams.seam import StreamUnknown
from sync_monitor.verdicts import IssueKind, Outcome
from tests.monitor.building import NOW

STREAM = Sync("calls", "conversations", "", "", may_be_empty=True, stream="conversations")
PACE = Pace(timedelta(minutes=5), timedelta(minutes=15), 10**6)


@dataclass
class Said:
    """A stream that says what it is given."""

    counts: Counts | None = None
    error: Exception = StreamUnknown("STREAM-STALE", "it")  # noqa: RUF009 - it is only raised

    def count(self, oracle: Meter, other: Meter) -> Counts:
        """Say it."""
        if self.counts is None:
            raise self.error
        return self.counts


def look(said: Said, before: Before | None = None, at: datetime = NOW) -> Entry:
    looker = StreamLooker({"calls": said}, PACE, lambda: at)
    return looker.look(STREAM, before or Before(), Asked()).entry


def test_what_is_missing_counts_once_a_second_look_misses_it_too() -> None:
    said = Said(Counts(NOW, 107, 16, timedelta(0)))
    first = look(said)
    assert first.look.verdict.severity is Severity.OK
    (issue,) = first.issues
    assert (issue.kind, issue.rows, issue.confirmed_at) == (IssueKind.ROWS_MISSING, 16, None)
    second = look(said, Before(first.standing, issues=first.issues))
    assert second.look.verdict.severity is Severity.CRITICAL
    assert second.issues[0].confirmed_at == NOW
    figures = second.look.figures
    assert figures is not None
    assert (figures.oracle_count, figures.lake_count, figures.sync_gap) == (107, 91, 16)
    assert str(figures.gap_percentage) == "14.95"
    assert figures.quality.score == 85
    healed = look(Said(Counts(NOW, 107, 0, timedelta(0))), Before(issues=second.issues))
    assert healed.look.verdict.severity is Severity.OK
    assert healed.issues[0].closed_at == NOW


def test_lag_is_judged_by_the_limits_of_all() -> None:
    found = look(Said(Counts(NOW, 5, 0, timedelta(hours=8))))
    assert found.look.verdict.severity is Severity.CRITICAL
    assert [issue.kind for issue in found.issues] == [IssueKind.LAG]


def test_what_was_set_aside_and_a_pipeline_that_stands_still_are_warnings() -> None:
    counts = Counts(NOW, 5, 0, timedelta(0), set_aside=3, is_stopped=True)
    found = look(Said(counts))
    assert found.look.verdict.severity is Severity.WARNING
    issues = {issue.kind: issue for issue in found.issues}
    assert issues[IssueKind.SET_ASIDE].rows == 3
    assert issues[IssueKind.SET_ASIDE].confirmed_at == NOW
    assert issues[IssueKind.STOPPED].severity is Severity.WARNING


def test_a_stream_whose_missing_rows_nobody_counts_has_no_gap_and_no_score() -> None:
    found = look(Said(Counts(NOW, 42, None, timedelta(0))))
    figures = found.look.figures
    assert figures is not None
    assert (figures.oracle_count, figures.lake_count, figures.sync_gap) == (42, None, None)
    assert (figures.gap_percentage, figures.quality.score) == (None, None)
    assert found.look.verdict.severity is Severity.OK
    assert found.issues == ()


def test_a_stream_with_nothing_in_it_is_well() -> None:
    assert look(Said(Counts(NOW, 0, 0, timedelta(0)))).look.verdict.severity is Severity.OK


@pytest.mark.parametrize(
    ("error", "code"),
    [(StreamUnknown("STREAM-STALE", "it"), "STREAM-STALE"), (ValueError("planted"), "CdcError")],
)
def test_a_stream_that_says_nothing_is_never_green(error: Exception, code: str) -> None:
    before = look(Said(Counts(NOW, 107, 16, timedelta(0))))
    found = look(Said(error=error), Before(before.standing, issues=before.issues))
    assert found.look.outcome is Outcome.FAILED
    assert found.look.verdict.severity is Severity.UNKNOWN
    assert (found.look.error_code, found.look.figures) == (code, None)
    # What was seen before may be there still.
    assert replace(found.issues[-1], last_look=None) == before.issues[0]


def test_a_stream_of_which_nothing_can_be_concluded_is_not_measured() -> None:
    broken = replace(STREAM, limits=None)  # type: ignore[arg-type]
    looker = StreamLooker({"calls": Said(Counts(NOW, 107, 16, timedelta(0)))}, PACE, lambda: NOW)
    found = looker.look(broken, Before(), Asked()).entry.look
    assert (found.outcome, found.error_code) == (Outcome.FAILED, "CdcError")
    assert found.verdict.severity is Severity.UNKNOWN


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ({"kind": "kafka"}, "kind"),
        ({"kind": "extracts"}, "directory is missing"),
        ({"kind": "goldengate"}, "view or url is missing"),
        ({"kind": "changes", "rows": 1}, "rows"),
        ({}, "kind"),
        ({"kind": "events", "table": "A.B"}, "MONITOR_MARIADB_URL: is needed"),
        ({"kind": "changes", "share": "2/4"}, "keys: are needed by a share"),
        ({"kind": "changes", "share": "5/4", "keys": "ID"}, "share: Value error, number/of-all"),
        ({"kind": "processor", "dlq_url": "queue"}, "dlq_url"),
    ],
)
def test_a_mistake_of_a_stream_is_a_line(written: dict[str, object], line: str) -> None:
    (found,) = wrong_streams({"s": written}, {})
    assert found.startswith(("MONITOR_STREAMS 's': ", "MONITOR_MARIADB_URL: "))
    assert line in found


def test_a_stream_has_no_partition_to_drill() -> None:
    streams = {"calls": {"kind": "conversations"}}
    settings = MonitorSettings(monitor=MonitorSection(streams=streams))
    asked = Namespace(name="calls", partition="2026-11-23", as_json=False)
    with pytest.raises(SettingsError, match="calls is a stream, which has no partitions"):
        drill.command(settings, asked)


def test_a_stream_has_a_name_of_its_own() -> None:
    (found,) = wrong_streams({"orders": {"kind": "changes"}}, {"orders": {}})
    assert "a sync of MONITOR_SYNCS has this name" in found
