"""Sends one request whole, then in halves, then alone, and finds whose failure it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from oracle_cdc.aws.sqs.requests import TRIES, Requests, was_tried
from oracle_cdc.errors import CdcError, NotSent, SqsUnanswered, Unreachable
from oracle_cdc.model import OutboundMessage, SendOutcome
from oracle_cdc.running.evidence import Evidence
from oracle_cdc.running.halving import Sorted


class Attempts:
    """Sends the messages of one request and keeps the last outcome that is known of each.

    Parameters:
        evidence: what is known of the messages from earlier requests.
        may_send: asked before each request of SQS.
    """

    def __init__(
        self,
        requests: Requests,
        evidence: Evidence[OutboundMessage],
        request: Sequence[OutboundMessage],
        may_send: Callable[[], bool],
    ) -> None:
        self._requests = requests
        self._evidence = evidence
        self._request = request
        self._may_send = may_send
        self._known: dict[int, SendOutcome] = {}

    def send(self) -> list[SendOutcome]:
        """Send the request, and in halves and alone what of it fails as one.

        Where the lease ends before it is known whose failure it is, what had failed is sent alone
        the next time.
        """
        try:
            judged = self._evidence.sort(self._request, self._attempt, accepted)
        except CdcError as error:
            self._remember_failed(error)
            return self._outcomes_after(error)
        self._mark_own(judged)
        return [self._known[id(message)] for message in self._request]

    def _attempt(self, group: Sequence[OutboundMessage]) -> list[SendOutcome]:
        tries = 1
        if len(group) == len(self._request):
            tries = TRIES
        outcomes = self._requests.send(group, self._may_send, tries)
        for outcome in outcomes:
            if id(outcome.message) not in self._known or was_tried(outcome):
                self._known[id(outcome.message)] = outcome
        raise_failure(outcomes)
        return outcomes

    def _remember_failed(self, error: CdcError) -> None:
        """Remember what failed together, when an error ended the request."""
        failed = [message for message in self._request if self._has_failed(message, error)]
        if failed:
            self._evidence.note_failed_together(failed)

    def _has_failed(self, message: OutboundMessage, error: CdcError) -> bool:
        """Return whether a message failed, or was to be sent when an error ended the request."""
        outcome = self._known.get(id(message))
        if isinstance(error, NotSent):
            # What was not tried did not fail.
            return outcome is not None and outcome.error is not None and was_tried(outcome)
        return outcome is None or outcome.error is not None

    def _outcomes_after(self, error: CdcError) -> list[SendOutcome]:
        """Return what is known of each message, else the error that ended the request."""
        outcomes = []
        for message in self._request:
            outcome = self._known.get(id(message))
            outcomes.append(outcome or SendOutcome(message, error=error))
        return outcomes

    def _mark_own(self, judged: Sorted[OutboundMessage, list[SendOutcome]]) -> None:
        """Mark the failures that are their messages' own."""
        own = [message for message, _ in judged.own]
        for message in judged.untried:
            if self._is_own_entry(message):
                own.append(message)
        for message in own:
            self._known[id(message)] = replace(self._known[id(message)], is_own=True)

    def _is_own_entry(self, message: OutboundMessage) -> bool:
        """Return whether an entry that failed beside others is itself at fault.

        What was not tried alone is not.
        """
        outcome = self._known[id(message)]
        if outcome.failed_with > 1 or not outcome.concerns_only_queue:
            return False
        failed = sum(other.error is not None for other in self._known.values())
        return self._evidence.note_failure(
            message, passed_beside=len(self._known) - failed, failed_beside=failed - 1
        )


def raise_failure(outcomes: Sequence[SendOutcome]) -> None:
    """Raise the failure of a whole request, if it failed as one.

    It is Unreachable where nothing is learned from sending its halves.
    """
    first = outcomes[0]
    error = first.error
    if error is None or first.failed_with < len(outcomes):
        return
    is_unanswered = isinstance(error, SqsUnanswered) and len(outcomes) > 1
    if isinstance(error, NotSent) or is_unanswered or not first.concerns_only_queue:
        raise Unreachable(error)
    raise error


def accepted(
    messages: Sequence[OutboundMessage], outcomes: Sequence[SendOutcome]
) -> list[OutboundMessage]:
    """Return those of a request's messages that SQS took."""
    return [outcome.message for outcome in outcomes if outcome.message_id]
