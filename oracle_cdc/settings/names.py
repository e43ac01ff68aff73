"""The variables of a model of settings: which there are, and to whom a name belongs."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from functools import cached_property
from typing import TypeVar

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from oracle_cdc.settings.declaration import (
    AllOthers,
    AlsoNamed,
    Fallback,
    OnlyBeside,
    Section,
)

#: What looks like a variable's name. A line of a pasted key can have a = in it too, but is neither.
SHOWABLE = re.compile("[A-Z_][A-Z0-9_]{0,59}|[a-z_][a-z0-9_]{0,59}")
#: How alike a name, which is none of ours, must be to one that is, to be taken for misspelt.
MISSPELT = 0.9

Marker = TypeVar("Marker")


class Names:
    """Knows the names of a model and its sections, and what is another program's.

    Parameters:
        others: names that are known beside the model's own.
    """

    def __init__(self, model: type[BaseModel], others: Names | None = None) -> None:
        self.fields = variables(model)
        self.also_named = markers(self.fields, AlsoNamed)
        self.fallbacks = markers(self.fields, Fallback)
        self.only_beside = markers(self.fields, OnlyBeside)
        self.known = {*self.fields}
        self.own_prefixes: tuple[str, ...] = ()
        self.collected: tuple[str, ...] = ()
        foreign = []
        for section in sections(model):
            self.known.update(section.also_known)
            if section.own_prefix:
                self.own_prefixes += (section.own_prefix,)
            if section.foreign:
                foreign.append(section.foreign)
            for info in section.model_fields.values():
                rest = marker_of(info, AllOthers)
                if rest is not None:
                    self.collected += (rest.prefix,)
                    foreign.append(re.escape(rest.prefix) + r"\w*")
        if others is not None:
            foreign.append(others.foreign.pattern)
        self.foreign: re.Pattern[str] = re.compile("|".join(foreign) or "(?!)")
        #: What gives its value to another variable, which has it under its own name.
        self.stand_ins: set[str] = set()
        for other_name in self.also_named.values():
            self.stand_ins.add(other_name.name)
        for fallback in self.fallbacks.values():
            self.stand_ins.add(fallback.name)
        self.known |= self.stand_ins
        if others is not None:
            self.known |= others.known

    def takes(self, name: str) -> bool:
        """Return whether a field is read from the variable, alone or with all that begin so."""
        return name in self.fields or name.startswith(self.collected)

    def is_foreign(self, name: str) -> bool:
        """Return whether the name belongs to another program and is never complained about."""
        return self.foreign.fullmatch(name) is not None

    def is_own(self, name: str) -> bool:
        """Return whether a name must be one of these, known or not."""
        return name.startswith(self.own_prefixes) and not self.is_foreign(name)

    def nearest(self, name: str, likeness: float = 0.6) -> str | None:
        """Return the known name that is most like another one, if any is like it."""
        wanted = name.upper()
        candidates = self.candidates(wanted, likeness)
        near = difflib.get_close_matches(wanted, candidates, n=1, cutoff=likeness)
        if not near:
            return None
        return near[0]

    def candidates(self, wanted: str, likeness: float) -> list[str]:
        """Return known names with few enough letters that only one of the two has.

        difflib's own comparison of all names of an environment is a tenth of a command's start.
        """
        own = frozenset(wanted)
        near = []
        for known, letters in self.spelt:
            length = len(wanted) + len(known)
            if (length - len(own ^ letters)) / length >= likeness:
                near.append(known)
        return near

    @cached_property
    def spelt(self) -> list[tuple[str, frozenset[str]]]:
        """Return known names, each with its letters."""
        return [(name, frozenset(name)) for name in sorted(self.known)]

    def misspelt(self, name: str) -> str | None:
        """Return the known name that an unknown one was most likely meant to be."""
        if name in self.known or self.is_foreign(name) or not SHOWABLE.fullmatch(name):
            return None
        return self.nearest(name, MISSPELT)


def section_of(info: FieldInfo) -> type[BaseModel] | None:
    """Return the model of a field that is a section."""
    kind = info.annotation
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind
    return None


def sections(model: type[BaseModel]) -> Iterator[type[Section]]:
    """Yield a model and its sections, each before its own."""
    if issubclass(model, Section):
        yield model
    for info in model.model_fields.values():
        section = section_of(info)
        if section is not None:
            yield from sections(section)


def variables(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return every variable that a model's fields are read from, its sections' included."""
    found: dict[str, FieldInfo] = {}
    for info in model.model_fields.values():
        section = section_of(info)
        name = str(info.validation_alias)
        if section is not None:
            found |= variables(section)
        elif name.isupper() and marker_of(info, AllOthers) is None:
            found[name] = info
    return found


def marker_of(info: FieldInfo, kind: type[Marker]) -> Marker | None:
    """Return the marker of one kind in a field's type, if there is one."""
    for marker in info.metadata:
        if isinstance(marker, kind):
            return marker
    return None


def markers(fields: dict[str, FieldInfo], kind: type[Marker]) -> dict[str, Marker]:
    """Return the markers of one kind by the variable of their field."""
    found = {}
    for name, info in fields.items():
        marker = marker_of(info, kind)
        if marker is not None:
            found[name] = marker
    return found
