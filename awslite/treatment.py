"""What is done to a request instead of answering it, or beside that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from awslite.refusals import Document, Refused


@dataclass(frozen=True)
class Request:
    """One request.

    target: the service's name on the wire, as `Kinesis_20131202`.
    sender: the access key that signed it.
    region: the one that it was signed for.
    request_id: as the answer names it.
    at: when it came, in seconds since 1970.
    """

    target: str
    action: str
    document: Document
    sender: str
    region: str
    request_id: str
    at: float
    size_bytes: int = 0


@dataclass(frozen=True)
class WholeTreatment:
    """What is done to one request as a whole.

    refusal: HTTP status and error code.
    page: the status of a page of HTML, as a proxy between the two answers it.
    half_after: half of an answer, "cut" (the connection ends in its middle) or "whole" (its length
    is right and its JSON is not).
    Whatever ends in _after comes once the request was carried out: the answer is lost.
    """

    refusal: tuple[int, str] | None = None
    page: int | None = None
    cut_before: bool = False
    cut_after: bool = False
    refusal_after: tuple[int, str] | None = None
    page_after: int | None = None
    half_after: str = ""
    delay_seconds: float = 0.0


@dataclass(frozen=True)
class Treatment(WholeTreatment):
    """What is done to one request, and to the entries of a batch.

    failed_entries: positions in a batch, and the error code of each.
    marked_entries: a text, and the error code of each entry of a batch whose partition key,
    detail type or detail contains it.
    """

    delay_after_seconds: float = 0.0
    failed_entries: Mapping[int, str] = field(default_factory=dict)
    marked_entries: Mapping[str, str] = field(default_factory=dict)

    def code_for(self, position: int, *texts: str) -> str | None:
        """Return the error code that an entry of a batch is to fail with, if it is to."""
        if position in self.failed_entries:
            return self.failed_entries[position]
        for mark, code in self.marked_entries.items():
            if any(mark in text for text in texts):
                return code
        return None


PLAIN = Treatment()


class Cut(Exception):
    """The connection ends without an answer, or after its beginning."""

    def __init__(self, beginning: bytes = b"") -> None:
        super().__init__("cut")
        self.beginning = beginning


class Page(Exception):
    """A page of HTML is answered with this status."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


@contextmanager
def treated(treatment: WholeTreatment) -> Iterator[None]:
    """Carry out what stands in the block, or not, and lose its answer where that is asked for.

    Raises Cut, Page and Refused as the treatment says.
    """
    stop(treatment.cut_before, treatment.page, treatment.refusal)
    yield
    stop(treatment.cut_after, treatment.page_after, treatment.refusal_after)


def stop(is_cut: bool, page: int | None, refusal: tuple[int, str] | None) -> None:
    """Raise what the request is to be met with here, if it is."""
    if is_cut:
        raise Cut
    if page:
        raise Page(page)
    if refusal:
        raise Refused(refusal[1], "by order of a test", status=refusal[0])
