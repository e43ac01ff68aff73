"""The page in a real Chromium: barriers, requests, keyboard, refresh, without scripts.

Skipped where it is not installed, which `make services` does. REQUIRE_BROWSER=1 makes it a failure.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from sync_monitor.web import rate_limits
from sync_monitor.web.app import make_app
from sync_monitor.web.server import PageServer
from tests.acceptance.page.browser import AXE, MARKS, chromium
from tests.monitor.claudes import REPLY, message
from tests.monitor.loopback import Loopback, served
from tests.monitor.pageworld import FAULTY, Page, short_stories
from tests.monitor.streamstories import streams
from tests.monitor.test_page_asking import asking

pytestmark = MARKS


@dataclass
class Shown:
    """A page that is served to a browser."""

    page: Page
    url: str
    driver: Any

    def open(self, path: str = "") -> None:
        self.driver.get(self.url + path)

    def wait(self, script: str) -> Any:
        """Wait until a script returns something that is true."""
        from selenium.webdriver.support.ui import WebDriverWait

        return WebDriverWait(self.driver, 20, 0.05).until(
            lambda driver: driver.execute_script(f"return {script}")
        )

    def requests(self) -> list[str]:
        """Return the addresses that were asked since the last call."""
        found = []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                found.append(message["params"]["request"]["url"])
        return found


@pytest.fixture(scope="module")
def model() -> Iterator[Loopback]:
    """Serve the model's API for as long as the page is there."""
    with served() as loopback:
        loopback.body = message(json.dumps(REPLY))
        yield loopback


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory, model: Loopback) -> Iterator[Shown]:
    stories: list[Any] = [*short_stories(), *streams(is_short=True)]
    with (
        asking(tmp_path_factory.mktemp("browser"), model.url, stories) as page,
        PageServer(make_app(page.site), "127.0.0.1", 0) as server,
        chromium() as driver,
    ):
        driver.execute_cdp_cmd("Network.enable", {})
        yield Shown(page, server.url, driver)


PAGES = (
    "",
    "?show=streams",
    f"sync/{FAULTY}",
    "sync/Conversations",
    f"ask/{FAULTY}",
    "runs",
    "runs/1",
    "silences",
    "login",
    "nowhere",
)


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is missing: make services fetches it")
@pytest.mark.parametrize("width", [1440, 560])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_barrier(shown: Shown, theme: str, width: int) -> None:
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    shown.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    found = []
    for path in PAGES:
        shown.open(path)
        shown.driver.execute_script(f"document.documentElement.dataset.theme = '{theme}'")
        # By the debugger, because the page's policy lets no foreign script in.
        script = AXE.read_text(encoding="utf-8")
        shown.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": script})
        violations = shown.driver.execute_async_script(
            "const done = arguments[0];"
            "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice']})"
            ".then((each) => done(each.violations.map((one) =>"
            " [one.id, one.nodes.map((node) => node.html.slice(0, 120))])))"
        )
        found += [(path, *violation) for violation in violations]
    shown.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert found == []


def test_no_request_leaves_the_page_s_own_address(shown: Shown) -> None:
    shown.requests()
    # What a test before said: one of them ends its server.
    shown.driver.get_log("browser")
    for path in PAGES:
        shown.open(path)
    asked = shown.requests()
    assert len(asked) > len(PAGES)
    assert [url for url in asked if not url.startswith(shown.url)] == []
    said = [entry for entry in shown.driver.get_log("browser") if entry["level"] == "SEVERE"]
    assert [entry["message"] for entry in said if "nowhere" not in entry["message"]] == []


def test_what_is_copied_is_the_sql_of_the_api(shown: Shown) -> None:
    shown.open()
    permissions = ["clipboardReadWrite", "clipboardSanitizedWrite"]
    shown.driver.execute_cdp_cmd(
        "Browser.grantPermissions", {"origin": shown.url, "permissions": permissions}
    )
    shown.driver.find_element("css selector", ".copy").click()
    shown.wait("document.querySelector('.copy').textContent === 'Copied'")
    copied = shown.driver.execute_async_script("navigator.clipboard.readText().then(arguments[0])")
    answer = shown.page.client.get("/api/recommendations").get_json()
    first = shown.driver.find_element("css selector", ".copy").get_attribute("data-for")
    assert [copied] == [each["sql"] for each in answer["runbook"] if f"sql{each['issue']}" == first]


def test_the_keyboard_reaches_the_copy_button(shown: Shown) -> None:
    from selenium.webdriver.common.keys import Keys

    shown.open()
    for _ in range(60):
        active = shown.driver.switch_to.active_element
        if "copy" in (active.get_attribute("class") or ""):
            break
        active.send_keys(Keys.TAB)
    else:
        pytest.fail("60 tabs do not reach it")
    outline = shown.driver.execute_script(
        "return getComputedStyle(document.activeElement).outlineWidth"
    )
    assert outline == "3px"
    active.send_keys(Keys.ENTER)
    shown.wait("document.activeElement.textContent === 'Copied'")


def test_a_refresh_keeps_what_is_open_and_where_one_is(shown: Shown) -> None:
    shown.open()
    shown.driver.execute_script(
        "for (const each of document.querySelectorAll('details')) each.open = !each.open;"
        "window.scrollTo(0, 300);"
        "document.querySelector('#audit a').focus({preventScroll: true});"
        "document.getElementById('fleet').textContent = 'old';"
    )
    state = (
        "JSON.stringify([[...document.querySelectorAll('details')].map((each) => each.open),"
        "window.scrollY, document.activeElement.textContent])"
    )
    before = shown.wait(state)
    shown.driver.execute_script("document.dispatchEvent(new Event('refresh'))")
    shown.wait("document.getElementById('fleet').textContent.includes('1 critical')")
    assert shown.wait(state) == before


def test_a_monitor_that_is_gone_is_said(shown: Shown) -> None:
    with PageServer(make_app(shown.page.site), "127.0.0.1", 0) as server:
        shown.driver.get(server.url)
    shown.driver.execute_script("document.dispatchEvent(new Event('refresh'))")
    shown.wait("!document.getElementById('gone').hidden")


def test_the_theme_is_changed_and_kept(shown: Shown) -> None:
    shown.open()
    before = shown.driver.execute_script("return getComputedStyle(document.body).backgroundColor")
    shown.driver.find_element("id", "theme").click()
    after = shown.driver.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert before != after
    shown.open("runs")
    kept = shown.driver.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert kept == after
    shown.driver.execute_script("localStorage.clear()")


def test_colours_that_a_person_forces_leave_the_states_readable(shown: Shown) -> None:
    features = [{"name": "forced-colors", "value": "active"}]
    shown.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    shown.open()
    assert shown.driver.execute_script("return matchMedia('(forced-colors: active)').matches")
    background = shown.driver.execute_script(
        "return getComputedStyle(document.querySelector('.strip .c.ok')).backgroundColor"
    )
    assert background not in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")
    shown.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_claude_is_asked_by_the_keyboard_and_its_answer_comes_by_itself(
    shown: Shown, model: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    from selenium.webdriver.common.keys import Keys

    # A person who waits half a minute between two questions learns the same.
    monkeypatch.setattr(rate_limits, "SECONDS", 0.0)
    model.status = 529
    for answer in ("HTTP 529, it is overloaded", "The loader stands still."):
        shown.open(f"sync/{FAULTY}")
        shown.driver.find_element("css selector", ".foot a.button").send_keys(Keys.ENTER)
        shown.wait("document.getElementById('payload')")
        assert '"T1"' in shown.driver.find_element("id", "payload").text
        asked = len(model.received)
        shown.driver.find_element("css selector", "form.foot button").send_keys(Keys.ENTER)
        # Nobody loads the page again: it does so by itself until the answer is there.
        shown.wait(f"document.getElementById('triage')?.textContent.includes({answer!r})")
        assert len(model.received) == asked + 1
        model.status = 200
    assert "rules, offline" in shown.driver.find_element("id", "triage").text


def test_without_scripts_the_page_says_all_and_loads_itself_again(shown: Shown) -> None:
    with chromium(scripts=False) as driver:
        driver.get(shown.url)
        text = driver.find_element("tag name", "body").text
        assert FAULTY in text
        assert "No partition dt=2026-11-23" in text
        assert "INSERT INTO" in text or "SELECT" in text
        assert not driver.find_element("id", "pause").is_displayed()
        assert not driver.find_element("css selector", ".copy").is_displayed()
        refresh = driver.page_source
        assert 'http-equiv="refresh" content="30"' in refresh
