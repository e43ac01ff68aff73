"""Any URL that takes JSON."""

from __future__ import annotations

from typing import Any

from sync_monitor.notices import words
from sync_monitor.notices.message import Item, Message
from sync_monitor.notices.posting import Posted

#: Of the form of the body: it changes when a key changes its meaning or goes.
VERSION = 1


class Webhook(Posted):
    """A URL that takes JSON.

    Parameters:
        token: what it is shown as Authorization: Bearer.
    """

    name = "webhook"

    def body(self, message: Message) -> dict[str, Any]:
        """Return a message as JSON: all of its issues."""
        return {
            "version": VERSION,
            "kind": message.kind.value,
            "severity": message.severity.value,
            "group": words.one_line(message.group),
            "title": words.title(message),
            "page": words.link(message) or None,
            "issues": list(map(described, message.items)),
        }


def described(item: Item) -> dict[str, Any]:
    """Return an issue as JSON."""
    issue = item.issue
    closed_at = None
    if issue.closed_at is not None:
        closed_at = issue.closed_at.isoformat()
    return {
        "issue": issue.number,
        "sync": words.one_line(issue.sync),
        "kind": issue.kind.value,
        "partition": issue.partition or None,
        "rows": issue.rows,
        "severity": issue.severity.value,
        "since": issue.opened_at.isoformat(),
        "until": closed_at,
        "error_code": item.error_code or None,
        "ask": words.one_line(item.ask) or None,
    }
