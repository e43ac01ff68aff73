"""Read the settings of each program of this package by the layers that they share.

What stands there for one program is passed over by the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from oracle_cdc.conversations.settings import NAMES as CONVERSATION_NAMES
from oracle_cdc.conversations.settings import Settings
from oracle_cdc.errors import SettingsError
from oracle_cdc.events.settings import NAMES as EVENT_NAMES
from oracle_cdc.events.settings import EventsSettings
from oracle_cdc.extraction.settings import ExtractionSettings
from oracle_cdc.settings.key_paths import KeyPaths
from oracle_cdc.settings.layers import Origins, read_layers, read_sources
from oracle_cdc.settings.mistakes import Mistakes
from oracle_cdc.settings.names import Names
from oracle_cdc.settings.reader import Model, merge, read_settings, validate
from oracle_cdc.settings.service import CONVERSATIONS, EVENTS, PipelineChoice, ServiceSettings
from oracle_cdc.settings.sources import Source

KEY_PATHS = KeyPaths(Settings, EventsSettings, ExtractionSettings)
#: Of every pipeline, which is what an extraction passes over.
ALL_NAMES = Names(Settings, EVENT_NAMES)
CHOICE_NAMES = Names(PipelineChoice)


@dataclass(frozen=True)
class Enabled:
    """The settings of the pipelines that PIPELINES names, None for the others."""

    conversations: Settings | None = None
    events: EventsSettings | None = None

    @property
    def service(self) -> ServiceSettings:
        """Return what the settings of all of them say alike."""
        settings = self.conversations or self.events
        if settings is None:
            raise SettingsError("PIPELINES: names no pipeline")
        return settings

    @property
    def warnings(self) -> Sequence[str]:
        """Return what was noticed where they were read, each once."""
        warnings = [*warnings_of(self.conversations), *warnings_of(self.events)]
        return list(dict.fromkeys(warnings))

    def need_conversations(self, what: str) -> Settings:
        """Return their settings. Raises SettingsError where what is wanted needs them."""
        if self.conversations is None:
            raise missing_pipeline(what, CONVERSATIONS)
        return self.conversations

    def need_events(self, what: str) -> EventsSettings:
        """Return their settings. Raises SettingsError where what is wanted needs them."""
        if self.events is None:
            raise missing_pipeline(what, EVENTS)
        return self.events


def warnings_of(settings: ServiceSettings | None) -> Sequence[str]:
    """Return what was noticed where settings were read, nothing where there are none."""
    if settings is None:
        return ()
    return settings.warnings


def missing_pipeline(what: str, name: str) -> SettingsError:
    return SettingsError(f"{what}: only where PIPELINES names {name}")


def load_enabled(origins: Origins) -> Enabled:
    """Return the settings of the pipelines that are enabled.

    Raises SettingsError listing every mistake in them, each once.
    """
    sources = read_sources(KEY_PATHS, origins, ALL_NAMES)
    chosen = choose_pipelines(sources)
    mistakes: list[str] = []
    conversations, events = None, None
    if CONVERSATIONS in chosen:
        conversations = read_one(Settings, sources, EVENT_NAMES, mistakes)
    if EVENTS in chosen:
        events = read_one(EventsSettings, sources, CONVERSATION_NAMES, mistakes)
    if mistakes:
        raise Mistakes(list(dict.fromkeys(mistakes)))
    return Enabled(conversations, events)


def choose_pipelines(sources: Sequence[Source]) -> Sequence[str]:
    """Return what PIPELINES says. Where that is wrong the settings of its default show it too."""
    given = merge(sources, CHOICE_NAMES)
    choice, _ = validate(PipelineChoice, given, CHOICE_NAMES)
    return (choice or PipelineChoice()).pipelines


def read_one(
    model: type[Model], sources: Sequence[Source], others: Names, mistakes: list[str]
) -> Model | None:
    """Return the settings of one pipeline, or None with what is wrong among the mistakes."""
    try:
        return read_settings(model, sources, others)
    except Mistakes as error:
        mistakes += error.lines
        return None


def load_extraction(origins: Origins) -> ExtractionSettings:
    """Return how to reach Oracle, and which tables are usual.

    Raises SettingsError listing every mistake.
    """
    return read_layers(ExtractionSettings, KEY_PATHS, origins, ALL_NAMES)
