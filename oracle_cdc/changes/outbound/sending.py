"""A turn to where it goes: records to the stream, what can't be one to the dead letters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol

from oracle_cdc.aws.kinesis.limits import StreamRecord
from oracle_cdc.aws.kinesis.outbound import PutOutcome
from oracle_cdc.changes.outbound.building import Outgoing
from oracle_cdc.changes.rules.turns import Waiting
from oracle_cdc.errors import CdcError


class Stream(Protocol):
    """What takes records."""

    def send(self, records: Sequence[StreamRecord]) -> Sequence[PutOutcome]: ...


#: Writes a dead letter. Raises CdcError where it is not accepted.
WriteLetter = Callable[[Outgoing], None]


class Settled(NamedTuple):
    """What became of something in a turn. error: why it was not accepted."""

    waiting: Waiting[Outgoing]
    error: CdcError | None = None


class Turn(NamedTuple):
    """What became of a turn.

    failure: what the request failed with as a whole, so that the next one would fail too.
    """

    settled: Sequence[Settled]
    failure: CdcError | None = None


class Sender:
    """Sends turns."""

    def __init__(self, stream: Stream, write_letter: WriteLetter) -> None:
        self.stream = stream
        self.write_letter = write_letter

    def send(self, turn: Sequence[Waiting[Outgoing]]) -> Turn:
        """Send what stands in a turn, and return what became of each."""
        refused = [each for each in turn if each.item.record is None]
        settled = list(self.write_letters(refused))
        records: list[StreamRecord] = []
        going: list[Waiting[Outgoing]] = []
        for each in turn:
            if each.item.record is not None:
                records.append(each.item.record)
                going.append(each)
        if not records:
            return Turn(settled)
        outcomes = self.stream.send(records)
        for each, outcome in zip(going, outcomes, strict=True):
            settled.append(Settled(each, outcome.error))
        failure: CdcError | None = None
        if outcomes[0].is_of_request:
            failure = outcomes[0].error
        return Turn(settled, failure)

    def write_letters(self, refused: Sequence[Waiting[Outgoing]]) -> Iterator[Settled]:
        """Write dead letters, and yield what became of each. The first that fails is the last."""
        failure: CdcError | None = None
        for each in refused:
            if failure is None:
                try:
                    self.write_letter(each.item)
                except CdcError as error:
                    failure = error
            yield Settled(each, failure)
