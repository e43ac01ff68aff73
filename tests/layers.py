"""Settings of layers that a test makes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from oracle_cdc.conversations.settings import Settings, ask_store
from oracle_cdc.events.settings import EventsSettings
from oracle_cdc.programs import Enabled, load_alone, load_enabled, load_monitor
from oracle_cdc.settings.layers import Origins
from oracle_cdc.settings.page import read_page


def load_conversations(origins: Origins) -> Settings:
    """Return the settings of conversations, whatever PIPELINES names."""
    return load_alone(Settings, origins)


def load_events(origins: Origins) -> EventsSettings:
    """Return the settings of events, whatever PIPELINES names."""
    return load_alone(EventsSettings, origins)


def load_settings(
    environment: Mapping[str, str],
    env_file: Path,
    page: Mapping[str, Mapping[str, object]] | None = None,
    page_file: Path | None = None,
) -> Settings:
    """Return what the layers say, where SSM is asked as the service asks it.

    page: dictionaries by the prefix of their variables. page_file: where they are written.
    """
    origins = Origins(environment, env_file, read_page(page or {}, page_file), ask_store)
    return load_conversations(origins)


def load_pipelines(
    pipelines: str,
    environment: Mapping[str, str],
    env_file: Path,
    page: Mapping[str, Mapping[str, object]] | None = None,
) -> Enabled:
    """Return what the layers say for the pipelines with these names."""
    given = {"PIPELINES": pipelines, **environment}
    return load_enabled(Origins(given, env_file, read_page(page or {}), ask_store))


def load_monitored(
    environment: Mapping[str, str],
    env_file: Path,
    page: Mapping[str, Mapping[str, object]] | None = None,
) -> dict[str, object]:
    """Return what the layers say for the monitor."""
    origins = Origins(environment, env_file, read_page(page or {}), ask_store)
    return load_monitor(origins).model_dump()


def dump(enabled: Enabled) -> list[dict[str, object]]:
    """Return the values of every setting of the pipelines that are enabled."""
    return [settings.model_dump() for settings in enabled.settings]
