"""One rule for files and stores of sections and keys: which variable `section/key` means.

It is the section's first name, _ and the key, in capitals: `oracle/user` is ORACLE_USER. A field
that is in no section stands at the top: `health_port` is HEALTH_PORT. What the models declare
beside that (section_names, also_keyed ...) counts too.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from oracle_cdc.settings.declaration import AllOthers, AlsoNamed, Fallback, Section
from oracle_cdc.settings.names import marker_of, section_of, sections

#: A part of a path that can be shown. A pasted secret may stand where a key should.
SHOWABLE_PART = re.compile("[A-Za-z_][A-Za-z0-9_.-]{0,59}")


class KeyPaths:
    """Knows the paths of some models, such as `oracle/user`, and what each means.

    variables: the variable of each path.
    branches: the paths that others begin with, `oracle` for one.
    needless: paths that are accepted and change nothing.
    bare: the whole path of a key that may stand without its section.
    comma_texts: the variables that take text with commas, and so a list.
    dictionaries: the variables that take keys of their own, with what stands below each.
    """

    def __init__(self, *models: type[BaseModel]) -> None:
        self.variables: dict[str, str] = {}
        self.branches: set[str] = set()
        self.needless: set[str] = set()
        self.bare: dict[str, str] = {}
        self.comma_texts: set[str] = set()
        self.dictionaries: set[str] = set()
        self._foreign_values: dict[str, re.Pattern[str]] = {}
        self._others: dict[str, str] = {}
        for model in models:
            for section in sections(model):
                self._add(section)
        for path in (*self.variables, *self.needless):
            self.branches.update(parents(path))

    def _add(self, section: type[Section]) -> None:
        self.comma_texts.update(section.comma_texts)
        for variable, pattern in section.foreign_values.items():
            self._foreign_values[variable] = re.compile(pattern)
        for info in fields(section):
            if is_tuple(info.annotation):
                self.comma_texts.add(str(info.validation_alias))
            if get_origin(info.annotation) is Mapping:
                self.dictionaries.add(str(info.validation_alias))
        if not section.section_names:
            self.variables |= section.also_keyed
            self.needless.update(section.needless_keys)
            for name in own_variables(section):
                # A program that reads a section's variable by itself finds it in that section too.
                if name not in self.variables.values():
                    self.variables[name.lower()] = name
        for section_name in section.section_names:
            self._add_named(section, section_name)

    def _add_named(self, section: type[Section], section_name: str) -> None:
        prefix = section.section_names[0].upper() + "_"
        self.branches.add(section_name)
        for name in (*own_variables(section), *section.also_known):
            key = name.removeprefix(prefix).lower()
            self.variables[f"{section_name}/{key}"] = name
        for key, name in section.also_keyed.items():
            self.variables[f"{section_name}/{key}"] = name
        for key in section.needless_keys:
            self.needless.add(f"{section_name}/{key}")
        for key in section.bare_keys:
            self.bare[key] = f"{section.section_names[0]}/{key}"
        for info in section.model_fields.values():
            others = marker_of(info, AllOthers)
            if others is not None:
                self._others[section_name] = others.prefix

    def find(self, path: str) -> str | None:
        """Return the variable that a path means, if it means one."""
        section, _, key = path.partition("/")
        if path in self.needless:
            return None
        if path not in self.variables and section in self._others and re.fullmatch(r"\w+", key):
            return self._others[section] + key.upper()
        return self.variables.get(path)

    def is_foreign_value(self, variable: str, text: str) -> bool:
        """Return whether it is a value of another program's, which leaves the default."""
        pattern = self._foreign_values.get(variable)
        return pattern is not None and pattern.search(text) is not None

    def describe_unknown(self, path: str) -> str:
        """Say that a path is not known, and which one beside it is most like it."""
        near = self.nearest(path)
        if near is None:
            return "not known"
        return f"not known; nearest: {near}"

    def nearest(self, path: str, likeness: float = 0.6) -> str | None:
        """Return the known path most like another one, of those with the same parent."""
        parent, _, key = path.rpartition("/")
        siblings = {}
        for known in sorted({*self.variables, *self.branches, *self.needless}):
            its_parent, _, its_key = known.rpartition("/")
            if its_parent == parent:
                siblings[its_key] = known
        if not parent:
            siblings |= self.bare
        near = difflib.get_close_matches(key.lower(), siblings, n=1, cutoff=likeness)
        if not near:
            return None
        return siblings[near[0]]


def is_tuple(annotation: object) -> bool:
    """Return whether a field holds a tuple, or a tuple or nothing."""
    if get_origin(annotation) is tuple:
        return True
    for part in get_args(annotation):
        if is_tuple(part):
            return True
    return False


def fields(section: type[Section]) -> Iterator[FieldInfo]:
    """Yield the fields of a section that are read from a variable each."""
    for info in section.model_fields.values():
        is_variable = section_of(info) is None and marker_of(info, AllOthers) is None
        if is_variable and str(info.validation_alias).isupper():
            yield info


def own_variables(section: type[Section]) -> Iterator[str]:
    """Yield the variables of a section's fields, with their other names and fallbacks."""
    for info in fields(section):
        yield str(info.validation_alias)
        for marker in info.metadata:
            if isinstance(marker, (AlsoNamed, Fallback)):
                yield marker.name


def parents(path: str) -> Iterator[str]:
    """Yield the paths above a path."""
    parent = path.rpartition("/")[0]
    while parent:
        yield parent
        parent = parent.rpartition("/")[0]


def show_path(path: str) -> str:
    """Return a path as it may be shown."""
    for part in path.split("/"):
        if not SHOWABLE_PART.fullmatch(part):
            return "a name that is not shown"
    return path
