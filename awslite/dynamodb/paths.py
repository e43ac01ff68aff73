"""Places in an item: what stands there, what is written there, what is removed."""

from __future__ import annotations

from typing import Any

from awslite.dynamodb.tokens import Path
from awslite.dynamodb.values import Item, Value
from awslite.refusals import invalid


def look_up(item: Item, path: Path) -> Value | None:
    """Return the value at a path, or None where there is none."""
    value: Value = {"M": item}
    for step in path:
        container = open_container(value, step)
        if isinstance(step, int):
            if container is None or step >= len(container):
                return None
        elif container is None or step not in container:
            return None
        value = container[step]
    return value


def open_container(value: Value, step: str | int) -> Any:
    """Return the map or list of a value that a step goes into, or None if it is none."""
    if isinstance(step, int):
        return value.get("L")
    return value.get("M")


def write(item: Item, path: Path, value: Value) -> None:
    """Set the value at a path. Raises Refused where its parent is not there."""
    container = parent_of(item, path)
    last = path[-1]
    if isinstance(last, int) and last >= len(container):
        container.append(value)
    else:
        container[last] = value


def remove(item: Item, path: Path) -> None:
    """Remove the value at a path, if it is there."""
    if look_up(item, path) is not None:
        del parent_of(item, path)[path[-1]]


def parent_of(item: Item, path: Path) -> Any:
    """Return the map or list that the last step of a path stands in."""
    parent: Value | None = {"M": item}
    if len(path) > 1:
        parent = look_up(item, path[:-1])
    container = None
    if parent is not None:
        container = open_container(parent, path[-1])
    if container is None:
        raise invalid("The document path provided in the update expression is invalid for update")
    return container
