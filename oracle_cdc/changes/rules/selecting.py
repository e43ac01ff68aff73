"""Which columns of a change are published: what is not declared is not published."""

from __future__ import annotations

from typing import NamedTuple

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


class Images(NamedTuple):
    """The rows of a change, and what its row is known by."""

    before: Image | None
    after: Image | None
    keys: Image


def select(change: Change, model: TableModel, transformer: Transformer) -> Images:
    """Return the columns of a change that its table's transformer includes, and its keys.

    Raises InvalidChange, with names alone, for a change that the model does not describe.
    """
    if (change.before is not None, change.after is not None) != IMAGES[change.operation]:
        raise InvalidChange(f"{change!r} lacks an image, or has one that it can't have")
    return Images(
        select_image(change, change.before, model, transformer),
        select_image(change, change.after, model, transformer),
        select_keys(change, model),
    )


def select_image(
    change: Change, image: Image | None, model: TableModel, transformer: Transformer
) -> Image | None:
    """Return an image without what is not included.

    What is in no model is refused where all is included: nobody said that it may be published.
    """
    if image is None:
        return None
    included = transformer.included
    if included is None:
        if not image.keys() <= model.columns.keys():
            raise InvalidChange(f"{change!r} has a column that its model does not declare")
        return image
    if image.keys() <= included:
        # Nearly all: the shipper reads no other columns, and sends no others.
        return image
    return {name: value for name, value in image.items() if name in included}


def select_keys(change: Change, model: TableModel) -> Image:
    """Return the keys that the model names."""
    keys: dict[str, object] = {}
    for name in model.keys:
        value = change.keys.get(name)
        if value is None:
            raise InvalidChange(f"{change!r} lacks its key {name}")
        keys[name] = value
    return keys


def leave_out_unchanged(images: Images, transformer: Transformer) -> Images:
    """Return the columns of an update that differ, where its table wants those alone.

    Compared as they are published, so that it is the same whether that was done before or not.
    """
    before, after = images.before, images.after
    if transformer.image_mode is ImageMode.FULL or before is None or after is None:
        return images
    changed_before: dict[str, object] = {}
    changed_after: dict[str, object] = {}
    for name in [*before, *(name for name in after if name not in before)]:
        if name in before and name in after and before[name] == after[name]:
            continue
        if name in before:
            changed_before[name] = before[name]
        if name in after:
            changed_after[name] = after[name]
    return Images(changed_before, changed_after, images.keys)
