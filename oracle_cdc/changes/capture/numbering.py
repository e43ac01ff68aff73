"""What numbers the changes: a sequence, whose numbers must rise as they are made."""

from __future__ import annotations

from collections.abc import Sequence

from oracle_cdc.changes.capture.naming import SEQUENCE
from oracle_cdc.errors import OracleConfigurationError
from oracle_cdc.oracle.session import Record, Session

INIT = "`python cdc_service.py init-tables`, with PIPELINES=changes, makes it"


def require_sequence(session: Session) -> None:
    """Require the sequence to be this user's, and its numbers to rise.

    Raises OracleConfigurationError otherwise.
    """
    records = read_sequence(session)
    if not records:
        raise OracleConfigurationError(f"{SEQUENCE}: no sequence of this name; {INIT}")
    require_order(records)


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
