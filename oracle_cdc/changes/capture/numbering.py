"""What numbers the changes: a sequence, whose numbers must rise as they are made."""

from __future__ import annotations

from collections.abc import Sequence

from oracle_cdc.changes.capture.naming import SEQUENCE
from oracle_cdc.changes.capture.registry import Registered
from oracle_cdc.errors import OracleConfigurationError
from oracle_cdc.oracle.session import Record, Session

INIT = "`python cdc_service.py init-tables`, with PIPELINES=changes, makes it"


def require_sequence(session: Session, registry: Sequence[Registered] = ()) -> None:
    """Require the sequence to be this user's, and its numbers to rise, behind those shipped.

    Raises OracleConfigurationError otherwise.
    """
    records = read_sequence(session)
    if not records:
        raise OracleConfigurationError(f"{SEQUENCE}: no sequence of this name; {INIT}")
    require_order(records)
    shipped = find_greater(records, registry)
    if shipped is not None:
        raise OracleConfigurationError(f"{SEQUENCE}: {explain_behind(shipped)}; {restart(shipped)}")


def find_greater(records: Sequence[Record], registry: Sequence[Registered]) -> int | None:
    """Return the greatest number that was shipped, None where those to come are greater.

    They are not where the sequence was made anew.
    """
    shipped = max((each.last_change_id or 0 for each in registry), default=0)
    for record in records:
        if int(record["last_number"]) <= shipped:
            return shipped
    return None


def explain_behind(shipped: int) -> str:
    return f"it begins again below {shipped}, which was shipped: consumers pass over what changes"


def restart(shipped: int) -> str:
    """Return what lets the numbers rise again."""
    return f"ALTER SEQUENCE {SEQUENCE} RESTART START WITH {shipped + 1}"


def read_sequence(session: Session) -> Sequence[Record]:
    """Return what the dictionary says of it: nothing where it is not this user's."""
    return session.query("read_change_sequence", sequence_name=SEQUENCE)


def require_order(records: Sequence[Record]) -> None:
    """Require the numbers to rise on all instances of a cluster.

    Raises OracleConfigurationError where they do not.
    """
    for record in records:
        if record["order_flag"] != "Y":
            raise OracleConfigurationError(
                f"{SEQUENCE} is NOORDER: on a cluster a row's changes would come in a wrong "
                f"order; its owner or a DBA: ALTER SEQUENCE {SEQUENCE} ORDER"
            )
