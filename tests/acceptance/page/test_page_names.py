"""Names that are written from right to left, or are long, in a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sync_monitor.web.app import make_app
from sync_monitor.web.server import PageServer
from tests.acceptance.page.browser import MARKS, chromium
from tests.monitor.pageworld import page_of
from tests.monitor.stories import Story, make_sync

pytestmark = MARKS
HEBREW, ALSO_HEBREW, LONG = "שיחות נכנסות", "הזמנות", "A" * 120
#: Where a text stands on the page: its left edge.
PLACE = """
const [selector, text] = arguments, walker = document.createTreeWalker(
  document.querySelector(selector), NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const at = walker.currentNode.data.indexOf(text), range = document.createRange();
  if (at < 0) continue;
  range.setStart(walker.currentNode, at);
  range.setEnd(walker.currentNode, at + text.length);
  return range.getBoundingClientRect().left;
}
"""


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    stories = [
        Story(make_sync(HEBREW), 20, lacking={"2026-11-23": 20, "2026-11-24": 3}, is_short=True),
        Story(make_sync(ALSO_HEBREW), 20, lacking={"2026-11-23": 20}, is_short=True),
        Story(make_sync(LONG), 20, is_short=True),
    ]
    with (
        page_of(tmp_path_factory.mktemp("names"), stories) as page,
        PageServer(make_app(page.site), "127.0.0.1", 0) as server,
        chromium() as found,
    ):
        found.get(server.url)
        yield found


def left_of(driver: Any, number: int, text: str) -> float:
    """Return the left edge of a text of a card."""
    found: float = driver.execute_script(PLACE, f".card:nth-child({number}) .where", text)
    return found


def test_a_hebrew_name_moves_no_number_beside_it(driver: Any) -> None:
    assert left_of(driver, 1, HEBREW) < left_of(driver, 1, "23 of 600") - 40


def test_of_two_hebrew_names_each_has_its_own_number(driver: Any) -> None:
    metrics = {"width": 1640, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    order = [left_of(driver, 3, text) for text in (ALSO_HEBREW, " 1, ", HEBREW, "\u00a01")]
    driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert order == sorted(order)


def test_a_long_name_moves_no_column_out_of_sight(driver: Any) -> None:
    widths = "const one = document.querySelector('#audit .scroll');"
    widths += "return [one.scrollWidth, one.clientWidth]"
    needed, there = driver.execute_script(widths)
    assert needed <= there
