"""Read a model of settings from a list of places, and find every mistake in one go.

The reader knows no product. The model says what can be set, the sources say where it was written.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, Field, ValidationError, create_model
from pydantic.fields import FieldInfo

from oracle_cdc.errors import SettingsError
from oracle_cdc.settings.declaration import AllOthers, Root
from oracle_cdc.settings.names import SHOWABLE, Names, marker_of, section_of, sections

SECRET = re.compile("PASSWORD|SECRET|TOKEN|KEY|CREDENTIAL|DSN")
MAX_SHOWN_LENGTH = 60
KINDS: Mapping[object, str] = {bool: "true or false", int: "a whole number", float: "a number"}
BOUNDS = {"gt": "greater than", "ge": "at least", "le": "at most"}

Model = TypeVar("Model", bound=Root)


@dataclass(frozen=True)
class Source:
    """Hold the values that one place gives, by the names of variables.

    is_shared: other programs write there too. An unknown name is a mistake only with our prefix.
    blank_is_unset: whether blank text says nothing, or is a value.
    mistakes, warnings: what was found wrong or odd where the place was read.
    """

    place: str
    values: Mapping[str, object] = field(repr=False)
    is_shared: bool = False
    blank_is_unset: bool = True
    mistakes: Sequence[str] = ()
    warnings: Sequence[str] = ()

    def sets(self, value: object) -> bool:
        """Return whether a value of this place counts."""
        if self.blank_is_unset and isinstance(value, str):
            return bool(value.strip())
        return value is not None


@dataclass(frozen=True)
class Given:
    """One value as somebody wrote it: under which name and where."""

    name: str
    value: object = field(repr=False)
    place: str

    def show(self) -> str:
        """Return what was given, unless it is, or may hold, a secret."""
        text = repr(self.value)
        if SECRET.search(self.name) or "@" in text:
            return "given (not shown)"
        if len(text) > MAX_SHOWN_LENGTH:
            text = text[:MAX_SHOWN_LENGTH] + "…"
        return f"given {text}"


def read_settings(model: type[Model], sources: Sequence[Source]) -> Model:
    """Return the settings that the sources give together: a later source wins over an earlier one.

    Raises SettingsError listing every mistake. It never shows a secret.
    """
    names = Names(model)
    mistakes: list[str] = []
    warnings: list[str] = []
    for source in sources:
        mistakes += source.mistakes
        warnings += source.warnings
    for source in sources:
        mistakes += unknown_names(source, names)
        warnings += misspelt_names(source, names)
    settings, wrong = validate(model, merge(sources, names), names)
    mistakes += wrong
    if settings is None or mistakes:
        lines = "\n  ".join(mistakes)
        raise SettingsError(f"{len(mistakes)} mistakes in the settings:\n  {lines}")
    return settings.model_copy(update={"warnings": tuple(warnings)})


def unknown_names(source: Source, names: Names) -> Iterator[str]:
    """Yield a line for each name that is not known."""
    # Its value is never shown: it may be a misspelt secret's.
    for name in sorted(source.values.keys() - names.known):
        if names.is_foreign(name) or (source.is_shared and not names.is_own(name)):
            continue
        shown = name
        if not SHOWABLE.fullmatch(name):
            shown = "a name that is not shown"
        line = f"{shown} in {source.place}: not known"
        near = names.nearest(name)
        if near:
            line += f"; nearest: {near}"
        yield line


def misspelt_names(source: Source, names: Names) -> Iterator[str]:
    """Yield a line for each name in a shared place that is passed over and looks like ours."""
    if not source.is_shared:
        return
    for name in sorted(source.values.keys()):
        near = names.misspelt(name)
        if near:
            yield f"{name} in {source.place} is passed over: not known; nearest: {near}"


def merge(sources: Sequence[Source], names: Names) -> dict[str, Given]:
    """Return every value that counts, by the name of its variable."""
    merged: dict[str, Given] = {}
    for source in sources:
        present = {}
        for name, value in source.values.items():
            if source.sets(value):
                present[name] = Given(name, value, source.place)
        for name, other in names.also_named.items():
            if other.name in present:
                present.setdefault(name, present[other.name])
        merged |= present
    for name, fallback in names.fallbacks.items():
        item = merged.get(fallback.name)
        if name not in merged and item is not None and fallback.is_usable(item.value):
            merged[name] = item
    for name, companion in names.only_beside.items():
        item, other_item = merged.get(name), merged.get(companion.name)
        if item and other_item and item.place != other_item.place:
            del merged[name]
    return merged


def validate(
    model: type[Model], given: Mapping[str, Given], names: Names
) -> tuple[Model | None, list[str]]:
    """Build the settings, or say what is wrong with them.

    Where a value is wrong or missing there are no settings, and the rules are asked of the rest.
    """
    values = {name: item.value for name, item in given.items()}
    try:
        settings = model.model_validate(nest(model, values, names))
    except ValidationError as error:
        wrong = dict(explain(error, given, names))
        valid = validate_rest(model, values, wrong, names)
        # One value that two variables are taken from is one mistake.
        return None, list(dict.fromkeys([*wrong.values(), *broken_rules(model, valid)]))
    return settings, list(broken_rules(model, flatten(model, settings)))


def validate_rest(
    model: type[BaseModel], values: Mapping[str, object], wrong: Mapping[str, str], names: Names
) -> dict[str, object]:
    """Return the valid values, defaults included, of the variables that are not wrong."""
    rest = without(values, wrong)
    relaxed = relax(model).model_validate(nest(model, rest, names))
    return without(flatten(model, relaxed), wrong)


def without(values: Mapping[str, object], names: Container[str]) -> dict[str, object]:
    """Return the values of other names."""
    kept: dict[str, object] = {}
    for name, value in values.items():
        if name not in names:
            kept[name] = value
    return kept


def relax(model: type[BaseModel]) -> type[BaseModel]:
    """Make a model of the same fields of which none is required."""
    changed: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        section = section_of(info)
        if section is not None:
            changed[name] = (relax(section), ...)
        elif info.is_required():
            alias = str(info.validation_alias)
            changed[name] = (object, Field(default=None, validation_alias=alias))
    return create_model(model.__name__, __base__=model, **changed)


def nest(model: type[BaseModel], values: Mapping[str, object], names: Names) -> dict[str, object]:
    """Sort values by name into the sections of a model."""
    nested: dict[str, object] = {}
    for field_name, info in model.model_fields.items():
        section, variable = section_of(info), str(info.validation_alias)
        others = marker_of(info, AllOthers)
        if section is not None:
            nested[field_name] = nest(section, values, names)
        elif others is not None:
            nested[field_name] = without_field(values, others.prefix, names)
        elif variable in names.fields and variable in values:
            nested[variable] = values[variable]
    return nested


def without_field(values: Mapping[str, object], prefix: str, names: Names) -> dict[str, object]:
    """Return the values whose name begins with the prefix and is no field's."""
    found = {}
    for name, value in values.items():
        if name.startswith(prefix) and name not in names.fields:
            found[name] = value
    return found


def flatten(model: type[BaseModel], settings: BaseModel) -> dict[str, object]:
    """Return every value by the name of its variable."""
    values: dict[str, object] = {}
    for field_name, info in model.model_fields.items():
        section, value = section_of(info), getattr(settings, field_name)
        if section is not None:
            values |= flatten(section, value)
        else:
            values[str(info.validation_alias)] = value
    return values


def broken_rules(model: type[BaseModel], valid: Mapping[str, object]) -> Iterator[str]:
    """Yield a line for each rule that does not hold, of those whose values are all valid."""
    for section in sections(model):
        for rule in section.rules:
            if valid.keys() >= set(rule.names):
                yield from rule.check(*(valid[name] for name in rule.names))


def explain(
    error: ValidationError, given: Mapping[str, Given], names: Names
) -> Iterator[tuple[str, str]]:
    """Yield each wrong variable and its line: name and place, what was given, what is allowed."""
    for detail in error.errors(include_url=False, include_input=False):
        name = next(str(part) for part in detail["loc"] if part in names.fields)
        info = names.fields[name]
        if name in given:
            context = detail.get("ctx", {})
            allowed = context.get("error") or context.get("expected") or spell(info)
            item = given[name]
            yield name, f"{item.name} in {item.place}: {item.show()}; allowed: {allowed}"
        else:
            yield name, f"{name}: missing; {info.description or 'set it'}"


def spell(info: FieldInfo) -> str:
    """Say in words which values a number or a switch can take."""
    bounds = []
    for constraint in info.metadata:
        for sign, words in BOUNDS.items():
            if hasattr(constraint, sign):
                bounds.append(f"{words} {getattr(constraint, sign)}")
    return " ".join([KINDS.get(info.annotation, "text"), " and ".join(bounds)]).strip()
