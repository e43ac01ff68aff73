"""Read a model of settings from a list of places, and find every mistake in one go.

The reader knows no product. The model says what can be set, the sources say where it was written.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, Field, ValidationError, create_model

from oracle_cdc.settings.declaration import AllOthers, Root
from oracle_cdc.settings.mistakes import (
    Mistakes,
    broken_endings,
    explain,
    misspelt_names,
    unknown_names,
    unusable,
)
from oracle_cdc.settings.names import Names, marker_of, section_of, sections
from oracle_cdc.settings.sources import Given, Source

Model = TypeVar("Model", bound=Root)


def read_settings(
    model: type[Model],
    sources: Sequence[Source],
    others: Names | None = None,
    *,
    is_chosen: bool = True,
) -> Model:
    """Return the settings that the sources give together: a later source wins over an earlier one.

    Raises SettingsError listing every mistake. It never shows a secret.

    Parameters:
        others: what may stand in the same places for other programs, and is passed over.
        is_chosen: whether it is known that these settings are meant. Else none of them is missing.
    """
    names = Names(model, others)
    mistakes: list[str] = []
    warnings: list[str] = []
    for source in sources:
        mistakes += source.mistakes
        warnings += source.warnings
    for source in sources:
        mistakes += unknown_names(source, names)
        warnings += misspelt_names(source, names)
    given = merge(sources, names)
    is_known = is_chosen and is_whole(sources)
    settings, wrong = validate(model, given, names, is_whole=is_known)
    # What kept a layer from being read may be said there already.
    mistakes = list(dict.fromkeys([*mistakes, *wrong]))
    if settings is None or mistakes:
        raise Mistakes(mistakes, warnings)
    warnings += broken_endings(flatten(model, settings), given)
    settings = settings.model_copy(update={"warnings": tuple(warnings)})
    settings.remember(given)
    return settings


def is_whole(sources: Sequence[Source]) -> bool:
    """Return whether every layer could be read."""
    for source in sources:
        if source.is_unread:
            return False
    return True


def merge(sources: Sequence[Source], names: Names) -> dict[str, Given]:
    """Return every value that counts, by the name of its variable."""
    merged: dict[str, Given] = {}
    for source in sources:
        present = {}
        for name, given in source.given.items():
            if source.sets(given.value):
                present[name] = given
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
        if item and other_item and item.layer != other_item.layer:
            del merged[name]
    return merged


def validate(
    model: type[Model], given: Mapping[str, Given], names: Names, *, is_whole: bool = True
) -> tuple[Model | None, list[str]]:
    """Build the settings, or say what is wrong with them.

    Where a value is wrong or missing there are no settings, and the rules are asked of the rest.

    Parameters:
        is_whole: else nothing is missing, and no rule broken.
    """
    wrong = dict(unusable(given, names))
    values = {name: item.value for name, item in given.items() if name not in wrong}
    try:
        settings = model.model_validate(nest(model, values, names))
    except ValidationError as error:
        for name, line in explain(error, given, names):
            if name in given or is_whole:
                wrong.setdefault(name, line)
        if not is_whole:
            return None, list(dict.fromkeys(wrong.values()))
        valid = validate_rest(model, values, wrong, names)
        # One value that two variables are taken from is one mistake.
        return None, list(dict.fromkeys([*wrong.values(), *broken_rules(model, valid)]))
    if not is_whole:
        return settings, list(wrong.values())
    return settings, [*wrong.values(), *broken_rules(model, flatten(model, settings))]


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


@cache
def relax(model: type[BaseModel]) -> type[BaseModel]:
    """Make a model of the same fields of which none is required, once: it takes 0.1 s."""
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
        # What is no name at all can't be handed to a program either.
        if name.startswith(prefix) and name not in names.fields and names.is_foreign(name):
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
