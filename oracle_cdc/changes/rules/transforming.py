"""A change as it is published: its columns chosen, what is personal replaced, its type named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from oracle_cdc.changes.rules.errors import ChangeRefused, InvalidChange, TransformationFailed
from oracle_cdc.changes.rules.redacting import NOTHING, Redactor
from oracle_cdc.changes.rules.selecting import leave_out_unchanged, select
from oracle_cdc.changes.rules.table_models import TableModel
from oracle_cdc.changes.rules.transformers import Transformer
from oracle_cdc.changes.rules.values import Change, Metadata, Operation


class Transformed(NamedTuple):
    """A change as it is published.

    Parameters:
        is_skipped: its table's transformer does not want it: it changes nothing that is published.
        redactions: how much was replaced, by its kind.
    """

    change: Change
    is_skipped: bool
    redactions: Mapping[str, int]


@dataclass(frozen=True)
class Transformation:
    """Publishes changes of the tables that it knows, and of no other.

    Parameters:
        models: by the names of tables.
        transformers: by the names of tables. A table without one is not published.
        redactor: None: nothing is redacted.
    """

    models: Mapping[str, TableModel]
    transformers: Mapping[str, Transformer]
    redactor: Redactor | None

    def are_keys_final(self, table: str) -> bool:
        """Return whether no key of a table is personal, or such keys are tokens by now."""
        model, transformer = self.models.get(table), self.transformers.get(table)
        if self.redactor is not None:
            return True
        if model is None or transformer is None:
            return False
        return transformer.hmac_fields.isdisjoint(model.keys)

    def transform(self, change: Change) -> Transformed:
        """Return a change as it is published.

        Raises InvalidChange, also for a table that nobody declared, and TransformationFailed.
        """
        model = self.models.get(change.table)
        transformer = self.transformers.get(change.table)
        if model is None or transformer is None:
            raise InvalidChange(f"{change!r} is of a table without a model or a transformer")
        return transform(change, model, transformer, self.redactor)


def transform(
    change: Change, model: TableModel, transformer: Transformer, redactor: Redactor | None
) -> Transformed:
    """Return a change as it is published. Once more of that gives the same.

    The change that is handed in stays as it is.

    Raises InvalidChange for one that its model does not describe, and TransformationFailed whatever
    else goes wrong: then it must not leave. Neither quotes a value, nor is any error chained to it.
    """
    failure = ""
    try:
        return apply(change, model, transformer, redactor)
    except ChangeRefused:
        raise
    except Exception as error:
        failure = type(error).__name__
    # Raised here, so that the error, which may quote the row, is not the context of this one.
    raise TransformationFailed(f"{change!r} can't be selected from or redacted: {failure}")


def apply(
    change: Change, model: TableModel, transformer: Transformer, redactor: Redactor | None
) -> Transformed:
    images = select(change, model, transformer)
    counts: Mapping[str, int] = NOTHING
    if redactor is not None:
        images, counts = redactor.redact(images, transformer)
    images = leave_out_unchanged(images, transformer)
    transaction_id, sequence_number, event_id, _, is_snapshot = change.metadata
    metadata = Metadata(
        transaction_id, sequence_number, event_id, transformer.event_type, is_snapshot
    )
    published = Change(change.table, change.operation, change.timestamp, *images, metadata)
    is_skipped = (
        transformer.skip_unchanged
        and change.operation is Operation.UPDATE
        and images.before == images.after
    )
    return Transformed(published, is_skipped, counts)
