"""What is done to a request to the small SQS instead of answering it, or beside that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from awslite.treatment import WholeTreatment
from standins.queues import Message


@dataclass(frozen=True)
class Treatment(WholeTreatment):
    """What is done to one request, and to the entries of a batch.

    failed_entries: the ids of entries, and the error code of each.
    """

    failed_entries: Mapping[str, str] = field(default_factory=dict)
    deliver_twice: bool = False
    shuffle: Callable[[list[Message]], None] | None = None


PLAIN = Treatment()
