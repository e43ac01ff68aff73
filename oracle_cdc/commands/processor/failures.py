"""What row changes set aside: the dead letters of their queue, listed, published again, deleted."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone

from oracle_cdc.changes.rules.dead_letters import DeadLetter, read_dead_letter
from oracle_cdc.changes.rules.errors import ParseError
from oracle_cdc.commands.failures_items import Body, Choice, Item, Tried
from oracle_cdc.errors import SettingsError
from oracle_cdc.model import ReceivedMessage
from oracle_cdc.processor.redriving import Redriven
from oracle_cdc.processor.settings import ProcessorSettings
from oracle_cdc.processor.startup import Startup
from oracle_cdc.processor.wiring import make_processor, make_redriving
from oracle_cdc.running.amounts import counted
from oracle_cdc.running.privacy import escape
from oracle_cdc.settings.service import PROCESSOR

DIRECTION = "CHANGE"
FOREIGN = "no dead letter"
#: What stays of the queue's attributes where none says it.
UNKNOWN = "unknown"


class FailedChanges:
    """Dead letters. While a command has them they are hidden from others."""

    how = "changes are taken from their dead letters"

    def __init__(self, settings: ProcessorSettings) -> None:
        self.processor = make_processor(settings, threading.Event())
        queue = self.processor.edges.dead_letters
        if queue is None:
            raise SettingsError("DLQ_URL: missing; set it to the queue of dead letters")
        self.queue = queue
        self.startup = Startup(self.processor)
        #: By id, the messages that this command has.
        self.taken: dict[str, ReceivedMessage] = {}

    def find(self, choice: Choice) -> Sequence[Item]:
        """Return the chosen letters, the oldest first."""
        self.take_all()
        items = sorted(map(as_item, self.taken.values()), key=lambda item: item.origin.sent_ms)
        if choice.ids is not None:
            return [item for item in items if item.failure_id in choice.ids]
        if choice.older_than_days < 0:
            return items
        latest = datetime.now(timezone.utc) - timedelta(days=choice.older_than_days)
        return [item for item in items if sent_at(item.origin) < latest]

    def take_all(self) -> None:
        """Receive all that are in the queue by now."""
        now = datetime.now(timezone.utc)
        known_count = -1
        # What was received reappears where this takes long.
        while len(self.taken) > known_count:
            known_count = len(self.taken)
            for message in self.queue.receive(now):
                self.taken[make_id(message)] = message

    def read_body(self, item: Item) -> Body:
        """Return the whole document."""
        return Body(item.origin.body)

    def count(self, items: Sequence[Item]) -> str:
        """Return how many letters these are, in words."""
        return counted(len(items), "change")

    def replay(self, items: Sequence[Item]) -> Iterator[Tried]:
        """Publish changes again, one after another. Raises why the others wait."""
        self.startup.ensure_bus()
        redriving = make_redriving(self.processor)
        for item in items:
            redriven = Redriven()
            staying = redriving.redrive([item.origin], redriven)
            if not staying:
                del self.taken[item.failure_id]
            if redriven.error is not None:
                raise redriven.error
            yield Tried(item, bool(redriven.published), describe(redriven))

    def discard(self, items: Sequence[Item]) -> int:
        """Delete letters. The changes that they hold are lost."""
        left = self.queue.delete([item.origin for item in items])
        removed = 0
        for item in items:
            if item.origin not in left:
                del self.taken[item.failure_id]
                removed += 1
        return removed

    def close(self) -> None:
        """Let others have what is left, and close what is open."""
        self.queue.give_back(list(self.taken.values()))
        self.processor.close()


def describe(redriven: Redriven) -> str:
    """Return how it ended that one letter was tried again."""
    if redriven.published:
        return "published"
    if redriven.failed:
        return "failed again: it is a dead letter with another ID"
    if redriven.waiting:
        return "its record did not come yet: try it later"
    return "it can't be tried: see the log"


def make_id(message: ReceivedMessage) -> str:
    """Return the ID of a letter: 32 hex digits, as a message of SQS has them between dashes."""
    digits = message.message_id.replace("-", "").upper()
    if re.fullmatch("[0-9A-F]{32}", digits):
        return digits
    return hashlib.sha256(message.message_id.encode()).hexdigest()[:32].upper()


def sent_at(message: ReceivedMessage) -> datetime:
    return datetime.fromtimestamp(message.sent_ms / 1000, timezone.utc)


def as_item(message: ReceivedMessage) -> Item:
    """Return a letter as the commands show it, without anything of its row."""
    letter = read_letter(message)
    attempts, reason = 0, FOREIGN
    if letter is not None:
        attempts, reason = letter.attempts, letter.code
    table = message.attributes.get("table", UNKNOWN)
    number = message.attributes.get("sequenceNumber", UNKNOWN)
    return Item(
        make_id(message),
        DIRECTION,
        escape(f"{table} {number}"),
        f"change {escape(number)} of {escape(table)}",
        attempts=attempts,
        failed_at=sent_at(message).replace(tzinfo=None),
        reason=reason,
        shown=as_object(message, attempts, reason),
        origin=message,
    )


def read_letter(message: ReceivedMessage) -> DeadLetter | None:
    """Return what a message says, None where it is no dead letter."""
    try:
        return read_dead_letter(message.body)
    except ParseError:
        return None


def as_object(message: ReceivedMessage, attempts: int, reason: str) -> Mapping[str, object]:
    """Return a letter as the JSON outputs name it."""
    return {
        "id": make_id(message),
        "pipeline": PROCESSOR,
        "direction": DIRECTION,
        "table": message.attributes.get("table"),
        "sequenceNumber": message.attributes.get("sequenceNumber"),
        "shardId": message.attributes.get("shardId"),
        "attempts": attempts,
        "failedAt": f"{sent_at(message):%Y-%m-%dT%H:%M:%SZ}",
        "reason": reason,
    }
