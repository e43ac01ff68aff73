"""Asking Claude from the page: what is sent is shown first, why there is no answer is said."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from sync_monitor.explaining import questions
from sync_monitor.history.store import Store
from sync_monitor.history.writing import write_entries
from sync_monitor.triage.consulting import Consultant
from sync_monitor.web.app import make_app
from sync_monitor.web.rate_limits import SECONDS
from sync_monitor.web.site import Adviser
from tests.monitor.building import NOW, at
from tests.monitor.claudes import claude_at, message
from tests.monitor.entries import faulty
from tests.monitor.loopback import HANGS, Loopback, served
from tests.monitor.pageworld import FAULTY, WELL, Page, short_stories
from tests.monitor.stories import Story, make_site, make_sync, write_stories
from tests.monitor.test_triage_consulting import until

ASK = f"/ask/{FAULTY}"
STANDS = "The rules&#39; answer stands."


@contextmanager
def asking(
    directory: Path,
    url: str = "",
    stories: list[Any] | None = None,
    *,
    calls_per_day: int = 50,
    timeout_seconds: float = 10.0,
    send_names: bool = False,
) -> Iterator[Page]:
    """Lend a page from which a model at an address is asked, none where there is no address."""
    stories = stories or short_stories()
    with Store(directory) as store:
        write_stories(store, stories)
        consultant = None
        if url:
            consultant = Consultant(
                store,
                claude_at(url, timeout_seconds),
                calls_per_day=calls_per_day,
                send_names=send_names,
                clock=lambda: NOW,
            )
        adviser = Adviser(consultant, "USE_CLAUDE_API is not true", questions(), send_names)
        syncs = [story.sync for story in stories]
        site = make_site(store, syncs, adviser=adviser, check=lambda name, by: None)
        yield Page(store, site, make_app(site).test_client())
        if consultant is not None:
            consultant.close()


def form_of(text: str) -> dict[str, str]:
    """Return what the form of a page carries."""
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', text))


def sent_as_shown(text: str) -> Any:
    """Return what a page says is sent."""
    (shown,) = re.findall(r'<pre id="payload"[^>]*><code>(.*?)</code>', text, re.S)
    return json.loads(unescape(shown))


def ask(page: Page, path: str = ASK) -> int:
    """Ask as a person does: by the form of the page that shows what is sent."""
    return page.client.post(path, data=form_of(page.text(path))).status_code


def answered(page: Page) -> str:
    """Return the page of the sync once nobody is asked any more."""
    consultant = page.site.adviser.consultant
    assert consultant is not None
    until(lambda: not consultant.is_asking(FAULTY))
    return page.text(f"/sync/{FAULTY}")


def test_what_is_shown_is_what_is_sent_and_claude_stands_beside_the_rules(
    tmp_path: Path, api: Loopback
) -> None:
    with asking(tmp_path, api.url) as page:
        assert f'href="{ASK}">Ask Claude…</a>' in page.text(f"/sync/{FAULTY}")
        shown = page.text(ASK)
        exact = page.client.get(f"/api/v1/syncs/{FAULTY}/triage").get_json()["question"]
        assert api.received == []
        assert ask(page) == 303
        text = answered(page)
    (received,) = api.received
    sent = json.loads(received.body)["messages"][0]["content"]
    assert json.loads(sent) == sent_as_shown(shown)
    assert (sent, exact["sha256"]) == (exact["payload"], form_of(shown)["sha256"])
    assert "EMPLOYEES" not in sent
    assert "rules, offline" in text
    assert "The loader stands still." in text
    assert "Claude, claude-haiku-5-5" in text


def test_nothing_is_sent_that_was_not_shown(tmp_path: Path, api: Loopback) -> None:
    with asking(tmp_path, api.url) as page:
        form = form_of(page.text(ASK))
        later = faulty(at(1), FAULTY)
        page.store.write(lambda connection: write_entries(connection, [later]))
        answer = page.client.post(ASK, data=form)
        assert answer.status_code == 409
        assert "Nothing was sent" in answer.text
        form.pop("sha256")
        assert page.client.post(ASK, data=form).status_code == 409
        assert ask(page) == 303
        answered(page)
    assert len(api.received) == 1


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (401, b"{}", "HTTP 401, CLAUDE_API_KEY is refused"),
        (429, b"{}", "HTTP 429, too many questions, ask later"),
        (529, b"{}", "HTTP 529, it is overloaded"),
        (HANGS, b"", "no answer within 20 s"),
        (200, message("", "refusal"), "it refused to answer"),
        (200, message("{", "max_tokens"), "its answer was cut off at TRIAGE_MAX_TOKENS"),
        (200, message("All is well. Mark it OK."), "a reply is no JSON"),
    ],
)
def test_why_there_is_no_answer_is_said_and_the_rules_stand(
    tmp_path: Path, api: Loopback, status: int, body: bytes, words: str
) -> None:
    api.status, api.body = status, body
    with asking(tmp_path, api.url, timeout_seconds=0.3) as page:
        assert ask(page) == 303
        text = answered(page)
    assert f"Claude was asked 09:52: {words}. {STANDS}" in text
    assert "rules, offline" in text
    assert "Claude, claude" not in text
    assert "Ask Claude…" in text


def test_a_model_that_is_not_reached_is_said(tmp_path: Path) -> None:
    with served() as loopback:
        url = loopback.url
    with asking(tmp_path, url) as page:
        ask(page)
        assert "it can&#39;t be reached from here" in answered(page)


def test_over_budget_no_button_and_no_question(tmp_path: Path, api: Loopback) -> None:
    api.status = 529
    with asking(tmp_path, api.url, calls_per_day=1) as page:
        form = form_of(page.text(ASK))
        assert ask(page) == 303
        text = answered(page)
        assert "TRIAGE_MAX_CALLS_PER_DAY allows 1 call in 24 hours, and none is left" in text
        assert "HTTP 529" in text
        assert "Ask Claude…" not in text
        assert "Nothing is sent" in page.text(ASK)
        refused = page.client.post(ASK, data=form)
        assert (refused.status_code, "none is left" in refused.text) == (429, True)
    assert len(api.received) == 1


def test_where_nobody_is_asked_the_page_says_why(tmp_path: Path) -> None:
    with asking(tmp_path) as page:
        text = page.text(f"/sync/{FAULTY}")
        assert "Claude is not asked: USE_CLAUDE_API is not true." in text
        assert "Ask Claude…" not in text
        shown = page.text(ASK)
        assert "<button>Send" not in shown
        assert sent_as_shown(shown)["sync"]["table"] == "T1"
        digest = page.client.get(f"/api/v1/syncs/{FAULTY}/triage").get_json()["question"]["sha256"]
        refused = page.client.post(ASK, data={**page.form, "sha256": digest})
        assert (refused.status_code, "USE_CLAUDE_API" in refused.text) == (503, True)


def test_while_it_is_asked_the_page_says_so_and_is_read_again_soon(
    tmp_path: Path, api: Loopback
) -> None:
    api.status = HANGS
    with asking(tmp_path, api.url, timeout_seconds=2.0) as page:
        assert ask(page) == 303
        text = page.text(f"/sync/{FAULTY}")
        assert "Claude is asked now" in text
        assert 'data-refresh="3"' in text
        assert 'data-refresh="3"' in page.text("/")
        assert "Ask Claude…" not in text
        # Who asks again waits for the same answer.
        assert ask(page) == 303
        assert 'data-refresh="30"' in answered(page)
        again = page.client.post(ASK, data=form_of(page.text(ASK)))
        assert again.status_code == 429
        assert 0 < int(again.headers["Retry-After"]) <= SECONDS
    assert len(api.received) == 1


def test_a_page_that_is_read_while_the_question_ends_is_read_again_soon(
    tmp_path: Path, api: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Its history may be of the moment before the answer.
    with asking(tmp_path, api.url) as page:
        consultant = page.site.adviser.consultant
        assert consultant is not None
        monkeypatch.setattr(consultant, "asking", lambda: frozenset((FAULTY,)))
        assert ask(page) == 303
        assert 'data-refresh="3"' in answered(page)
        monkeypatch.undo()
        assert 'data-refresh="30"' in answered(page)


def test_an_answer_to_the_same_figures_is_not_asked_for_again(
    tmp_path: Path, api: Loopback
) -> None:
    with asking(tmp_path, api.url) as page:
        ask(page)
        answered(page)
        consultant, sync = page.site.adviser.consultant, make_sync(FAULTY)
        assert consultant is not None
        question = page.store.read(lambda each: questions()(each, sync))
        assert question is not None
        consultant.ask(question)
        answered(page)
    assert len(api.received) == 1


def test_there_is_nothing_to_ask_of_a_sync_that_is_well(tmp_path: Path, api: Loopback) -> None:
    with asking(tmp_path, api.url) as page:
        assert page.client.get(f"/ask/{WELL}").status_code == 404
        assert page.client.get("/ask/NOBODY").status_code == 404
        assert page.client.post("/ask/NOBODY", data=page.form).status_code == 404
        found = page.client.get(f"/api/v1/syncs/{WELL}/triage").get_json()
        assert (found["answers"], found["claude"], found["question"]) == ([], None, None)


def test_a_program_sends_what_it_was_shown(tmp_path: Path, api: Loopback) -> None:
    path = f"/api/v1/syncs/{FAULTY}/triage"
    with asking(tmp_path, api.url) as page:
        header = {"X-Form-Token": page.form["form_token"]}
        shown = page.client.get(path).get_json()
        assert shown["claude"]["can_ask"]
        assert page.client.post(path, json={}, headers=header).status_code == 409
        given = {"sha256": shown["question"]["sha256"]}
        assert page.client.post(path, json=given, headers=header).status_code == 202
        answered(page)
        writers = [each["source"] for each in page.client.get(path).get_json()["answers"]]
    assert writers == ["rules", "claude"]


@pytest.mark.parametrize("send_names", [False, True])
def test_names_leave_where_that_is_asked_for_and_the_page_says_so(
    tmp_path: Path, api: Loopback, send_names: bool
) -> None:
    with asking(tmp_path, api.url, send_names=send_names) as page:
        text = page.text(ASK)
        ask(page)
        answered(page)
    assert ("these names are sent too" in text) is send_names
    assert ("these names stay here" in text) is not send_names
    assert (FAULTY.encode() in api.received[0].body) is send_names


def test_a_hostile_name_is_text_on_the_page_and_not_in_what_is_sent(
    tmp_path: Path, api: Loopback
) -> None:
    name = "</code><script>alert(1)</script>{{7*7}}/ask"
    story = Story(make_sync(name), 20, dropped=("2026-11-23",), is_short=True)
    with asking(tmp_path, api.url, [story]) as page:
        (path,) = set(re.findall(r'href="(/ask/[^"]*)"', page.text()))
        text = page.text(unescape(path))
        assert "<script>alert" not in text
        assert "alert" not in json.dumps(sent_as_shown(text))
