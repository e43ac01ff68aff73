"""The heartbeat of row changes: one row that changes once a minute, captured as any table is.

Its change goes the way of all others up to the processor, which learns by it how long that takes.
"""

from __future__ import annotations

from oracle_cdc.changes.rules.values import Change

#: As changes name the table CDC_HEARTBEAT.
TABLE = "cdc_heartbeat"


def is_heartbeat(change: Change) -> bool:
    return change.table == TABLE
