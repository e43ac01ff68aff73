"""The lease of claims: whose they are, until when, and how it is held, renewed and given back."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic

from oracle_cdc.errors import CdcError
from oracle_cdc.oracle.persistence import Persistence
from oracle_cdc.oracle.session import Session

logger = logging.getLogger(__name__)


@dataclass(eq=False)
class Lease:
    """The calls that one token leases for lease_seconds, for a historical job or none.

    Parameters:
        started_at: on our own clock, before the claim or the renewal, so that it never seems
            longer than it is.
    """

    token: str
    owner: str
    lease_seconds: int
    job_id: str | None = None
    started_at: float = field(default_factory=monotonic)

    @property
    def remaining_seconds(self) -> float:
        return self.started_at + self.lease_seconds - monotonic()


class HeldLease:
    """Holds a lease while its calls are delivered.

    Parameters:
        request_seconds: that a request to SQS can take.
    """

    def __init__(
        self,
        lease: Lease,
        persistence: Persistence,
        *,
        request_seconds: float,
        stop: threading.Event,
    ) -> None:
        self.lease = lease
        self.token = lease.token
        self.persistence = persistence
        self.request_seconds = request_seconds
        self.stop = stop

    @contextmanager
    def given_back(self, wait_seconds: float) -> Iterator[None]:
        """Give back what is still leased when the service stops, or after a failure.

        Parameters:
            wait_seconds: after a failure, until a call is due again.
        """
        try:
            yield
        except Exception:
            self.give_back(wait_seconds)
            raise
        if self.stop.is_set():
            self.give_back(0.0)

    def renew(self) -> None:
        """Renew a lease that would not outlive two requests."""
        if self.lease.remaining_seconds <= 2 * self.request_seconds:
            self.persistence.run(
                "renewing a lease", lambda session: renew_lease(session, self.lease)
            )

    def may_send(self) -> bool:
        """Return whether a request may be made now, which the lease outlives."""
        return not self.stop.is_set() and self.lease.remaining_seconds > self.request_seconds

    def give_back(self, due_seconds: float) -> None:
        """Give back what is still leased. Where that fails, the lease's end does it."""
        try:
            self.persistence.run(
                "giving claims back",
                lambda session: release_lease(session, self.lease, due_seconds),
            )
        except CdcError as error:
            seconds = self.lease.lease_seconds
            logger.warning("claims stay leased for up to %d s: %s", seconds, error)


def renew_lease(session: Session, lease: Lease) -> None:
    """Let the lease begin anew, and commit."""
    started_at = monotonic()
    session.execute(
        "renew_lease", commit=True, token=lease.token, lease_seconds=lease.lease_seconds
    )
    lease.started_at = started_at


def release_lease(session: Session, lease: Lease, due_seconds: float) -> None:
    """Open what the token still leases, due after due_seconds, and commit."""
    session.execute("release_claims", commit=True, token=lease.token, due_seconds=due_seconds)


def read_leased(session: Session, lease: Lease) -> list[str]:
    """Return the calls that the ledger shows as leased under the token."""
    return [record["call_id"] for record in session.query("read_claimed", token=lease.token)]
