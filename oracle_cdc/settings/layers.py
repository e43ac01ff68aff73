"""The layers of settings, the first that has a value wins.

The environment, .env, a YAML file, and the page of defaults (config.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from oracle_cdc.settings.declaration import Root
from oracle_cdc.settings.environment import read_env_file, read_environment
from oracle_cdc.settings.keys import Keys
from oracle_cdc.settings.names import Names
from oracle_cdc.settings.reader import read_settings
from oracle_cdc.settings.sources import Given, Source
from oracle_cdc.settings.yaml_file import read_yaml_file

#: The variable that names the YAML file, and where that is looked for otherwise.
CONFIG_FILE = "CONFIG_FILE"
CONFIG_PLACE = "config/config.yaml"

Model = TypeVar("Model", bound=Root)


@dataclass(frozen=True)
class Origins:
    """Say where the layers are.

    env_file: the .env. The YAML file stands in config/ beside it, unless CONFIG_FILE names another.
    page: what config.py gives.
    """

    environment: Mapping[str, str]
    env_file: Path
    page: Source


def read_layers(
    model: type[Model], keys: Keys, origins: Origins, others: Names | None = None
) -> Model:
    """Return the settings that all layers give together.

    Raises SettingsError listing every mistake of every layer.

    Parameters:
        keys: of this model, and of others that share the YAML file.
        others: variables that may stand in the same places for other programs.
    """
    names = Names(model, others)
    near = (read_env_file(origins.env_file), read_environment(origins.environment, names))
    far = (origins.page, read_config_file(near, origins.env_file.parent, keys))
    return read_settings(model, (*far, *near), others)


def read_config_file(near: Sequence[Source], directory: Path, keys: Keys) -> Source:
    """Return what the YAML file gives, which the nearer layers may name."""
    named_by: Given | None = None
    for source in near:
        if not source.is_unread:
            named_by = source.find(CONFIG_FILE) or named_by
    if named_by is None:
        return read_yaml_file(directory / CONFIG_PLACE, keys, shown=CONFIG_PLACE)
    file = str(named_by.value)
    return read_yaml_file(Path(file), keys, shown=file, named_by=named_by)
