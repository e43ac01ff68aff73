"""Streams on the page: their own tab and figures, and nothing that only tables have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any, get_args

import pytest

from oracle_cdc.settings.monitor_streams import StreamSettings
from sync_monitor.rules.stream_counts import Counts
from sync_monitor.web.streams import KINDS, StreamWords
from tests.monitor.building import NOW
from tests.monitor.pageworld import FAULTY, Page, page_of, short_stories
from tests.monitor.streamstories import StreamStory, make_stream, streams
from tests.monitor.test_page import rows_of

CALLS, PATHS, FILES, CHANGES = (story.sync.name for story in streams())


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    stories: list[Any] = [*short_stories(), *streams(is_short=True)]
    with page_of(tmp_path_factory.mktemp("streams"), stories) as found:
        yield found


def cells_of(page: Page, name: str) -> list[str]:
    """Return the texts of a row's cells."""
    row = rows_of(page.text("/?show=all"))[name]
    found = re.findall(r"<t[dh].*?</t[dh]>", row, re.S)
    return [unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in found]


def test_every_kind_that_can_be_set_has_its_words() -> None:
    assert set(get_args(StreamSettings.model_fields["kind"].annotation)) <= set(KINDS)


def test_streams_have_a_tab_of_their_own(page: Page) -> None:
    text = page.text()
    tabs = re.findall(r'<a href="/\?show=(\w+)"[^>]*>([^<]*)</a>', text)
    assert ("streams", "Streams 4") in tabs
    assert tabs[-1][0] == "streams"
    assert ("trino", "Trino 2") in tabs
    assert set(rows_of(page.text("/?show=streams"))) == {CALLS, PATHS, FILES, CHANGES}
    assert FAULTY not in rows_of(page.text("/?show=streams"))
    assert CALLS not in rows_of(page.text("/?show=trino"))


def test_a_row_says_what_was_counted_where_tables_have_days(page: Page) -> None:
    assert cells_of(page, CALLS) == [
        "▲Warning",
        f"{CALLS}→ SQS, and back to Oracle",
        "1,309 calls in the source = 1,293 sent + 16 missing or overdue",
        "1.22 %",
        "16 missing",
        "24.0 s",
        "n/a",
        "98",
        "100 %",
    ]


def test_what_a_kind_does_not_count_is_not_shown_as_zero(page: Page) -> None:
    state, name, counted, gap, why, lag, missing, quality, _ = cells_of(page, PATHS)
    assert (state, name) == ("●OK", f"{PATHS}→ another database")
    assert counted == "2 paths with a heartbeat, last heartbeat 34.0 s ago"
    assert (gap, missing, quality) == ("n/a", "n/a", "n/a")
    assert (why, lag) == ("5.8 s behind", "5.8 s")


def test_a_stream_that_says_nothing_has_no_figure(page: Page) -> None:
    state, _, counted, gap, why, lag, _, _, _ = cells_of(page, CHANGES)
    assert (state, counted, gap, lag) == ("?Not measured", "—", "—", "—")
    assert why.startswith("STREAM-HEARTBEAT since")


def test_the_page_of_a_stream_has_its_figures_and_no_partition(page: Page) -> None:
    text = page.text(f"/sync/{CALLS}")
    for words in ("calls in the source <b>1,309</b>", "sent <b>1,293</b>"):
        assert words in text
    assert "missing or overdue <b>16</b>" in text
    assert "Missing or overdue, % of the calls in the source" in text
    assert "16 calls missing or overdue</h4>" in text
    assert "a stream: <b>conversations</b>" in text
    for words in ("Partitions not in sync", "judged until", "What the days mean", "dt="):
        assert words not in text, words
    assert "quality-title" not in text


def test_of_what_counts_no_gap_the_lag_alone_is_drawn(page: Page) -> None:
    text = page.text(f"/sync/{PATHS}")
    assert text.count('class="cap"') == 1
    assert "Lag, hours (the slowest path)" in text
    assert page.text(f"/sync/{CALLS}").count('class="cap"') == 2


def test_cards_of_rows_are_well_where_no_sync_counts_what_is_missing(tmp_path: Path) -> None:
    (paths,) = (story for story in streams(is_short=True) if story.sync.name == PATHS)
    with page_of(tmp_path, [paths]) as page:
        text = page.text()
    for title in ("Sync gap", "Data quality"):
        card = f'<article class="card ok"><h2>{title}</h2><p class="big">n/a</p>'
        assert card in text
    assert text.count("no sync here counts it") == 2
    assert "no sync yet" not in text


def test_programs_see_that_it_is_a_stream(page: Page) -> None:
    found = page.client.get(f"/api/v1/syncs/{CALLS}").get_json()
    assert (found["engine"], found["stream"]) == (None, "conversations")
    found = page.client.get(f"/api/v1/syncs/{FAULTY}").get_json()
    assert (found["engine"], found["stream"]) == ("trino", None)


def test_programs_get_no_figure_that_nobody_counts(page: Page) -> None:
    figures = page.client.get(f"/api/v1/syncs/{PATHS}").get_json()["figures"]
    for name in ("lake_count", "sync_gap", "extra_rows", "gap_percentage"):
        assert figures[name] is None, name
    assert (figures["oracle_count"], figures["quality"]["score"]) == (2, None)
    seven = page.client.get(f"/api/metrics?sync={PATHS}").get_json()
    assert (seven["sync_gap"], seven["lake_count"], seven["severity"]) == (None, None, "OK")
    scraped = page.text("/metrics")
    for name in ("gap_rows", "gap_ratio", "extra_rows", "quality"):
        assert f'sync_monitor_{name}{{sync="{PATHS}"}}' not in scraped, name
    assert f'sync_monitor_lag_seconds{{sync="{PATHS}"}} 5.8' in scraped
    assert f'sync_monitor_gap_rows{{sync="{CALLS}"}} 16.0' in scraped


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_is_shown_by_its_own_words(
    tmp_path_factory: pytest.TempPathFactory, kind: str
) -> None:
    words: StreamWords = KINDS[kind]
    missing = 0 if words.has_gap else None
    story: Any = StreamStory(
        make_stream("it", kind),
        lambda moment: Counts(NOW, 7, missing, timedelta(minutes=3), timedelta(minutes=5)),
        is_short=True,
    )
    with page_of(tmp_path_factory.mktemp(kind), [story]) as page:
        text = unescape(page.text("/sync/it"))
        assert f"7 {words.unit}s {words.expected}" in text
        assert words.lag in text
        assert f"→ <bdi>{words.target}</bdi>" in text
        assert "3 min behind" in page.text()
