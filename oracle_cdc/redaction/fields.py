"""Fields of a record that are replaced as a whole, whatever stands in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from types import NoneType

REPLACEMENT = "[REDACTED]"
#: Stands in a path for any one step.
ANY = "*"

Path = tuple[str, ...]
#: What has nothing inside, as most values. To ask whether each is a Mapping takes ten times longer.
PLAIN = frozenset({str, int, float, bool, NoneType})
#: Names are those of columns and of members of documents, mostly the same ones.
NAMES_REMEMBERED = 10_000


class Fields:
    """Names and paths, ready to be looked for in many records.

    Parameters:
        fields: a bare name is found at any depth and in lists, `address.street` is a path from the
            root, in which `*` is any one step.
    """

    def __init__(self, fields: Iterable[str], replacement: str = REPLACEMENT) -> None:
        self.replacement = replacement
        self.names: set[str] = set()
        self.paths: list[Path] = []
        for field in fields:
            steps = tuple(normalize_name(step) for step in field.split("."))
            if len(steps) == 1:
                self.names.add(steps[0])
            else:
                self.paths.append(steps)
        #: Names that were looked up before, and are none of these.
        self.spared: set[str] = set()

    def spares(self, record: Mapping[str, object]) -> bool:
        """Return whether nothing of a record is replaced: no name of it, and nothing is inside.

        It is a fifth of the work of a copy. False also where only a copy would show it.
        """
        if not PLAIN.issuperset(map(type, record.values())):
            return False
        if record.keys() <= self.spared:
            return True
        for key in record:
            name = normalize_name(str(key))
            if name in self.names or () in _step_into(self.paths, name):
                return False
        if len(self.spared) < NAMES_REMEMBERED:
            self.spared.update(record)
        return True

    def redact(self, record: Mapping[str, object]) -> dict[str, object]:
        """Return a copy of a record with fields replaced. What is null stays null."""
        return _copy_members(record, self.names, self.paths, self.replacement)


def redact_sensitive_fields(
    record: Mapping[str, object], fields: Iterable[str], replacement: str = REPLACEMENT
) -> dict[str, object]:
    """Return a copy of a record with fields replaced. What is null stays null.

    Names are compared without case, `_`, `-` and blanks.

    Parameters:
        fields: as Fields takes them.
    """
    return Fields(fields, replacement).redact(record)


def _copy_members(
    record: Mapping[str, object], names: set[str], paths: Sequence[Path], replacement: str
) -> dict[str, object]:
    copied: dict[str, object] = {}
    for key, value in record.items():
        name = normalize_name(str(key))
        below: Sequence[Path] = ()
        if paths:
            below = _step_into(paths, name)
        if value is not None and (name in names or () in below):
            copied[key] = replacement
        elif type(value) in PLAIN:
            copied[key] = value
        else:
            copied[key] = _copy(value, names, below, replacement)
    return copied


def _copy(value: object, names: set[str], paths: Sequence[Path], replacement: str) -> object:
    if isinstance(value, Mapping):
        return _copy_members(value, names, paths, replacement)
    if not isinstance(value, (list, tuple)):
        return value
    items: list[object] = []
    for position, item in enumerate(value):
        # A list is no step of its own, unless the path names its elements.
        below = [*paths, *_step_into(paths, str(position))]
        if item is not None and () in below:
            items.append(replacement)
        else:
            items.append(_copy(item, names, below, replacement))
    return items


def _step_into(paths: Sequence[Path], name: str) -> list[Path]:
    """Return what is left of the paths that go on with this name, which may have dots itself."""
    left = [path[1:] for path in paths if path and path[0] in (name, ANY)]
    steps = name.count(".") + 1
    if steps > 1:
        left += [path[steps:] for path in paths if ".".join(path[:steps]) == name]
    return left


@lru_cache(NAMES_REMEMBERED)
def normalize_name(name: str) -> str:
    """Return a name without case, `_`, `-` and blanks: what differs in these alone is one."""
    return "".join(name.replace("_", "").replace("-", "").split()).casefold()
