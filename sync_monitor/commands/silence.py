"""`monitor silence`: no notices for a time, which always ends."""

from __future__ import annotations

import sys
from argparse import Namespace
from datetime import timedelta

from oracle_cdc.errors import ExitCode, SettingsError
from oracle_cdc.running.clock import utc_now
from oracle_cdc.settings.monitor import MonitorSettings
from sync_monitor.commands.shared.history import writing_history
from sync_monitor.commands.shared.who import user_name
from sync_monitor.history.notices import write_silence
from sync_monitor.records import Silence
from sync_monitor.web.json_objects import moment
from sync_monitor.wiring.syncs import choose, make_syncs

LONGEST_HOURS = 720
ALL = "ALL"


def command(settings: MonitorSettings, options: Namespace) -> int:
    """Write a silence, and return the exit code.

    Raises SettingsError for one without an end, and while another monitor writes the history:
    then the page takes it.
    """
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
