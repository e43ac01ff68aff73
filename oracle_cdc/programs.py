"""Read the settings of each program of this package by the layers that they share.

What stands there for one program is passed over by the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from oracle_cdc.changes.settings import ChangesSettings
from oracle_cdc.conversations.settings import Settings
from oracle_cdc.errors import SettingsError
from oracle_cdc.events.settings import EventsSettings
from oracle_cdc.extraction.settings import ExtractionSettings
from oracle_cdc.processor.settings import ProcessorSettings
from oracle_cdc.settings.declaration import Root
from oracle_cdc.settings.key_paths import KeyPaths
from oracle_cdc.settings.layers import Origins, read_layers, read_sources
from oracle_cdc.settings.mistakes import Mistakes
from oracle_cdc.settings.monitor import MonitorOnOracleSettings, MonitorSettings, OracleChoice
from oracle_cdc.settings.names import Names
from oracle_cdc.settings.reader import Model, merge, read_settings, validate
from oracle_cdc.settings.service import (
    CHANGES,
    CONVERSATIONS,
    EVENTS,
    PROCESSOR,
    PipelineChoice,
    ServiceSettings,
)
from oracle_cdc.settings.sources import Source

#: The settings of each pipeline.
MODELS: Mapping[str, type[ServiceSettings]] = {
    CONVERSATIONS: Settings,
    EVENTS: EventsSettings,
    CHANGES: ChangesSettings,
    PROCESSOR: ProcessorSettings,
}


def all_names(models: Iterable[type[Root]]) -> Names:
    """Return the names that any of the models knows."""
    names = Names(PipelineChoice)
    for model in models:
        names = Names(model, names)
    return names


KEY_PATHS = KeyPaths(*MODELS.values(), ExtractionSettings, MonitorSettings)
#: Of every program, which is what each of them passes over.
ALL_NAMES = all_names([*MODELS.values(), MonitorSettings])
CHOICE_NAMES = Names(PipelineChoice)
ORACLE_CHOICE_NAMES = Names(OracleChoice)


@dataclass(frozen=True)
class Enabled:
    """The settings of the pipelines that PIPELINES names, in the order of MODELS."""

    settings: Sequence[ServiceSettings]

    @property
    def service(self) -> ServiceSettings:
        """Return what the settings of all of them say alike."""
        if not self.settings:
            raise SettingsError("PIPELINES: names no pipeline")
        return self.settings[0]

    @property
    def warnings(self) -> Sequence[str]:
        """Return what was noticed where they were read, each once."""
        warnings: list[str] = []
        for settings in self.settings:
            warnings += settings.warnings
        return list(dict.fromkeys(warnings))

    def find(self, model: type[Model]) -> Model | None:
        """Return the settings of one pipeline, None where it is not enabled."""
        for settings in self.settings:
            if isinstance(settings, model):
                return settings
        return None

    def need(self, model: type[Model], what: str) -> Model:
        """Return the settings of one pipeline. Raises SettingsError where `what` needs it."""
        settings = self.find(model)
        if settings is None:
            raise SettingsError(f"{what}: only where PIPELINES names {name_of(model)}")
        return settings


def name_of(model: type[Model]) -> str:
    """Return the names of the pipelines that have these settings."""
    return " or ".join(name for name, each in MODELS.items() if issubclass(each, model))


def load_enabled(origins: Origins) -> Enabled:
    """Return the settings of the pipelines that are enabled.

    Raises SettingsError listing every mistake in them, each once.
    """
    sources = read_sources(KEY_PATHS, origins, ALL_NAMES)
    names = choose_pipelines(sources)
    # Where PIPELINES is wrong, those of any pipeline say so, and nobody knows what is needed.
    return read_pipelines(names or PipelineChoice().pipelines, sources, is_chosen=bool(names))


def load_processor(origins: Origins) -> Enabled:
    """Return the settings of the processor, and those of changes where they are enabled.

    Raises SettingsError listing every mistake in them, each once.
    """
    sources = read_sources(KEY_PATHS, origins, ALL_NAMES)
    names = [PROCESSOR]
    if CHANGES in choose_pipelines(sources):
        names = [CHANGES, PROCESSOR]
    return read_pipelines(names, sources)


def read_pipelines(
    names: Iterable[str], sources: Sequence[Source], *, is_chosen: bool = True
) -> Enabled:
    """Return the settings of the pipelines with these names.

    Parameters:
        is_chosen: else nothing of theirs is missing.
    """
    settings: list[ServiceSettings] = []
    mistakes: list[str] = []
    warnings: list[str] = []
    for name in names:
        try:
            settings.append(read_settings(MODELS[name], sources, ALL_NAMES, is_chosen=is_chosen))
        except Mistakes as error:
            mistakes += error.lines
            warnings += error.warnings
    if mistakes:
        raise Mistakes(list(dict.fromkeys(mistakes)), list(dict.fromkeys(warnings)))
    return Enabled(settings)


def load_alone(model: type[Model], origins: Origins) -> Model:
    """Return the settings of one program, whatever PIPELINES names.

    Raises SettingsError listing every mistake.
    """
    return read_layers(model, KEY_PATHS, origins, ALL_NAMES)


def choose_pipelines(sources: Sequence[Source]) -> Sequence[str]:
    """Return what PIPELINES says, nothing where that is wrong."""
    given = merge(sources, CHOICE_NAMES)
    choice, _ = validate(PipelineChoice, given, CHOICE_NAMES)
    if choice is None:
        return ()
    return choice.pipelines


def load_extraction(origins: Origins) -> ExtractionSettings:
    """Return how to reach Oracle, and which tables are usual.

    Raises SettingsError listing every mistake.
    """
    return load_alone(ExtractionSettings, origins)


def load_monitor(origins: Origins) -> MonitorSettings:
    """Return the settings of the monitor, with those of Oracle where it is a real one.

    Raises SettingsError listing every mistake.
    """
    sources = read_sources(KEY_PATHS, origins, ALL_NAMES)
    given = merge(sources, ORACLE_CHOICE_NAMES)
    choice, _ = validate(OracleChoice, given, ORACLE_CHOICE_NAMES)
    if choice is not None and choice.use_real_oracle:
        return read_settings(MonitorOnOracleSettings, sources, ALL_NAMES)
    return read_settings(MonitorSettings, sources, ALL_NAMES)
