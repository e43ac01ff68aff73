"""A plugin of pytest: writes down how tests failed, for the runner to judge."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

#: Names the file that the plugin writes.
VARIABLE = "MUTANTS_VERDICT"

_failures: list[dict[str, str]] = []


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: Any, call: Any) -> Any:
    """Note a failure: in which step of which test, and of which kind."""
    outcome = yield
    report = outcome.get_result()
    if report.failed and call.excinfo:
        kind = call.excinfo.type.__name__
        _failures.append({"test": item.nodeid, "step": report.when, "kind": kind})


def pytest_sessionfinish() -> None:
    """Write the failures."""
    Path(os.environ[VARIABLE]).write_text(json.dumps(_failures), encoding="utf-8")
