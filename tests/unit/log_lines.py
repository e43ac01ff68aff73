"""Settings of the logs, and the lines of a file."""

from __future__ import annotations

from pathlib import Path

import config
from oracle_cdc.log_files import FILES
from oracle_cdc.settings.sections import LoggingSettings

ROOT = Path(config.__file__).parent


def settings_for(directory: Path | str, **changes: object) -> LoggingSettings:
    return LoggingSettings.model_validate({"directory": directory, "level": "DEBUG", **changes})


def lines_of(directory: Path, name: str) -> list[str]:
    return (directory / name).read_text(encoding="utf-8").splitlines()


def files_with(directory: Path, text: str) -> set[str]:
    return {name for name in FILES if text in (directory / name).read_text(encoding="utf-8")}
