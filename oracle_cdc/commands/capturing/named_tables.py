"""The table that `--table` names: where it is, its model, and what is captured of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from oracle_cdc.changes.capture.model import Place
from oracle_cdc.changes.capture.registry import Registered, read_registry
from oracle_cdc.changes.model_files import read_models
from oracle_cdc.changes.rules import heartbeat_table
from oracle_cdc.changes.rules.table_models import TableModel
from oracle_cdc.errors import SettingsError
from oracle_cdc.oracle.identifiers import parse_identifier
from oracle_cdc.oracle.session import Session


def parse_place(text: str) -> Place:
    """Return the table that is meant by OWNER.TABLE. Raises SettingsError saying what is."""
    owner, dot, name = text.partition(".")
    try:
        if not dot:
            raise ValueError("an owner before the table")
        return Place(parse_identifier(owner), parse_identifier(name))
    except ValueError as error:
        raise SettingsError(
            f"--table: given {text}; allowed: OWNER.TABLE, such as COREDB.USERS: {error}"
        ) from None


def find_models(folder: Path) -> Mapping[str, TableModel]:
    """Return the models that there are, none where there is no folder."""
    if not folder.is_dir():
        return {}
    return read_models(folder)


def find_model(models: Mapping[str, TableModel], place: Place) -> TableModel | None:
    """Return the model of a table, None where there is none."""
    for model in models.values():
        if model.source == place.shown:
            return model
    return None


def need_model(folder: Path, place: Place) -> TableModel:
    """Return the model of a table. Raises SettingsError where there is none."""
    if place.name == heartbeat_table.SOURCE:
        return heartbeat_table.make_model(place.owner)
    model = find_model(find_models(folder), place)
    if model is None:
        raise SettingsError(
            f"{place.shown}: it has no model in {folder}; `changes models --table {place.typed}` "
            "writes it, and a person looks at what is personal in it"
        )
    return model


def need_registered(session: Session, place: Place) -> Registered:
    """Return what is captured of a table. Raises SettingsError where nothing is."""
    registry = read_registry(session)
    for each in registry:
        if each.source == place:
            return each
    known = ", ".join(each.source.shown for each in registry) or "none"
    raise SettingsError(f"{place.shown} is not captured; captured: {known}")
