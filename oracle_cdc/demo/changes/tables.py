"""The tables of the demo, as their models have them, and what of each is published."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from oracle_cdc.changes.rules.table_models import JsonType, ModelColumn, Sensitivity, TableModel

#: Rows of this table are there before it is captured, and a snapshot shows them.
BEFORE = "agent_states"
#: The processor does not know this one at first: its changes become dead letters.
FORGOTTEN = "summaries"
#: Some rows of this one are too large for an event while this column is published.
LARGE_TABLE, LARGE_COLUMN = "routing_rules", "script"
#: Here something personal stands inside a document, and in a note.
DOCUMENT_TABLE, DOCUMENT_COLUMN, MEMBER = "interactions", "details", "card_number"
NOTE_TABLE, NOTE_COLUMN = "agent_availability", "note"

Transformers = Mapping[str, Mapping[str, object]]


@dataclass(frozen=True)
class Table:
    """A table, with what its columns are to the demo."""

    model: TableModel

    @property
    def name(self) -> str:
        return self.model.table

    @property
    def columns(self) -> Sequence[ModelColumn]:
        return tuple(self.model.columns.values())

    @property
    def keys(self) -> Sequence[ModelColumn]:
        return tuple(self.model.columns[name] for name in self.model.keys)

    @property
    def others(self) -> Sequence[ModelColumn]:
        """Return the columns that are no keys."""
        return tuple(column for column in self.columns if column.name not in self.model.keys)

    def is_hidden(self, column: ModelColumn) -> bool:
        """Return whether no value of a column may leave Oracle."""
        return column.sensitivity is not Sensitivity.NONE

    def has_canaries(self, column: ModelColumn) -> bool:
        """Return whether its values are written to be looked for."""
        return self.is_hidden(column) and column.json_type is JsonType.STRING

    def is_note(self, column: ModelColumn) -> bool:
        return (self.name, column.name) == (NOTE_TABLE, NOTE_COLUMN)

    def is_document(self, column: ModelColumn) -> bool:
        """Return whether its text is JSON, as its comment says."""
        return "JSON" in (column.comment or "")

    def has_secret_member(self, column: ModelColumn) -> bool:
        return (self.name, column.name) == (DOCUMENT_TABLE, DOCUMENT_COLUMN)


def make_transformers(tables: Sequence[Table]) -> Transformers:
    """Return TABLE_TRANSFORMERS: all columns of all tables, but what the models call personal."""
    transformers: dict[str, Mapping[str, object]] = {}
    for table in tables:
        hidden = [column.name for column in table.columns if table.is_hidden(column)]
        transformer: dict[str, object] = {
            "eventType": f"{table.name}.changed",
            "includeFields": ["*"],
            "redactFields": hidden,
            "lobs": "after",
        }
        if table.name == DOCUMENT_TABLE:
            transformer["redactFields"] = [*hidden, MEMBER]
            transformer["jsonFields"] = [DOCUMENT_COLUMN]
        if table.name == NOTE_TABLE:
            transformer["scanFields"] = [NOTE_COLUMN]
        transformers[table.name] = transformer
    return transformers


def forget(transformers: Transformers) -> Transformers:
    """Return the processor's own at first, which makes dead letters."""
    return {name: each for name, each in transformers.items() if name != FORGOTTEN}


def cure(transformers: Transformers, tables: Sequence[Table]) -> Transformers:
    """Return its own then: all tables, and nothing that is too large for an event."""
    (large,) = (table for table in tables if table.name == LARGE_TABLE)
    fields = [column.name for column in large.columns if column.name != LARGE_COLUMN]
    return {**transformers, LARGE_TABLE: {**transformers[LARGE_TABLE], "includeFields": fields}}


def as_setting(transformers: Transformers) -> str:
    """Return TABLE_TRANSFORMERS as a .env has it."""
    return f"'{json.dumps(transformers)}'"
