"""The rule that docs/consumers.md shows is the one that the demo's consumer has."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import config
from oracle_cdc.demo.changes.latest_rows import LatestRows

PAGE = Path(config.__file__).parent / "docs" / "consumers.md"
#: What one reads before one's coffee is cold: without blank lines and docstrings.
MOST_LINES = 15


def test_the_page_shows_the_rule_as_it_is_tested() -> None:
    (shown,) = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert shown == inspect.getsource(LatestRows)


def test_the_rule_is_short() -> None:
    source = re.sub(r'"""[^"]*"""', "", inspect.getsource(LatestRows))
    assert len([line for line in source.splitlines() if line.strip()]) <= MOST_LINES
