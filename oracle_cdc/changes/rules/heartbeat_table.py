"""The table of the heartbeat as changes have it: one row that changes once a minute.

Its change goes the way of all others up to the processor, which learns by it how long that takes.
It needs no model's file, and no transformer of the settings.
"""

from __future__ import annotations

from oracle_cdc.changes.rules.table_models import JsonType, ModelColumn, TableModel
from oracle_cdc.changes.rules.transformers import Transformer
from oracle_cdc.changes.rules.values import Change

#: As changes name the table CDC_HEARTBEAT.
TABLE = "cdc_heartbeat"
SOURCE = "CDC_HEARTBEAT"
TRANSFORMER = Transformer("pipeline.heartbeat")
COLUMNS = (
    ModelColumn("id", "ID", "NUMBER(1)", JsonType.INTEGER, False),
    ModelColumn("beat_at", "BEAT_AT", "TIMESTAMP(6)", JsonType.TIME_AS_TEXT, True),
    ModelColumn("beaten_by", "BEATEN_BY", "VARCHAR2(200)", JsonType.STRING, True),
)


def is_heartbeat(change: Change) -> bool:
    return change.table == TABLE


def make_model(owner: str = "CDC") -> TableModel:
    """Return the model of its table. owner: the schema of the service."""
    columns = {column.name: column for column in COLUMNS}
    return TableModel(TABLE, f"{owner}.{SOURCE}", ("id",), columns)
