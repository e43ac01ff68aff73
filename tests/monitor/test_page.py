"""The page: attention first, every figure of the history, nothing green that nobody measured."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from sync_monitor.errors import HistoryUnavailable
from sync_monitor.history.notices import silences
from sync_monitor.history.store import Store
from sync_monitor.history.writing import declare_syncs, write_entries
from sync_monitor.model import Severity
from sync_monitor.verdicts import Issue, IssueKind
from sync_monitor.web.app import make_app
from sync_monitor.web.issues import evidence_of, fact_of
from sync_monitor.web.states import State
from sync_monitor.web.words import Clock
from tests.monitor.building import EMPLOYEES, NOW
from tests.monitor.entries import faulty
from tests.monitor.pageworld import FAULTY, REFUSED, WELL, Page, page_of, short_stories
from tests.monitor.scene import INTERVAL
from tests.monitor.stories import Story, make_site, make_sync

HOSTILE = "<img src=x onerror=alert(1)>'\"/{{7*7}}&amp"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with page_of(tmp_path_factory.mktemp("page"), short_stories()) as found:
        yield found


def rows_of(text: str) -> dict[str, str]:
    """Return the rows of the table of syncs, by their names."""
    table = text[text.index('id="syncs"') : text.index('id="detail"')]
    rows = re.findall(r"<tr.*?</tr>", table, re.S)[1:]
    return {re.findall(r"<bdi>(.*?)</bdi>", row)[0]: row for row in rows}


def test_the_worst_syncs_come_first(page: Page) -> None:
    assert list(rows_of(page.text())) == [FAULTY, REFUSED, WELL]


def test_a_state_is_a_shape_and_a_word(page: Page) -> None:
    rows = rows_of(page.text())
    assert "◆</b>Critical" in rows[FAULTY]
    assert "?</b>Not measured" in rows[REFUSED]
    assert "●</b>OK" in rows[WELL]


def test_figures_of_the_newest_look_stand_in_its_row(page: Page) -> None:
    row = rows_of(page.text())[FAULTY]
    assert "3.83 %" in row
    assert "23 missing, 2 too many" in row
    assert '<td class="num">1</td>' in row


def test_a_sync_that_was_not_measured_has_no_figure(page: Page) -> None:
    row = rows_of(page.text())[REFUSED]
    assert "ORA-01031 since" in row
    assert row.count("—") == 4
    assert "0.00" not in row


def test_a_card_is_not_green_while_a_sync_was_not_measured(tmp_path: Path) -> None:
    with page_of(tmp_path, short_stories()[1:]) as page:
        cards = re.findall(r'<article class="card (\w+)">', page.text())
        assert set(cards) == {"unknown"}
        assert "1 of 2 not measured" in page.text()


def test_cards_of_syncs_that_are_all_well_are_green(tmp_path: Path) -> None:
    with page_of(tmp_path, short_stories()[1:2]) as page:
        cards = re.findall(r'<article class="card (\w+)">', page.text())
        # The SLA of a month of which two hours were measured says little.
        assert cards == ["ok", "ok", "ok", "ok", "unknown"]


def test_a_look_that_is_too_old_makes_a_sync_unknown(tmp_path: Path) -> None:
    with page_of(tmp_path, short_stories()[1:2]) as page:
        assert page.site.states.read is not None
        just = replace_now(page, NOW + 2.5 * INTERVAL)
        assert "● all OK" in just.text()
        late = replace_now(page, NOW + 2.5 * INTERVAL + timedelta(seconds=1))
        assert "? 1 not measured" in late.text()
        assert "no look since" in rows_of(late.text())[WELL]
        assert rows_of(late.text())[WELL].count("—") == 4


def replace_now(page: Page, now: object) -> Page:
    """Return the same history at another time."""
    site = make_site(page.store, page.site.syncs, now=lambda: now)
    return Page(page.store, site, make_app(site).test_client())


def test_a_sync_that_nobody_looked_at_is_unknown(tmp_path: Path) -> None:
    sync = make_sync("NEW.TABLE")
    with Store(tmp_path) as store:
        store.write(lambda each: declare_syncs(each, [sync.name], NOW))
        text = make_app(make_site(store, [sync])).test_client().get("/").text
    assert "nobody has looked yet" in text
    assert "? 1 not measured" in text


def test_a_page_without_syncs_says_so(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        client = make_app(make_site(store, [])).test_client()
        assert "No sync is declared" in client.get("/").text
        assert client.get("/api/metrics").get_json()["severity"] == "UNKNOWN"


def test_the_title_says_how_bad_it_is(page: Page) -> None:
    assert "<title>◆ 1 critical · Sync monitor</title>" in page.text()


def test_an_issue_has_fact_evidence_and_sql(page: Page) -> None:
    text = page.text(f"/sync/{FAULTY}")
    assert "<h4>No partition dt=2026-11-23</h4>" in text
    assert "Oracle has 20 rows, the lake 0." in text
    assert "Promised by Tue 24 Nov 06:00, now 27 h 52 min late." in text
    assert "100 % of that day" in text
    assert "INSERT INTO" in text
    assert "<h4>3 rows missing in dt=2026-11-24</h4>" in text
    assert "<h4>2 rows too many in dt=2026-11-20</h4>" in text


def test_what_one_look_alone_has_seen_is_no_issue_yet(tmp_path: Path) -> None:
    story = Story(make_sync(WELL), 20, dropped=("2026-11-23",), is_short=True)
    entries = list(story.entries())[:1]
    with Store(tmp_path) as store:
        store.write(lambda each: declare_syncs(each, [WELL], NOW - timedelta(days=3)))
        store.write(lambda each: write_entries(each, entries))
        site = make_site(store, [story.sync], now=lambda: entries[0].look.began)
        text = make_app(site).test_client().get("/").text
    assert "1 seen once, a second look confirms or clears" in text
    assert "<h4>" not in text


def test_an_issue_of_the_whole_sync_that_the_newest_look_did_not_see_says_so() -> None:
    state = State(EMPLOYEES, look=replace(faulty().look, run_id=5), is_old=False)
    issue = Issue(FAULTY, IssueKind.NOT_MEASURED, "", Severity.UNKNOWN, 0, NOW, NOW, last_look=4)
    assert fact_of(issue, state, None) == "Not measured"
    (said,) = evidence_of(issue, state, None, Clock(EMPLOYEES.zone), now=NOW)
    assert said == "The newest look did not see it: if the next one does not either, it is over."
    assert not evidence_of(replace(issue, last_look=5), state, None, Clock(EMPLOYEES.zone), now=NOW)


def test_days_of_a_strip_have_their_words(page: Page) -> None:
    row = rows_of(page.text())[FAULTY]
    assert 'class="c miss" title="Mon 23 Nov: no partition"' in row
    assert 'class="c part" title="Tue 24 Nov: rows missing"' in row
    assert 'class="c dup" title="Fri 20 Nov: too many rows"' in row
    assert 'class="c open" title="Wed 25 Nov: not settled"' in row
    assert row.count('<i class="c ') == 31
    words = "too many rows 1, no partition 1, rows missing 1, not settled 1"
    assert f'aria-label="{FAULTY}: last 31 days, {words}"' in row


def test_triage_says_who_wrote_it(page: Page) -> None:
    text = page.text()
    assert "rules, offline" in text
    assert "Rows of 2026-11-20 are there twice" in text


def test_a_run_is_shown_with_what_it_cost(page: Page) -> None:
    text = page.text("/runs/18")
    assert "Run 18" in text
    assert "0 on Oracle, 0 on the lake" in text
    assert page.client.get("/runs/19").status_code == 404
    assert page.client.get(f"/runs/{10**30}").status_code == 404


def test_runs_are_paged(page: Page) -> None:
    assert page.text("/runs?before=4").count('<a href="/runs/') == 3
    assert page.text(f"/runs?sync={WELL}").count('<a href="/runs/') == 6
    assert page.text("/runs?sync=NOBODY").count('<a href="/runs/') == 0


def test_a_filter_shows_what_it_says(page: Page) -> None:
    assert list(rows_of(page.text("/?show=attention"))) == [FAULTY, REFUSED]
    assert list(rows_of(page.text("/?show=hive"))) == [WELL]
    assert len(rows_of(page.text("/?show=NOBODY&page=-3"))) == 3


@pytest.mark.parametrize(
    ("names", "said"), [([WELL], "1 sync, all OK"), ([WELL, FAULTY], "2 syncs, all OK")]
)
def test_where_nothing_needs_attention_the_page_says_so(
    tmp_path: Path, names: list[str], said: str
) -> None:
    stories = [Story(make_sync(name), 20, is_short=True) for name in names]
    with page_of(tmp_path, stories) as page:
        text = page.text("/?show=attention")
        assert f"Nothing needs attention: {said}." in text
        assert "<table" not in text[text.index('id="syncs"') : text.index('id="detail"')]
        assert "Nothing needs attention" not in page.text()


def test_a_page_on_which_nothing_needs_attention_any_more_keeps_no_old_triage(
    tmp_path: Path,
) -> None:
    stories = [Story(make_sync(WELL), 20, is_short=True)]
    with page_of(tmp_path, stories) as page:
        live = re.compile(r'id="(\w+)" data-live')
        assert live.findall(page.text("/?show=attention")) == live.findall(page.text())


def test_whose_notices_are_not_shown_is_said(tmp_path: Path) -> None:
    stories = []
    for number in range(8):
        name = f"S{number}"
        stories.append(Story(make_sync(name), 20, lacking={"2026-11-23": 20}, is_short=True))
    with page_of(tmp_path, stories) as page:
        text = page.text()
    shown = text[text.index('id="notified"') : text.index('id="audit"')]
    assert shown.count("<tr><td>") == 6
    assert "Confirmed issues of 2 other syncs too" in shown


def test_a_silence_is_begun_and_ended(tmp_path: Path) -> None:
    with page_of(tmp_path, short_stories()[:1]) as page:
        form = {**page.form, "sync": FAULTY, "hours": "4", "reason": "a load is repeated"}
        assert page.client.post("/silences", data=form).status_code == 303
        assert "a load is repeated" in page.text("/silences")
        assert "silenced by page until" in page.text()
        (found,) = page.store.read(lambda each: silences(each, page.site.now()))
        assert found.ends - found.begins == timedelta(hours=4)
        assert page.client.post("/silences/1/end", data=page.form).status_code == 303
        assert "There is none." in page.text("/silences")
        assert page.client.post("/silences/1/end", data=page.form).status_code == 404


@pytest.mark.parametrize("hours", ["", "0", "-1", "721", "nan", "inf", "x"])
def test_a_silence_always_ends(tmp_path: Path, hours: str) -> None:
    with page_of(tmp_path, []) as page:
        form = {**page.form, "sync": "", "hours": hours}
        assert page.client.post("/silences", data=form).status_code == 400


def test_hostile_names_are_text(tmp_path: Path) -> None:
    stories = [replace(short_stories()[0], sync=make_sync(HOSTILE))]
    with page_of(tmp_path, stories) as page:
        for path in ("/", f"/sync/{quote(HOSTILE)}", "/runs", "/runs/1", "/silences"):
            text = page.text(path)
            assert "<img" not in text
        assert "&lt;img src=x onerror=alert(1)&gt;" in page.text()
        answer = page.client.get("/api/metrics", query_string={"sync": HOSTILE})
        assert answer.get_json()["severity"] == "CRITICAL"
        assert page.client.get(f"/silences?sync={quote(HOSTILE)}").text.count("<img") == 0


def test_a_page_that_did_not_change_is_not_sent_again(page: Page) -> None:
    first = page.client.get("/")
    again = page.client.get("/", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""


def test_nothing_is_fetched_from_elsewhere() -> None:
    web = Path(__file__).parents[2] / "sync_monitor" / "web"
    for folder in ("templates", "static"):
        for file in (web / folder).iterdir():
            text = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
            assert re.findall(r"https?://|@import|url\((?!#)", text) == [], file


def test_the_only_script_is_small() -> None:
    web = Path(__file__).parents[2] / "sync_monitor" / "web"
    scripts = list(web.rglob("*.js"))
    assert [script.name for script in scripts] == ["page.js"]
    assert len(scripts[0].read_text(encoding="utf-8").splitlines()) < 100


def test_who_asks_a_history_that_cannot_be_read_gets_503(tmp_path: Path) -> None:
    class Gone:
        def read(self, work: object) -> object:
            raise HistoryUnavailable("the history can't be used now: no such file")

    client = make_app(make_site(Gone(), [])).test_client()  # type: ignore[arg-type]
    assert client.get("/").status_code == 503
    assert client.get("/api/metrics").get_json() == {
        "error": "the history can't be used now: no such file"
    }
    assert client.get("/readyz").status_code == 503
    assert client.get("/livez").status_code == 200


def test_severities_are_never_better_than_what_was_measured(page: Page) -> None:
    states = page.store.read(lambda each: page.site.states.read(each, page.site.now()))
    for state in states:
        if state.figures is None:
            assert state.severity in (Severity.UNKNOWN, Severity.CRITICAL)
