"""Each kind of damage in a real Chromium: found on the page, and healed by what is read there.

A person asks for looks by the page's button, reads the cause and the SQL on the page, and runs it.
Skipped where no browser is installed, as the other tests with one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from oracle_cdc.commands.monitor_arguments import INJECTED
from oracle_cdc.running.clock import utc_now
from sync_monitor.demo.injecting import inject
from sync_monitor.demo.play import CAUSES, HEALED_BY_RUNBOOK
from sync_monitor.demo.runbook_run import apply_runbook
from sync_monitor.demo.seeding import write_samples
from sync_monitor.looks.pace import Asked
from sync_monitor.model import Severity
from sync_monitor.verdicts import Trigger
from sync_monitor.web import rate_limits, triage
from sync_monitor.web.app import make_app
from sync_monitor.web.server import PageServer
from sync_monitor.web.words import WORDS
from tests.acceptance.page.browser import MARKS, chromium
from tests.acceptance.test_injections import severity_of
from tests.monitor.edges import Stage, settings_in, staged
from tests.monitor.stories import make_site

pytestmark = MARKS
WELL = "Nothing is wrong with it."


@dataclass
class Person:
    """Who looks at the page of one sync, and acts by what stands there."""

    stage: Stage
    url: str
    driver: Any
    #: Whether the page said last that nothing is wrong, and nothing was done since.
    knows_it_well: bool = False

    def check(self) -> None:
        """Ask for a look by the button of the page, and wait for the page that comes of it."""
        from selenium.common.exceptions import WebDriverException
        from selenium.webdriver.support.ui import WebDriverWait

        self.driver.get(f"{self.url}sync/{self.stage.sync.name}")
        self.driver.execute_script("window.isBefore = true")
        self.driver.find_element("css selector", "#detail form button").click()
        # Between two pages the browser may refuse to be asked.
        WebDriverWait(self.driver, 60, 0.05, [WebDriverException]).until(
            lambda driver: driver.execute_script(
                "return !window.isBefore && document.readyState === 'complete'"
            )
        )

    def text(self, selector: str) -> str:
        return str(self.driver.find_element("css selector", selector).text)

    @property
    def state(self) -> str:
        """Return the state that the page shows, as its word."""
        return self.text("#syncs td .sev").lstrip("◆?▲● ").strip()

    @property
    def cause(self) -> str:
        """Return the cause that the rules name, empty where they name none."""
        for term in self.driver.find_elements("css selector", "#triage dt"):
            if term.text == "Cause":
                return str(term.find_element("xpath", "following-sibling::dd").text)
        return ""

    def runbooks(self) -> list[str]:
        """Return the SQL of all issues as it would be copied, also of what is folded up."""
        blocks = self.driver.find_elements("css selector", "#detail pre code")
        return [str(block.get_property("textContent")) for block in blocks]

    def shows(self, state: Severity, cause: str) -> bool:
        """Ask for looks, two at most, until the page shows a state, its cause and its issues."""
        for _ in range(2):
            self.check()
            has_issues = bool(self.driver.find_elements("css selector", "li.issue h4"))
            is_right = self.state == WORDS[state] and self.cause.endswith(cause)
            if is_right and has_issues is (state is not Severity.OK):
                return True
        return False

    def shows_it_well(self) -> bool:
        """Ask for looks, two at most, until the page shows that nothing is wrong."""
        self.knows_it_well = self.shows(Severity.OK, "") and WELL in self.text("#triage")
        return self.knows_it_well

    def begin_well(self) -> None:
        """Undo what a test before left, which has failed then."""
        if not self.knows_it_well:
            write_samples(self.stage.place, self.stage.samples)
            assert self.shows_it_well()

    def damage(self, kind: str) -> None:
        """Do a kind of damage."""
        self.knows_it_well = False
        inject(kind, self.stage.place, self.stage.samples)

    def heal(self, kind: str) -> None:
        """Run what stands on the page, twice, or do what it says that a person must."""
        if kind not in HEALED_BY_RUNBOOK:
            write_samples(self.stage.place, self.stage.samples)
            return
        for text in 2 * self.runbooks():
            apply_runbook(text, self.stage.place, self.stage.samples)


@pytest.fixture(scope="module")
def person(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    with (
        staged(settings_in(tmp_path_factory.mktemp("healing"))) as stage,
        pytest.MonkeyPatch.context() as patch,
        chromium() as driver,
    ):
        # A person who waits half a minute between two looks learns the same.
        patch.setattr(rate_limits, "SECONDS", 0.0)

        def check(name: str, by: str) -> None:
            stage.rounds.look(stage.sync, Asked(Trigger.PERSON, by))
            stage.rounds.record([stage.sync])

        site = make_site(stage.store, [stage.sync], now=utc_now, check=check)
        with PageServer(make_app(site), "127.0.0.1", 0) as server:
            yield Person(stage, server.url, driver)


@pytest.mark.parametrize("kind", INJECTED)
def test_each_kind_is_found_on_the_page_and_healed_by_what_is_read_there(
    person: Person, kind: str
) -> None:
    person.begin_well()
    person.damage(kind)
    assert person.shows(severity_of(kind), triage.CAUSES[CAUSES[kind]])
    assert person.runbooks() or kind not in HEALED_BY_RUNBOOK
    person.heal(kind)
    assert person.shows_it_well()
