"""The models of tables as files of one folder: read all at once, written whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from oracle_cdc.changes.rules.table_models import Mistaken, TableModel, format_model, parse_model
from oracle_cdc.errors import SettingsError
from oracle_cdc.settings.text_file import Unreadable, read_text_file

ENDING = ".json"
UNSAFE = re.compile(r"^\.|[^\w$#.-]")


def read_models(folder: Path) -> Mapping[str, TableModel]:
    """Return the models in a folder by the names of their tables.

    Raises SettingsError with the mistakes of all files, each with its file's name.
    """
    if not folder.is_dir():
        raise SettingsError(
            f"{folder}: no such folder; allowed: one with a model for each table; "
            "see CHANGES_MODELS_DIR"
        )
    models: dict[str, TableModel] = {}
    files: dict[str, Path] = {}
    mistakes: list[str] = []
    for path in sorted(folder.glob(f"*{ENDING}")):
        try:
            model = parse_model(read_text_file(path))
        except Mistaken as error:
            mistakes += [f"{path}: {mistake}" for mistake in error.mistakes]
            continue
        except Unreadable as error:
            mistakes.append(error.describe(str(path)))
            continue
        if model.table in models:
            mistakes.append(f"{path}: table {model.table} has a model in {files[model.table]} too")
        models[model.table] = model
        files[model.table] = path
    if mistakes:
        raise SettingsError("\n".join(mistakes))
    return models


def write_model(folder: Path, model: TableModel) -> Path:
    """Write a model into its file, in the place of what was there, and return the file.

    Raises SettingsError where that can't be done.
    """
    path = folder / name_file(model)
    part = path.with_name(f"{path.name}.part")
    with writing(path):
        folder.mkdir(parents=True, exist_ok=True)
        part.write_text(format_model(model), encoding="utf-8")
        part.replace(path)
    return path


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Say which file it is that can't be written. Raises SettingsError."""
    try:
        yield
    except OSError as error:
        raise SettingsError(
            f"{path}: not writable ({type(error).__name__}); "
            "allowed: a file in a folder that this user may write into"
        ) from None


def name_file(model: TableModel) -> str:
    """Return the name of a model's file."""
    # A quoted name of Oracle may have signs that lead out of the folder.
    return f"{UNSAFE.sub('_', model.table)}{ENDING}"
