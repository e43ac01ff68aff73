"""Signs of life in CDC_PROCESSING_STATUS, with what a copy that is not ready lacks."""

from __future__ import annotations

from dataclasses import dataclass

from oracle_cdc.conversations.tables.modes import NORMAL_MODE
from oracle_cdc.oracle.session import Session

#: The column's length; a byte each for all but a few characters.
MAX_REASON_BYTES = 1000


@dataclass(frozen=True)
class Signs:
    """Normal mode's signs of life.

    Parameters:
        age_seconds: since some copy last worked, None when none ever did.
        not_ready: what a copy lately said that it lacks, with its name.
    """

    age_seconds: float | None
    not_ready: str


def read_signs(session: Session) -> Signs:
    """Return the signs of life, of which there are none without a row or before the first run."""
    records = session.query("read_signs", mode_name=NORMAL_MODE)
    if not records or records[0]["coverage_start"] is None or records[0]["age_seconds"] is None:
        return Signs(None, "")
    (record,) = records
    if not record["not_ready"]:
        return Signs(float(record["age_seconds"]), "")
    return Signs(float(record["age_seconds"]), f"{record['not_ready_by']}: {record['not_ready']}")


def write_not_ready(session: Session, owner: str, reason: str) -> int:
    """Write what this copy lacks, commit, and return how many rows were changed.

    Parameters:
        reason: empty when the copy is ready again.
    """
    cut = reason.encode()[:MAX_REASON_BYTES].decode(errors="ignore")
    return session.execute(
        "write_not_ready", commit=True, mode_name=NORMAL_MODE, owner=owner, reason=cut or None
    )
