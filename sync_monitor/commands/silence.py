"""`monitor silence`: no notices for a time, which always ends, and which silences there are."""

from __future__ import annotations

import sys
from argparse import Namespace
from dataclasses import replace
from datetime import timedelta
from functools import partial

from oracle_cdc.errors import ExitCode, SettingsError
from oracle_cdc.running.clock import utc_now
from oracle_cdc.running.privacy import escape
from oracle_cdc.settings.monitor import MonitorSettings
from sync_monitor.commands.shared.history import reading_history, writing_history
from sync_monitor.commands.shared.who import user_name
from sync_monitor.history.notices import silences, write_silence
from sync_monitor.records import Silence
from sync_monitor.web.json_objects import moment
from sync_monitor.wiring.syncs import choose, make_syncs

LONGEST_HOURS = 720
ALL = "ALL"


def command(settings: MonitorSettings, options: Namespace) -> int:
    """Begin or end a silence, or show those that last, and return the exit code.

    Raises SettingsError for one without an end, and for what would be written while another monitor
    writes the history: then its page takes it.
    """
    if options.name is None:
        if options.end or options.hours is not None or options.reason is not None:
            raise SettingsError("NAME is missing: of a sync, or ALL")
        return show(settings)
    if options.end:
        return end(settings, options.name)
    return begin(settings, options)


def show(settings: MonitorSettings) -> ExitCode:
    """Print the silences that last, the first to end first."""
    with reading_history(settings) as reader:
        found = reader.read(lambda connection: silences(connection, utc_now()))
    for each in found:
        by, reason = escape(each.asked_by), escape(each.reason)
        name = escape(each.sync) or ALL
        sys.stdout.write(f"{name}: no notices until {moment(each.ends)}, by {by}: {reason}\n")
    if not found:
        sys.stdout.write("no silence lasts\n")
    return ExitCode.DONE


def end(settings: MonitorSettings, name: str) -> ExitCode:
    """End the silences of a sync or of all, and return the exit code: 1 where none lasts."""
    now = utc_now()
    with writing_history(settings, make_syncs(settings)) as store:
        found = store.read(lambda connection: silences(connection, now))
        meant = [replace(each, ends=now) for each in found if (each.sync or ALL) == name]
        for each in meant:
            store.write(partial(write_silence, silence=each))
    if not meant:
        sys.stderr.write(f"no silence of {escape(name)} lasts\n")
        return ExitCode.FAILED
    sys.stdout.write(f"{escape(name)}: the silence is over\n")
    return ExitCode.DONE


def begin(settings: MonitorSettings, options: Namespace) -> ExitCode:
    """Write a silence, and print when it ends."""
    if options.hours is None or options.reason is None:
        raise SettingsError("--hours and --reason are missing, or --end")
    if not 0 < options.hours <= LONGEST_HOURS:
        raise SettingsError(
            f"--hours: given {options.hours:g}; allowed: more than 0, at most {LONGEST_HOURS}"
        )
    syncs = make_syncs(settings)
    name = ""
    if options.name != ALL:
        name = choose(syncs, options.name)[0].name
    now = utc_now()
    silence = Silence(name, user_name(), options.reason, now, now + timedelta(hours=options.hours))
    with writing_history(settings, syncs) as store:
        store.write(lambda connection: write_silence(connection, silence))
    sys.stdout.write(f"{name or 'all syncs'}: no notices until {moment(silence.ends)}\n")
    return ExitCode.DONE
