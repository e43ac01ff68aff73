"""A lane as it is now: its change table held to its model, and how its changes are published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from oracle_cdc.changes.capture.dictionary import read_columns
from oracle_cdc.changes.lanes.change_log import ChangeLog
from oracle_cdc.changes.lanes.change_log_sql import LogSql
from oracle_cdc.changes.lanes.look import Registered
from oracle_cdc.changes.lanes.shapes import find_shape
from oracle_cdc.changes.outbound.building import Builder
from oracle_cdc.changes.outbound.lane import Lane
from oracle_cdc.changes.rules.table_models import TableModel
from oracle_cdc.changes.rules.transformers import Lobs, Transformer
from oracle_cdc.changes.rules.transforming import Transformation
from oracle_cdc.errors import OracleConfigurationError
from oracle_cdc.oracle.session import Session


@dataclass
class Opener:
    """Opens lanes.

    Parameters:
        max_record_bytes: that the stream takes.
        redactions: how much was replaced so far, by its kind.
    """

    transformation: Transformation
    max_record_bytes: int
    redactions: Counter[str] = field(default_factory=Counter)

    def open(self, session: Session, registered: Registered) -> Lane:
        """Return a lane as it is now. Raises OracleConfigurationError where it can't be shipped."""
        table = registered.table
        model = find_model(self.transformation.models, table)
        transformer = find_transformer(self.transformation.transformers, table)
        shape = find_shape(
            model,
            registered.log,
            read_columns(session, registered.log),
            included=transformer.fields_of(model),
            lobs=transformer.lobs is not Lobs.NONE,
        )
        log = ChangeLog(LogSql(shape, self.max_record_bytes))
        builder = Builder(self.transformation, self.max_record_bytes, self.redactions)
        return Lane(log, builder, registered.updated_at)


def find_model(models: Mapping[str, TableModel], table: str) -> TableModel:
    """Return the model of a table. Raises OracleConfigurationError."""
    if table not in models:
        raise OracleConfigurationError(
            f"{table} has no model, so that its changes stay in Oracle: write one with "
            "`changes models`"
        )
    return models[table]


def find_transformer(transformers: Mapping[str, Transformer], table: str) -> Transformer:
    """Return how changes of a table are published. Raises OracleConfigurationError."""
    if table not in transformers:
        raise OracleConfigurationError(
            f"{table} is not in TABLE_TRANSFORMERS, so that its changes stay in Oracle: say there "
            "what of them is published"
        )
    return transformers[table]
