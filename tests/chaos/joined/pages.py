"""What the copies say of their readiness."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from tests.chaos.changes.changecopies import ChangeCopies, read_page

LOOK_SECONDS = 0.1


class Pages:
    """Reads the page of readiness of each copy that runs."""

    def __init__(self, copies: ChangeCopies) -> None:
        self.copies = copies

    def read(self) -> Mapping[str, Mapping[str, Any]]:
        """Return the page of each copy, by its process. One that shows none has no member."""
        found: dict[str, Mapping[str, Any]] = {}
        for copy in self.copies.plan.copies:
            process = self.copies.process_of(copy)
            text = read_page(self.copies.ports.get(process, 0), "readyz")
            found[process] = json.loads(text or "{}")
        return found

    def failing(self) -> frozenset[str]:
        """Return the dependencies that any copy says are not well."""
        names: set[str] = set()
        for page in self.read().values():
            for name, check in page.get("dependencies", {}).items():
                if not check["ok"]:
                    names.add(name)
        return frozenset(names)

    def missing(self) -> Mapping[str, tuple[str, ...]]:
        """Return what each copy misses of what it depends on."""
        found: dict[str, tuple[str, ...]] = {}
        for process, page in self.read().items():
            reasons = ["it shows no page"]
            if page:
                reasons = []
            for name, check in page.get("dependencies", {}).items():
                if not check["ok"]:
                    reasons.append(f"{name}: {check['reason']}")
            found[process] = tuple(reasons)
        return found

    def are_well(self) -> bool:
        return not any(self.missing().values())


def await_that(is_so: Callable[[], bool], seconds: float) -> bool:
    """Wait until something is so, and return whether it came to that in time."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(LOOK_SECONDS)
    return True
