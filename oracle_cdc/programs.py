"""Read the settings of each program of this package by the layers that they share.

What stands there for one program is passed over by the others.
"""

from __future__ import annotations

from oracle_cdc.conversations.settings import NAMES as CONVERSATION_NAMES
from oracle_cdc.conversations.settings import Settings
from oracle_cdc.events.settings import NAMES as EVENT_NAMES
from oracle_cdc.events.settings import EventsSettings
from oracle_cdc.extraction.settings import ExtractionSettings
from oracle_cdc.settings.key_paths import KeyPaths
from oracle_cdc.settings.layers import Origins, read_layers
from oracle_cdc.settings.names import Names

KEY_PATHS = KeyPaths(Settings, EventsSettings, ExtractionSettings)
#: What an extraction passes over.
NAMES_OF_BOTH = Names(Settings, EVENT_NAMES)


def load_conversations(origins: Origins) -> Settings:
    """Return the settings of conversations. Raises SettingsError listing every mistake."""
    return read_layers(Settings, KEY_PATHS, origins, EVENT_NAMES)


def load_events(origins: Origins) -> EventsSettings:
    """Return the settings of events. Raises SettingsError listing every mistake."""
    return read_layers(EventsSettings, KEY_PATHS, origins, CONVERSATION_NAMES)


def load_extraction(origins: Origins) -> ExtractionSettings:
    """Return how to reach Oracle, and which tables are usual.

    Raises SettingsError listing every mistake.
    """
    return read_layers(ExtractionSettings, KEY_PATHS, origins, NAMES_OF_BOTH)
