"""Settings of layers that a test makes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from oracle_cdc.conversations.settings import Settings, ask_store
from oracle_cdc.programs import load_conversations
from oracle_cdc.settings.layers import Origins
from oracle_cdc.settings.page import read_page


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
