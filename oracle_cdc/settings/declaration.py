"""Declare settings: models whose fields are read from variables, and the rules between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from pydantic import AliasGenerator, BaseModel, ConfigDict, Field, PrivateAttr

from oracle_cdc.settings.sources import Given


@dataclass(frozen=True)
class Rule:
    """State what must hold between variables that are each right by themselves.

    names: the variables. The rule is asked only where every one of them has a valid value.
    check: their values, in this order, to one line for each mistake.
    """

    names: tuple[str, ...]
    check: Callable[..., Iterator[str]]


@dataclass(frozen=True)
class AlsoNamed:
    """Give the field's variable another name, which counts where a place does not give its own."""

    name: str


def is_anything(value: object) -> bool:
    return True


@dataclass(frozen=True)
class Fallback:
    """Name the variable that gives the value when no place sets the field's own."""

    name: str
    is_usable: Callable[[object], bool] = is_anything


@dataclass(frozen=True)
class OnlyBeside:
    """Drop the value when the named variable is set too, and in another place."""

    name: str


@dataclass(frozen=True)
class AllOthers:
    """Give the field a mapping of every variable that begins like this and is no field's own."""

    prefix: str


def prefixed(prefix: str) -> ConfigDict:
    """Name each field's variable: the prefix and the field in capitals."""

    def name(field: str) -> str:
        return prefix + field.upper()

    return ConfigDict(alias_generator=AliasGenerator(validation_alias=name))


class Section(BaseModel):
    """Fields that are read from variables (`validation_alias`) or given by name.

    A field's markers (AlsoNamed, Fallback, OnlyBeside, AllOthers) stand in its Annotated type.
    """

    model_config = ConfigDict(
        defer_build=True,
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,
    )

    #: What must hold between the variables, this section's or also others'.
    rules: ClassVar[tuple[Rule, ...]] = ()
    #: The beginning of names that nobody else uses, so that an unknown one is always a mistake.
    own_prefix: ClassVar[str] = ""
    #: A regular expression for names that look like this section's and belong to other programs.
    foreign: ClassVar[str] = ""
    #: Variables that may be set and are no field.
    also_known: ClassVar[tuple[str, ...]] = ()
    #: What this section is called where keys stand in sections (YAML, SSM). The first, in capitals
    #: and with _, is what its variables begin with. settings/key_paths.py has the rule.
    section_names: ClassVar[tuple[str, ...]] = ()
    #: Other keys there, and the variables that they mean. Of a model as a whole: `section/key`.
    also_keyed: ClassVar[Mapping[str, str]] = {}
    #: Keys there that other programs have, and that change nothing.
    needless_keys: ClassVar[tuple[str, ...]] = ()
    #: Keys that a store of parameters may hold without the section.
    bare_keys: ClassVar[tuple[str, ...]] = ()
    #: Variables of also_known that take text with commas, and so a list.
    comma_texts: ClassVar[tuple[str, ...]] = ()
    #: Values that other programs have under a key of ours, as regular expressions by variable.
    foreign_values: ClassVar[Mapping[str, str]] = {}


class Root(Section):
    """All settings of one run: sections, and fields of its own.

    warnings: what was noticed where they were read, and is no mistake.
    """

    model_config = prefixed("")

    warnings: tuple[str, ...] = Field(default=(), validation_alias="warnings")
    _given: Mapping[str, Given] = PrivateAttr(default_factory=dict)

    @property
    def given(self) -> Mapping[str, Given]:
        """Return what was written, with its place, by the names of variables."""
        return self._given

    def remember(self, given: Mapping[str, Given]) -> None:
        """Keep where these settings were read."""
        self._given = given
