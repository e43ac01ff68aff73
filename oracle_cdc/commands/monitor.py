"""`monitor`: which action is meant. Its package is imported once one of them runs."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Mapping
from importlib import import_module

from oracle_cdc.commands.packages import require_packages
from oracle_cdc.commands.settings import show_settings
from oracle_cdc.programs import load_monitor
from oracle_cdc.running.log_setup import configure_console, configure_logging
from oracle_cdc.running.terminal import choose_level
from oracle_cdc.settings.layers import Origins
from oracle_cdc.settings.monitor import MonitorSettings

#: What none of them does without.
PACKAGES = ("duckdb", "flask", "waitress")
#: Action -> the module of sync_monitor.commands that has a function `command`.
MODULES: Mapping[str, str] = {
    "run": "run",
    "serve": "serve",
    "once": "once",
    "check": "check",
    "seed": "seed",
    "inject": "inject",
    "status": "status",
    "drill": "drill",
    "runbook": "runbook",
    "triage": "triage",
    "silence": "silence",
    "audit": "audit",
    "demo": "demo",
}
#: Those that run until a signal, and log as the settings say. They have no log files.
RUNNING = ("run", "serve")
#: What the others log where it is not errors: of faults that are played nothing is.
LEVELS = {"demo": "CRITICAL"}
Command = Callable[[MonitorSettings, Namespace], int]


def monitor(origins: Origins, options: Namespace) -> int:
    """Run an action, and return its exit code. Raises SettingsError."""
    require_packages("monitor", "requirements-monitor.txt", *PACKAGES)
    settings = load_monitor(origins)
    if options.action == "settings":
        return show_settings((settings,), settings.warnings, as_json=options.as_json)
    configure_log(settings, options.action)
    return find_command(options.action)(settings, options)


def configure_log(settings: MonitorSettings, action: str) -> None:
    """Send log lines to standard error, as much of them as an action is worth."""
    if action in RUNNING:
        configure_logging(settings.logging.model_copy(update={"directory": None}), {})
        return
    configure_console(choose_level(settings.logging.level, LEVELS.get(action, "ERROR")))


def find_command(action: str) -> Command:
    """Return what runs an action."""
    module = import_module(f"sync_monitor.commands.{MODULES[action]}")
    found: Command = module.command
    return found
