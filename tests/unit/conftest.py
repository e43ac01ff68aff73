"""Fixtures of several files of these tests."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from config import CDC_CONFIG, LOGGING_CONFIG
from oracle_cdc.conversations.settings import Settings
from oracle_cdc.log_files import FILES
from oracle_cdc.running import log_setup
from oracle_cdc.running.log_setup import close_logs
from oracle_cdc.running.secret_rotation import Secret
from tests.layers import load_settings
from tests.unit.doors import Door, Place, rotating
from tests.unit.settings_files import NEEDED, Read


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read settings from an environment, the text of a .env and config.py's dictionaries."""

    def run(
        environment: Mapping[str, str] | None = None,
        env_text: str = "",
        cdc: Mapping[str, object] = CDC_CONFIG,
        logging: Mapping[str, object] = LOGGING_CONFIG,
        needed: Mapping[str, str] = NEEDED,
    ) -> Settings:
        env_file = tmp_path / ".env"
        env_file.write_text(env_text, encoding="utf-8")
        env_file.chmod(0o600)
        return load_settings(
            {**needed, **(environment or {})}, env_file, {"CDC_": cdc, "LOGGING_": logging}
        )

    return run


@pytest.fixture
def logging_restored() -> Iterator[None]:
    """Restore the logging of the whole process after a test that sets it up."""
    root = logging.getLogger()
    named = [logging.getLogger(name) for name in named_loggers()]
    before = list(root.handlers), root.level, [each.level for each in named]
    hooks = sys.excepthook, threading.excepthook, logging.raiseExceptions
    yield
    close_logs()
    root.handlers[:], level, levels = before
    root.setLevel(level)
    for each, its_level in zip(named, levels, strict=True):
        each.setLevel(its_level)
    sys.excepthook, threading.excepthook, logging.raiseExceptions = hooks


def named_loggers() -> Iterator[str]:
    """Yield the names of the loggers that the service or its libraries have."""
    for lines in FILES.values():
        yield from filter(None, lines.loggers)
    yield from log_setup.FOREIGN_LOGGERS


@pytest.fixture
def place() -> Place:
    return Place()


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def secret(place: Place, door: Door) -> Secret:
    return rotating(place, door)
