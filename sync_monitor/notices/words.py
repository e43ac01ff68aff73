"""A message in words of ours, with the names that the settings have."""

from __future__ import annotations

from urllib.parse import quote

from sync_monitor.notices.message import Item, Message
from sync_monitor.records import NoticeKind
from sync_monitor.verdicts import IssueKind

MOST_LINES = 12
LONGEST_NAME = 120
WORDS = {
    IssueKind.NO_PARTITION: "the lake has no partition",
    IssueKind.ROWS_MISSING: "rows are missing",
    IssueKind.ROWS_EXTRA: "too many rows",
    IssueKind.ROWS_CHANGED: "rows with other contents",
    IssueKind.SCHEMA: "the columns differ",
    IssueKind.LAG: "the lake lags behind",
    IssueKind.NOT_MEASURED: "not measured",
    IssueKind.BOTH_EMPTY: "both sides are empty",
    IssueKind.SOURCE_LOW: "Oracle itself has few rows",
    IssueKind.STOPPED: "the pipeline stands still",
    IssueKind.SET_ASIDE: "set aside, for a person to see to",
}
OPENINGS = {
    NoticeKind.OPENED: "",
    NoticeKind.REMINDER: "Still ",
    NoticeKind.CLOSED: "Over: ",
}
LEFT = "No longer looked at: "


def title(message: Message) -> str:
    """Return the first line: how bad, and of what."""
    count = len(message.items)
    what = one_line(message.group)
    if count == 1:
        what = heading(message.items[0])
    elif len(message.syncs) > 1:
        what += f": {count} issues of {len(message.syncs)} syncs"
    else:
        what += f": {count} issues"
    state = message.severity.value
    if message.kind is NoticeKind.CLOSED:
        opening = OPENINGS[message.kind]
        if any(item.is_left for item in message.items):
            opening = LEFT
        return f"{opening}{what}"
    return f"{OPENINGS[message.kind]}{state}: {what}"


def heading(item: Item) -> str:
    """Return an issue as part of a title."""
    return f"{one_line(item.issue.sync)}: {WORDS[item.issue.kind]}"


def lines(message: Message) -> list[str]:
    """Return a line for each issue, as far as anybody reads them."""
    found = [line(item) for item in message.items[:MOST_LINES]]
    if len(message.items) > MOST_LINES:
        found.append(f"and {len(message.items) - MOST_LINES} more")
    return found


def line(item: Item) -> str:
    """Return what an issue is, since when, and who is asked."""
    issue = item.issue
    text = f"{one_line(issue.sync)}: {WORDS[issue.kind]}"
    if issue.partition:
        text += f" of {one_line(issue.partition)}"
    if issue.rows:
        text += f", {issue.rows:,} rows"
    if item.error_code:
        text += f" ({one_line(item.error_code)})"
    text += f", since {issue.opened_at:%Y-%m-%d %H:%M} UTC"
    if issue.closed_at is not None:
        text += f", until {issue.closed_at:%Y-%m-%d %H:%M} UTC"
        if item.is_left:
            text += ", when its day left the window; nobody saw it healed"
    elif item.ask:
        text += f"; ask {one_line(item.ask)}"
    return f"{text} [issue {issue.number}]"


def link(message: Message) -> str:
    """Return the address of the page that shows more, empty where none is known."""
    base = message.page_url.rstrip("/")
    if base and len(message.syncs) == 1:
        return f"{base}/sync/{quote(message.syncs[0], safe='')}"
    return base


def one_line(text: str) -> str:
    """Return a name of the settings, cut, with a blank for each sign that is not printed."""
    signs: list[str] = []
    for sign in text[:LONGEST_NAME]:
        if not sign.isprintable():
            sign = " "
        signs.append(sign)
    return "".join(signs)
