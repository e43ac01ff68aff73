"""The five layers of settings, the first that has a value wins.

The environment, .env, SSM, a YAML file, and the page of defaults (config.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import Field

from oracle_cdc.settings.declaration import Root
from oracle_cdc.settings.environment import read_env_file, read_environment
from oracle_cdc.settings.key_paths import KeyPaths
from oracle_cdc.settings.names import Names
from oracle_cdc.settings.reader import merge, read_settings, validate
from oracle_cdc.settings.sections import AwsSettings, SsmSettings
from oracle_cdc.settings.sources import Given, Source
from oracle_cdc.settings.yaml_file import read_yaml_file

#: The variable that names the YAML file, and where that is looked for otherwise.
CONFIG_FILE = "CONFIG_FILE"
CONFIG_PLACE = "config/config.yaml"
SSM, SSM_PATH = "SSM", "SSM_PATH"

Model = TypeVar("Model", bound=Root)


class StoreAccess(Root):
    """What must be known before SSM can be asked, and so stands in the other layers."""

    aws: AwsSettings = Field(default_factory=AwsSettings)
    ssm: SsmSettings = Field(default_factory=SsmSettings)


ACCESS_NAMES = Names(StoreAccess)
AskStore = Callable[[StoreAccess, KeyPaths], Source]


@dataclass(frozen=True)
class Origins:
    """Say where the layers are.

    env_file: the .env. The YAML file stands in config/ beside it, unless CONFIG_FILE names another.
    page: what config.py gives.
    ask_store: reads SSM, which is never asked unless SSM_PATH is set.
    arguments: what the caller gives itself, which wins over all of them.
    """

    environment: Mapping[str, str]
    env_file: Path
    page: Source
    ask_store: AskStore
    arguments: Sequence[Source] = ()


def read_layers(
    model: type[Model], keys: KeyPaths, origins: Origins, others: Names | None = None
) -> Model:
    """Return the settings that all layers give together.

    Raises SettingsError listing every mistake of every layer.

    Parameters:
        keys: of this model, and of others that share YAML and SSM.
        others: variables that may stand in the same places for other programs.
    """
    return read_settings(model, read_sources(keys, origins, Names(model, others)), others)


def read_sources(keys: KeyPaths, origins: Origins, names: Names) -> Sequence[Source]:
    """Return what each layer gives, the nearest last. SSM is asked once, where it is to be asked.

    Parameters:
        names: of all programs that share the layers.
    """
    near = (read_env_file(origins.env_file), read_environment(origins.environment, names))
    far = (origins.page, read_config_file(near, origins.env_file.parent, keys))
    store = read_store((*far, *near), keys, origins.ask_store)
    return (*far, *store, *near, *origins.arguments)


def read_config_file(near: Sequence[Source], directory: Path, keys: KeyPaths) -> Source:
    """Return what the YAML file gives, which the nearer layers may name."""
    named_by: Given | None = None
    for source in near:
        if not source.is_unread:
            named_by = source.find(CONFIG_FILE) or named_by
    if named_by is None:
        return read_yaml_file(directory / CONFIG_PLACE, keys, shown=CONFIG_PLACE)
    file = str(named_by.value)
    return read_yaml_file(Path(file), keys, shown=file, named_by=named_by)


def read_store(sources: Sequence[Source], keys: KeyPaths, ask_store: AskStore) -> list[Source]:
    """Return what SSM gives, where SSM_PATH is set."""
    given = merge(sources, ACCESS_NAMES)
    if SSM_PATH not in given:
        return []
    access, wrong = validate(StoreAccess, given, ACCESS_NAMES)
    if access is None or wrong:
        mistakes = [f"{SSM}: not asked, because SSM_PATH or what AWS needs is wrong", *wrong]
        return [Source(SSM, {}, mistakes=mistakes, is_unread=True)]
    return [ask_store(access, keys)]
