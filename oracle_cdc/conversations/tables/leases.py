"""The lease of claims: whose they are, until when, and how it is renewed and given back."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic

from oracle_cdc.oracle.session import Session


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
