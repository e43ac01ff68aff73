"""Which columns of a change are published: what is not declared is not published."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from oracle_cdc.changes.rules.errors import InvalidChange
from oracle_cdc.changes.rules.table_models import TableModel
from oracle_cdc.changes.rules.transformers import ImageMode, Transformer
from oracle_cdc.changes.rules.values import Change, Image, Operation

#: Operation -> whether it has an image before it, and one after it.
IMAGES = {
    Operation.INSERT: (False, True),
    Operation.UPDATE: (True, True),
    Operation.DELETE: (True, False),
}


def select(change: Change, model: TableModel, transformer: Transformer) -> Change:
    """Return a change with the columns that its table's transformer includes, and its keys.

    Raises InvalidChange, with names alone, for one that the model does not describe.
    """
    has_before, has_after = IMAGES[change.operation]
    if (change.before is not None, change.after is not None) != (has_before, has_after):
        raise InvalidChange(f"{change!r} lacks an image, or has one that it can't have")
    fields = frozenset(transformer.fields_of(model))
    is_all = transformer.include_fields is None
    return replace(
        change,
        before=select_image(change, change.before, fields, is_all=is_all),
        after=select_image(change, change.after, fields, is_all=is_all),
        keys=select_keys(change, model),
    )


def select_image(
    change: Change, image: Image | None, fields: Collection[str], *, is_all: bool
) -> Image | None:
    """Return an image without what is not included.

    What is in no model is refused where all is included: nobody said that it may be published.
    """
    if image is None:
        return None
    selected: dict[str, object] = {}
    for name, value in image.items():
        if name in fields:
            selected[name] = value
        elif is_all:
            raise InvalidChange(f"{change!r} has a column that its model does not declare")
    return selected


def select_keys(change: Change, model: TableModel) -> Image:
    """Return the keys that the model names."""
    keys: dict[str, object] = {}
    for name in model.keys:
        if change.keys.get(name) is None:
            raise InvalidChange(f"{change!r} lacks its key {name}")
        keys[name] = change.keys[name]
    return keys


def leave_out_unchanged(change: Change, transformer: Transformer) -> Change:
    """Return an update with the columns that differ, where its table wants those alone.

    Compared as they are published, so that it is the same whether that was done before or not.
    """
    before, after = change.before, change.after
    if transformer.image_mode is ImageMode.FULL or before is None or after is None:
        return change
    changed_before: dict[str, object] = {}
    changed_after: dict[str, object] = {}
    for name in [*before, *(name for name in after if name not in before)]:
        if name in before and name in after and before[name] == after[name]:
            continue
        if name in before:
            changed_before[name] = before[name]
        if name in after:
            changed_after[name] = after[name]
    return replace(change, before=changed_before, after=changed_after)


def is_unchanged(change: Change) -> bool:
    """Return whether an update leaves everything that is published as it was."""
    return change.operation is Operation.UPDATE and change.before == change.after
