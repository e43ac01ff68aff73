"""Answers to outcomes: what became of each event, and why."""

from __future__ import annotations

from dataclasses import dataclass

from oracle_cdc.errors import CdcError, DestinationConfigurationError, DestinationUnavailable
from oracle_cdc.nats.stream import takes
from oracle_cdc.nats.translation import (
    Accepted,
    Answer,
    Denied,
    Refused,
    Unheard,
    sort_refusal,
)
from oracle_cdc.relay.values import Event, Outcome


@dataclass(frozen=True)
class Finding:
    """What the stream said when messages were not answered.

    Parameters:
        subjects: those that it takes.
        error: why it did not say so.
    """

    subjects: tuple[str, ...] = ()
    error: CdcError | None = None

    @property
    def is_missing(self) -> bool:
        """Return whether there is no stream that could have kept anything."""
        return isinstance(self.error, DestinationConfigurationError)


@dataclass(frozen=True)
class Outcomes:
    """Makes the outcomes of one batch.

    Parameters:
        finding: None, where the stream was not asked.
    """

    stream: str
    ack_seconds: float
    finding: Finding | None

    def outcome(self, event: Event, answer: Answer | CdcError) -> Outcome:
        """Return what became of an event. An error says why it was not sent."""
        if isinstance(answer, Accepted):
            return Outcome(event, str(answer.sequence), None, answer.is_repeat)
        if isinstance(answer, CdcError):
            return Outcome(event, error=answer)
        if isinstance(answer, Refused):
            return Outcome(event, error=sort_refusal(answer, self.stream))
        if isinstance(answer, Denied):
            return Outcome(event, error=self.denied())
        if isinstance(answer, Unheard):
            return Outcome(event, error=self.explain(event, "nobody listens: no leader now"))
        error = self.explain(event, f"no answer within {self.ack_seconds:g} s")
        is_kept_nowhere = self.finding is not None and self.finding.is_missing
        return Outcome(event, error=error, is_unknown=not is_kept_nowhere)

    def explain(self, event: Event, what: str) -> CdcError:
        """Return why the stream has not answered to an event."""
        if self.finding is None:
            return DestinationUnavailable(f"stream {self.stream}: the connection ended")
        if self.finding.error is not None:
            return self.finding.error
        if not takes(self.finding.subjects, event.route):
            subjects = ", ".join(self.finding.subjects)
            return DestinationConfigurationError(
                f"stream {self.stream} takes {subjects}, and the event has another subject; "
                "see NATS_SUBJECT"
            )
        return DestinationUnavailable(f"stream {self.stream}: {what}")

    def denied(self) -> DestinationConfigurationError:
        """Return that the user lacks a right."""
        return DestinationConfigurationError(
            f"stream {self.stream}: this user may not publish; allow the subjects of NATS_SUBJECT"
        )
