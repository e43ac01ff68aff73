"""Changes to records: what may leave of each, as bytes, and why one can't be sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from oracle_cdc.aws.kinesis.limits import StreamRecord
from oracle_cdc.changes.rules.codec import encode
from oracle_cdc.changes.rules.errors import ChangeRefused, InvalidChange, TransformationFailed
from oracle_cdc.changes.rules.pairing import Paired
from oracle_cdc.changes.rules.partitions import make_partition_key
from oracle_cdc.changes.rules.transforming import Transformation, Transformed
from oracle_cdc.changes.rules.turns import Waiting
from oracle_cdc.changes.rules.values import Change

#: How often a change is tried to be redacted. It is a rule on a value, which no pause mends.
TRIES = 3


class Outgoing(NamedTuple):
    """A change on its way.

    Parameters:
        change: as it may leave this process: redacted, or without its images.
        record: None: it can't be sent.
        refusal: why not.
        attempts: how often that was tried.
        is_whole: False: its images are left out, because they could not be redacted, or a value of
            them was not read.
    """

    change: Change
    record: StreamRecord | None = None
    refusal: ChangeRefused | None = None
    attempts: int = 1
    is_whole: bool = True

    def __repr__(self) -> str:
        return f"Outgoing({self.change})"


@dataclass
class Builder:
    """Makes records.

    Parameters:
        max_record_bytes: that the stream takes, the partition key counted.
        redactions: how much was replaced so far, by its kind.
    """

    transformation: Transformation
    max_record_bytes: int
    redactions: Counter[str] = field(default_factory=Counter)

    def build(self, paired: Paired, number: int) -> Sequence[Waiting[Outgoing]]:
        """Return what is sent of a change, nothing where its table does not want it published.

        number: of its group.
        """
        waiting: list[Waiting[Outgoing]] = []
        for change in paired.changes:
            key = make_partition_key(change.table, change.keys)
            outgoing = self.prepare(change, key, paired.refusal)
            if outgoing is None:
                continue
            size_bytes = 0
            if outgoing.record is not None:
                size_bytes = outgoing.record.size_bytes
            waiting.append(Waiting(outgoing, key, number, size_bytes))
        return waiting

    def prepare(self, change: Change, key: str, refusal: InvalidChange | None) -> Outgoing | None:
        """Return a change as it may leave, None for one that is not published.

        Parameters:
            key: the partition key of the change as it is now.
        """
        try:
            transformed = self.transform(change)
        except ChangeRefused as error:
            attempts = 1
            if isinstance(error, TransformationFailed):
                attempts = TRIES
            return Outgoing(bare(change), None, refusal or error, attempts, is_whole=False)
        if transformed.is_skipped:
            return None
        if transformed.redactions:
            self.redactions.update(transformed.redactions)
        published = transformed.change
        if refusal is not None:
            # Not even from its letter may be published what is not as the row is.
            unread = published._replace(before=None, after=None)
            return Outgoing(unread, None, refusal, is_whole=False)
        if published.keys != change.keys:
            key = make_partition_key(published.table, published.keys)
        try:
            return Outgoing(published, self.make_record(published, key))
        except InvalidChange as error:
            return Outgoing(published, None, error)

    def transform(self, change: Change) -> Transformed:
        """Return a change as it is published. Raises InvalidChange and TransformationFailed."""
        for _ in range(TRIES - 1):
            try:
                return self.transformation.transform(change)
            except TransformationFailed:
                continue
        return self.transformation.transform(change)

    def make_record(self, change: Change, key: str) -> StreamRecord:
        """Return the record of a change. Raises InvalidChange for what can't be one."""
        data: bytes | None = None
        with suppress(UnicodeEncodeError):
            data = encode(change)
        if data is None:
            # Raised here, so that the error, which has the whole text, is not its context.
            raise InvalidChange(f"{change.metadata.event_id}: a text of it is no UTF-8")
        record = StreamRecord(key, data)
        if record.size_bytes > self.max_record_bytes:
            raise InvalidChange(
                f"{change.metadata.event_id} has {record.size_bytes} bytes; the stream takes "
                f"{self.max_record_bytes}"
            )
        return record


def bare(change: Change) -> Change:
    """Return a change without anything of its row."""
    return change._replace(before=None, after=None, keys={})
