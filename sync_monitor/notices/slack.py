"""Slack, by an incoming webhook.

Source: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
"""

from __future__ import annotations

from typing import Any

from sync_monitor.notices import words
from sync_monitor.notices.message import Message
from sync_monitor.notices.posting import Posted

#: What Slack takes in a header and in a section.
LONGEST_HEADER, LONGEST_SECTION = 150, 3000


class Slack(Posted):
    """A channel of Slack."""

    name = "slack"

    def body(self, message: Message) -> dict[str, Any]:
        """Return a message as Slack takes it. `text` is what a notification shows."""
        title = words.title(message)
        header = {"type": "plain_text", "text": title[:LONGEST_HEADER], "emoji": False}
        blocks: list[dict[str, Any]] = [{"type": "header", "text": header}]
        for line in words.lines(message):
            text = {"type": "plain_text", "text": line[:LONGEST_SECTION], "emoji": False}
            blocks.append({"type": "section", "text": text})
        link = words.link(message)
        if link:
            text = {"type": "mrkdwn", "text": f"<{escaped(link)}|Open the monitor>"}
            blocks.append({"type": "context", "elements": [text]})
        return {"text": escaped(title), "blocks": blocks}


def escaped(text: str) -> str:
    """Return a text in which no name is a link or calls somebody."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
