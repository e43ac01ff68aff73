"""What a user may publish, asked of the server and not tried."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass

from nats.aio.msg import Msg
from nats.errors import Error

from oracle_cdc.nats.connection import PUBLISH_DENIED, Connection
from oracle_cdc.nats.stream import takes

#: Answered by servers from version 2.8 on, to each user who may publish there.
USER_INFO = "$SYS.REQ.USER.INFO"
#: Signs of a subject that stand for more than one token.
ANY, ALL_BEHIND = "*", ">"


@dataclass(frozen=True)
class Rights:
    """The subjects that a user may publish to.

    Parameters:
        allowed: empty for all.
        denied: of those that are allowed.
    """

    allowed: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()

    def lacking(self, subject: str) -> str:
        """Return why a subject may not be published to, empty where it may.

        Parameters:
            subject: with a * for each token that differs.
        """
        if self.allowed and not takes(self.allowed, subject):
            return f"it may publish to {', '.join(self.allowed)}, which is not all of {subject}"
        for pattern in self.denied:
            if overlaps(pattern.split("."), subject.split(".")):
                return f"it may not publish to {pattern}, which {subject} needs"
        return ""


def overlaps(pattern: Sequence[str], tokens: Sequence[str]) -> bool:
    """Return whether some subject is as both say. `tokens` may have * and no >."""
    for position, expected in enumerate(pattern):
        if position >= len(tokens):
            return False
        if expected == ALL_BEHIND:
            return True
        if expected != tokens[position] and ANY not in (expected, tokens[position]):
            return False
    return len(pattern) == len(tokens)


async def read_rights(connection: Connection) -> Rights | None:
    """Return what the user may publish, None where the server does not say so."""
    client = connection.client
    inbox = client.new_inbox()
    try:
        answers = await client.subscribe(inbox, max_msgs=1)
        await client.publish(USER_INFO, b"", inbox)
        # A refusal comes before the answer to this.
        await client.flush()
        if connection.is_complaint(f'{PUBLISH_DENIED} to "{USER_INFO.lower()}"'):
            await answers.unsubscribe()
            return None
        return parse_rights(await answers.next_msg(connection.settings.ack_timeout_seconds))
    except (Error, asyncio.TimeoutError, OSError):
        return None


def parse_rights(answer: Msg) -> Rights | None:
    """Return what an answer says, None where it is none of the server's."""
    try:
        publish = json.loads(answer.data)["data"].get("permissions", {}).get("publish", {})
        return Rights(tuple(publish.get("allow", ())), tuple(publish.get("deny", ())))
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
