"""The shape of a lane: the columns of its change table, held to the model of its table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from oracle_cdc.changes.capture.choosing import OWN_COLUMNS
from oracle_cdc.changes.capture.model import Column, Place
from oracle_cdc.changes.lanes.columns import LogColumn
from oracle_cdc.changes.rules.table_models import ModelColumn, TableModel
from oracle_cdc.errors import OracleConfigurationError

#: What mends a model that is not of its table any more.
CURE = "write its model anew with `changes models`, look at what is personal in it, and restart"


@dataclass(frozen=True)
class LaneShape:
    """What is read of a change table. columns: those that are shipped, in its order."""

    model: TableModel
    log: Place
    columns: Sequence[LogColumn]

    @property
    def table(self) -> str:
        """Return the name of the table in events."""
        return self.model.table

    @property
    def row_bytes(self) -> int:
        """Return how many bytes a row may have, large objects not counted."""
        return sum(column.most_bytes for column in self.columns)


def find_shape(
    model: TableModel,
    log: Place,
    logged: Sequence[Column],
    *,
    included: Sequence[str],
    lobs: bool = False,
) -> LaneShape:
    """Return what is read of a change table.

    Parameters:
        logged: the columns that it has.
        included: the fields that are published.
        lobs: whether large objects are.

    Raises OracleConfigurationError with everything that keeps it from being shipped.
    """
    if not logged:
        raise OracleConfigurationError(
            f"{log.shown}: no table of this name that this user may read"
        )
    by_column = {column.column: column for column in model.columns.values()}
    shipped: list[LogColumn] = []
    for column in logged:
        declared = by_column.get(column.name)
        if declared is None or column.name in OWN_COLUMNS:
            continue
        shown = LogColumn(declared.name, column, declared.json_type, declared.name in model.keys)
        is_wanted = shown.is_key or (declared.name in included and (lobs or not shown.is_lob))
        if is_wanted:
            shipped.append(shown)
    shape = LaneShape(model, log, tuple(shipped))
    mistakes = [*find_strangers(shape, logged, by_column), *find_mistakes(shape)]
    if mistakes:
        raise OracleConfigurationError(f"{log.shown}: {'; '.join(mistakes)}; {CURE}")
    return shape


def find_strangers(
    shape: LaneShape, logged: Sequence[Column], by_column: Mapping[str, ModelColumn]
) -> Iterator[str]:
    """Yield that a change table has columns that the model does not declare.

    Nobody has said whether they may be published.
    """
    for column in logged:
        if column.name not in OWN_COLUMNS and column.name not in by_column:
            yield f"{shape.table} has no column {column.name} in its model"


def find_mistakes(shape: LaneShape) -> Iterator[str]:
    """Yield what the change table lacks or has otherwise."""
    there = {column.field for column in shape.columns}
    for key in shape.model.keys:
        if key not in there:
            yield f"the key {key} of its model is not captured"
    for column in shape.columns:
        if not column.may_stand:
            yield (
                f"column {column.column.name} is {column.column.data_type}, which can't be "
                f"{column.json_type.value}"
            )
