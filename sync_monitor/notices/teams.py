"""Teams, by the webhook of a workflow, which takes an Adaptive Card.

Source: https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/,
"Create Incoming Webhooks with Workflows".
"""

from __future__ import annotations

from typing import Any

from sync_monitor.notices import words
from sync_monitor.notices.message import Message
from sync_monitor.notices.posting import Posted


class Teams(Posted):
    """A channel of Teams."""

    name = "teams"

    def body(self, message: Message) -> dict[str, Any]:
        """Return a message as a workflow takes it."""
        parts = [rich(words.title(message), weight="Bolder", size="Medium")]
        for line in words.lines(message):
            parts.append(rich(line))
        card: dict[str, Any] = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.4",
            "body": parts,
        }
        link = words.link(message)
        if link:
            card["actions"] = [{"type": "Action.OpenUrl", "title": "Open the monitor", "url": link}]
        attachment = {
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": None,
            "content": card,
        }
        return {"type": "message", "attachments": [attachment]}


def rich(text: str, **style: str) -> dict[str, Any]:
    """Return a paragraph. A TextRun is no Markdown, so that no name is a link."""
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **style}]}
