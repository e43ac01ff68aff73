"""`changes`: which action is meant, and the settings that it needs."""

from __future__ import annotations

from argparse import Namespace

from oracle_cdc.changes.command_settings import CapturingSettings, OfflineSettings
from oracle_cdc.errors import ExitCode
from oracle_cdc.programs import load_alone
from oracle_cdc.running.log_setup import configure_console
from oracle_cdc.settings.layers import Origins


def changes(origins: Origins, options: Namespace) -> ExitCode:
    """Run an action, and return its exit code."""
    configure_console("WARNING")
    offline = find_offline(origins, options)
    if offline is not None:
        return run_offline(offline, options)
    settings = load_alone(CapturingSettings, origins)
    if options.action == "models":
        from oracle_cdc.commands.capturing.models import write_models

        return write_models(settings, options)
    if options.action == "install":
        from oracle_cdc.commands.capturing.install import install

        return install(settings, options)
    if options.action == "uninstall":
        from oracle_cdc.commands.capturing.uninstall import uninstall

        return uninstall(settings, options)
    if options.action == "snapshot":
        from oracle_cdc.commands.capturing.snapshot import snapshot

        return snapshot(settings, options)
    from oracle_cdc.commands.capturing.status import show_captured

    return show_captured(settings, options)


def find_offline(origins: Origins, options: Namespace) -> OfflineSettings | None:
    """Return the settings of what needs no Oracle: a page, or a script where none is set."""
    if options.action == "models" and options.page:
        return load_alone(OfflineSettings, origins)
    if options.action == "install" and options.print_only:
        offline = load_alone(OfflineSettings, origins)
        if not offline.has_oracle:
            return offline
    return None


def run_offline(settings: OfflineSettings, options: Namespace) -> ExitCode:
    """Write a page or a script from the models alone."""
    if options.action == "models":
        from oracle_cdc.commands.capturing.models import write_page

        return write_page(settings, options)
    from oracle_cdc.commands.capturing.install import print_offline

    return print_offline(settings, options)
