"""Dead letters once more, the same way as every record: published, or a dead letter again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from oracle_cdc.aws.sqs.dead_letters import DeadLetterQueue
from oracle_cdc.changes.rules.dead_letters import Place, read_dead_letter
from oracle_cdc.changes.rules.errors import ParseError
from oracle_cdc.errors import CdcError
from oracle_cdc.model import ReceivedMessage
from oracle_cdc.processor.fetching import Fetching, RecordOutstanding
from oracle_cdc.processor.publishing.processing import Processing
from oracle_cdc.processor.publishing.records import Item, Lot, Received, Verdict

logger = logging.getLogger(__name__)

#: The attributes of a message by which its record is known.
SHARD, SEQUENCE = "shardId", "sequenceNumber"
#: How often what waits is tried again before all is left to the next run.
MORE_TRIES = 3


@dataclass
class Redriven:
    """What became of dead letters.

    Parameters:
        published: accepted by the bus, or not wanted any more.
        failed: dead letters again, with one attempt more.
        foreign: no dead letters, of records that the stream no longer has, or of changes that are
            nowhere as they were. They stay.
        waiting: of records that the stream did not give yet. They stay, too.
        error: why the others stay.
    """

    published: int = 0
    failed: int = 0
    foreign: int = 0
    waiting: int = 0
    error: CdcError | None = None


@dataclass
class Opened:
    """The records of messages that can be tried now, and how many later, or never."""

    items: dict[str, Item] = field(default_factory=dict)
    foreign: int = 0
    waiting: int = 0


class Successors:
    """The queue as one run writes into it, which knows the letters again that it wrote itself.

    By the time of their sending it would not: that is by the clock of SQS.
    """

    def __init__(self, queue: DeadLetterQueue) -> None:
        self.queue = queue
        self.ids: set[str] = set()

    @property
    def max_bytes(self) -> int:
        return self.queue.max_bytes

    def send(self, document: str, attributes: Mapping[str, str]) -> None:
        self.ids.add(self.queue.send(document, attributes))


class Redriving:
    """Tries dead letters again.

    Parameters:
        processing: tries each record once. What fails it writes into the queue again.
        stream: that the records came from.
    """

    def __init__(
        self,
        processing: Processing,
        queue: DeadLetterQueue,
        fetching: Fetching,
        stream: str,
    ) -> None:
        self.processing = processing
        self.queue = queue
        self.fetching = fetching
        self.stream = stream
        self.successors = processing.letters.queue = Successors(queue)

    def run(
        self,
        before: datetime,
        most: int | None = None,
        may_go_on: Callable[[], bool] = lambda: True,
    ) -> Redriven:
        """Try the dead letters that were sent before a moment, and say what became of them.

        Those that this very run writes are left to the next one. A letter leaves the queue only
        after its event was accepted, or after its successor was sent.

        Raises what keeps the first of them from being read.

        Parameters:
            before: with a zone.
            most: how many are tried, None for all.
        """
        redriven = Redriven()
        #: What was received and is in the queue still, by its id.
        in_queue: dict[str, ReceivedMessage] = {}
        try:
            while may_go_on() and redriven.error is None:
                if most is not None and redriven.published + redriven.failed >= most:
                    break
                messages = self.queue.receive(before)
                # Where a run takes long, those that stayed come again.
                fresh = [each for each in messages if each.message_id not in in_queue]
                for message in messages:
                    in_queue[message.message_id] = message
                if not fresh:
                    break
                tried = [each for each in fresh if each.message_id not in self.successors.ids]
                staying = self.redrive(tried, redriven)
                for message in tried:
                    if message not in staying:
                        del in_queue[message.message_id]
        except CdcError as error:
            if redriven == Redriven():
                raise
            redriven.error = error
        finally:
            self.queue.give_back(list(in_queue.values()))
        return redriven

    def redrive(
        self, messages: Sequence[ReceivedMessage], redriven: Redriven
    ) -> list[ReceivedMessage]:
        """Try messages, delete those that became something, and return those that stay."""
        opened = self.open(sorted(messages, key=lambda message: message.sent_ms))
        redriven.foreign += opened.foreign
        redriven.waiting += opened.waiting
        verdict = self.process(Lot(list(opened.items.values())))
        redriven.error = verdict.error
        settled: list[ReceivedMessage] = []
        for message in messages:
            item = opened.items.get(message.message_id)
            if item is None or not item.is_settled:
                continue
            settled.append(message)
            redriven.failed += item.refused is not None
            redriven.published += item.refused is None
        if settled:
            self.queue.delete(settled)
        return [message for message in messages if message not in settled]

    def process(self, lot: Lot) -> Verdict:
        """Publish a lot, and after short waits again what a bus that throttles did not take."""
        verdict = self.processing.process(lot)
        for failures in range(MORE_TRIES):
            if verdict.error is None:
                break
            self.processing.rest(self.processing.tries.waits.after(failures))
            verdict = self.processing.process(lot)
        return verdict

    def open(self, messages: Sequence[ReceivedMessage]) -> Opened:
        """Return the records of messages, each with the attempts that it had."""
        opened = Opened()
        for message in messages:
            try:
                item = self.open_one(message)
            except ParseError as error:
                logger.warning("message %s stays in the queue: %s", message.message_id, error)
                opened.foreign += 1
            except RecordOutstanding as error:
                logger.warning("message %s waits in the queue: %s", message.message_id, error)
                opened.waiting += 1
            else:
                if item is None:
                    opened.foreign += 1
                else:
                    opened.items[message.message_id] = item
        return opened

    def open_one(self, message: ReceivedMessage) -> Item | None:
        """Return the record of a message, None where neither the message nor the stream has it.

        Raises ParseError for what is no dead letter, and what Fetching raises.
        """
        letter = read_dead_letter(message.body)
        if letter.data is None and letter.place is None:
            logger.warning(
                "message %s stays in the queue: its change came to no stream, and does not rest "
                "in the queue as it was either",
                message.message_id,
            )
            return None
        attributes = message.attributes
        place = letter.place or Place(
            self.stream, attributes.get(SHARD, ""), attributes.get(SEQUENCE, "0")
        )
        data = letter.data
        if data is None:
            data = self.fetching.fetch(place)
        if data is None:
            logger.warning(
                "message %s stays in the queue: the stream no longer has record %s of %s",
                message.message_id,
                place.sequence_number,
                place.shard_id,
            )
            return None
        return Item(Received(place, data), attempts=letter.attempts)
