"""Signs of life in CDC_PROCESSING_STATUS: what a copy that is not ready misses, and what others read of that."""

from __future__ import annotations

from dataclasses import dataclass

from oracle_cdc.oracle.modes import NORMAL_MODE
from oracle_cdc.oracle.session import Session

#: The column's length; a byte each for all but a few characters.
MAX_REASON_BYTES = 1000


@dataclass(frozen=True)
class Signs:
    """Of normal mode. age_seconds: since some copy last worked, None when none ever did; not_ready: what a copy said
    lately that it misses, with its name."""

    age_seconds: float | None
    not_ready: str


def read_signs(session: Session) -> Signs:
    """Without a row, or before the first run, there was no sign yet."""
    records = session.query("read_signs", mode_name=NORMAL_MODE)
    if not records or records[0]["coverage_start"] is None or records[0]["age_seconds"] is None:
        return Signs(None, "")
    said = records[0]["not_ready"]
    return Signs(
        float(records[0]["age_seconds"]), f"{records[0]['not_ready_by']}: {said}" if said else ""
    )


def tell_not_ready(session: Session, owner: str, reason: str) -> None:
    """Write what this copy misses, and commit; empty: it is ready again."""
    cut = reason.encode()[:MAX_REASON_BYTES].decode(errors="ignore")
    session.execute(
        "tell_not_ready", commit=True, mode_name=NORMAL_MODE, owner=owner, reason=cut or None
    )
