"""What is done to a request to the small SQS instead of answering it, or beside that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from standins.queues import Document, Message


@dataclass(frozen=True)
class Request:
    """One request.

    sender: the access key that signed it.
    request_id: as the answer names it.
    at: when it came.
    """

    action: str
    document: Document
    sender: str
    request_id: str
    at: float
    size_bytes: int = 0


@dataclass(frozen=True)
class Treatment:
    """What is done to one request.

    refusal: as SQS words it.
    page: the status of a page of HTML, as a proxy between the two answers it.
    half_after: half of an answer, "cut" (the connection ends in its middle) or "whole" (its length
    is right and its JSON is not).
    Whatever ends in _after comes once the request was carried out.
    """

    refusal: tuple[int, str] | None = None
    page: int | None = None
    cut_before: bool = False
    cut_after: bool = False
    refusal_after: tuple[int, str] | None = None
    page_after: int | None = None
    half_after: str = ""
    delay_seconds: float = 0.0
    failed_entries: Mapping[str, str] = field(default_factory=dict)
    deliver_twice: bool = False
    shuffle: Callable[[list[Message]], None] | None = None


PLAIN = Treatment()


class Cut(Exception):
    """The connection ends without an answer."""


class Page(Exception):
    """A page of HTML is answered with this status."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status
