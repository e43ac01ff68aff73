"""The rule for consumers of row changes: an event counts only if it is newer than its row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


class LatestRows:
    """The rows as they are now, however late and however often events come.

    rows: the last image of each row that there is. numbers: of its last change, deleted or not.
    """

    def __init__(self) -> None:
        self.rows: dict[str, Mapping[str, Any]] = {}
        self.numbers: dict[str, str] = {}

    def apply(self, detail: Mapping[str, Any]) -> bool:
        """Take the detail of an event, and return whether it was new."""
        row = json.dumps([detail["table"], detail["keys"]], sort_keys=True)
        number = detail["metadata"]["sequenceNumber"]
        if number <= self.numbers.get(row, ""):
            return False
        self.numbers[row] = number
        if detail["operation"] == "DELETE":
            self.rows.pop(row, None)
        else:
            self.rows[row] = detail["after"]
        return True
