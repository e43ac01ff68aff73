"""What a demo takes out of the environment, which may be production's."""

from __future__ import annotations

import os
from collections.abc import Sequence

from oracle_cdc.programs import MODELS
from oracle_cdc.settings.declaration import Root
from oracle_cdc.settings.monitor import MonitorSettings
from oracle_cdc.settings.names import Names

#: Whose settings they may be.
PROGRAMS: Sequence[type[Root]] = (*MODELS.values(), MonitorSettings)


def isolate() -> None:
    """Take out what service, drivers and boto3 would take for settings."""
    for name in list(os.environ):
        if is_setting(name):
            del os.environ[name]
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull


def is_setting(name: str) -> bool:
    for names in map(Names, PROGRAMS):
        if name in names.known or names.is_own(name) or names.is_foreign(name):
            return True
    return False
