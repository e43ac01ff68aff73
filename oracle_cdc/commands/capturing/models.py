"""`changes models`: models of tables from Oracle's dictionary, and a page of those there are."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path

from oracle_cdc.changes.capture.describing import read_model
from oracle_cdc.changes.capture.model import Place
from oracle_cdc.changes.command_settings import CapturingSettings, OfflineSettings
from oracle_cdc.changes.model_files import name_file, read_models, write_model, writing
from oracle_cdc.changes.rules.model_page import format_page
from oracle_cdc.changes.rules.table_models import Sensitivity, TableModel
from oracle_cdc.commands.capturing.database import open_oracle
from oracle_cdc.commands.capturing.named_tables import (
    find_model,
    find_models,
    parse_place,
)
from oracle_cdc.errors import ExitCode, SettingsError
from oracle_cdc.oracle.identifiers import parse_identifier
from oracle_cdc.oracle.session import Session
from oracle_cdc.running.amounts import counted
from oracle_cdc.running.terminal import complain, say, warn


def write_page(settings: OfflineSettings, options: Namespace) -> ExitCode:
    """Write a page of the models that there are."""
    models = read_models(options.out or settings.changes.models_dir)
    with writing(options.page):
        options.page.write_text(format_page(models), encoding="utf-8")
    say(f"{options.page}: {counted(len(models), 'table')}")
    return ExitCode.DONE


def write_models(settings: CapturingSettings, options: Namespace) -> ExitCode:
    """Write the models, and return 1 when a table has none."""
    folder: Path = options.out or settings.changes.models_dir
    models = dict(find_models(folder))
    codes: set[ExitCode] = {ExitCode.DONE}
    with open_oracle(settings) as database, database.session() as session:
        places = choose_places(session, options)
        for place in places:
            former = find_model(models, place)
            try:
                model, left_out = read_model(session, place, options.keys, former)
                refuse_taken(models, model)
            except SettingsError as error:
                complain(place.shown, str(error).removeprefix(f"{place.shown}: "))
                codes.add(ExitCode.FAILED)
                continue
            path = write_model(folder, model)
            models[model.table] = model
            say(f"{path}: {describe(model)}")
            for column, reason in left_out.items():
                warn(f"{place.shown}: column {column} is left out: {reason}")
    return max(codes)


def refuse_taken(models: Mapping[str, TableModel], model: TableModel) -> None:
    """Refuse to write a model over that of another table, and what people confirmed in it.

    Raises SettingsError.
    """
    for other in models.values():
        if other.source != model.source and name_file(other) == name_file(model):
            raise SettingsError(
                f"{name_file(model)} is the model of {other.source}; allowed: a copy of it under "
                f"another name, with `table` of that name and `source` {model.source}, first"
            )


def choose_places(session: Session, options: Namespace) -> Sequence[Place]:
    """Return the tables that are asked for. Raises SettingsError where there are none."""
    if options.table:
        return [parse_place(options.table)]
    if not options.owner:
        raise SettingsError("changes models: --owner or --table says of which tables, or --page")
    owner = parse_identifier(options.owner)
    places = []
    for record in session.query("list_tables", owner=owner):
        places.append(Place(owner, str(record["table_name"])))
    if not places:
        raise SettingsError(
            f"--owner {options.owner}: no table that this user sees; "
            f"as {owner}, for each: GRANT SELECT ON {owner}.TABLE TO the service's user"
        )
    return places


def describe(model: TableModel) -> str:
    """Return what is in a model, with what a person must look at."""
    guessed = []
    for column in model.columns.values():
        if column.sensitivity is not Sensitivity.NONE:
            guessed.append(column.name)
    text = counted(len(model.columns), "column")
    if guessed:
        text += f"; personal or secret by its name: {', '.join(guessed)}"
    return text
