"""`monitor seed`: sample rows in the stand-in of Oracle, and the same rows as a lake."""

from __future__ import annotations

import sys
from argparse import Namespace

from oracle_cdc.errors import ExitCode
from oracle_cdc.running.clock import utc_now
from oracle_cdc.settings.monitor import MonitorSettings
from sync_monitor.commands.shared.measuring import seeded_stand_in
from sync_monitor.demo.seeding import make_samples, write_samples
from sync_monitor.wiring.syncs import table_syncs


def command(settings: MonitorSettings, options: Namespace) -> int:
    """Write the samples, and return the exit code. Raises SettingsError where Oracle is real."""
    samples = make_samples(table_syncs(settings), settings.oracle_mock_count, utc_now())
    with seeded_stand_in(settings) as place:
        write_samples(place, samples)
    for sample in samples:
        sys.stdout.write(
            f"{sample.sync.name}: {sample.count:,} rows of {sample.sync.source}, "
            f"{sample.days[0]} to {sample.days[-1]}; lake: {sample.sync.target}\n"
        )
    return ExitCode.DONE
