"""What a source, a destination and a store of progress must do, whichever they are."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol, TypeAlias

from oracle_cdc.errors import CdcError
from oracle_cdc.relay.values import (
    Event,
    Facts,
    Look,
    Outcome,
    Progress,
    Row,
    SetAside,
    Slice,
    Tally,
)

#: Batches of rows, none of them empty, from an open cursor.
Batches: TypeAlias = AbstractContextManager[Iterator[Sequence[Row]]]


class Source(Protocol):
    """Rows in the order of their time.

    Raises OracleUnavailable, OracleConfigurationError, OracleCredentialsError, and nothing else.
    """

    def look(self, slices: Sequence[Slice]) -> Look:
        """Return the source's clock and the count of rows of each slice, in one round trip."""
        ...

    def read(self, stretch: Slice) -> Batches:
        """Read the rows of a stretch by time and key, of one snapshot, in batches as they come."""
        ...

    def read_others(self, stretch: Slice, known: Container[str]) -> Batches:
        """Read the rows of a stretch whose keys are not known."""
        ...


class Destination(Protocol):
    """Where events go.

    Raises DestinationUnavailable, DestinationConfigurationError or DestinationCredentialsError when
    nothing was sent at all.
    """

    def facts(self) -> Facts:
        """Return what the destination says of itself."""
        ...

    def send(self, events: Sequence[Event]) -> Sequence[Outcome]:
        """Send events, and return one outcome for each, in their order, within a deadline.

        One event that is refused raises nothing.
        """
        ...

    def close(self) -> None: ...


class Tracking(Protocol):
    """Where the progress of a program is kept.

    Raises StoreUnavailable, StoreConfigurationError, StoreCredentialsError, HeldElsewhere.
    """

    def begin(self, program: str) -> Progress:
        """Take the program's lock, make its row where there is none, and return its progress."""
        ...

    def save(self, reached: Progress, tallies: Sequence[Tally], *, forget: datetime) -> bool:
        """Write progress in one transaction, and return False where somebody moved it meanwhile.

        What must still stand there is what was read or written last. It may be repeated.

        Parameters:
            forget: older tallies are of no use any more.
        """
        ...

    def fail(self, error: CdcError) -> None:
        """Write down what went wrong. Raises nothing."""
        ...

    def set_aside(self, items: Sequence[SetAside]) -> None:
        """Write rows down that can't be sent. It may be repeated."""
        ...

    def close(self) -> None: ...
