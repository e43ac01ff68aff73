"""`monitor inject`: damages what was seeded, or undoes all of it."""

from __future__ import annotations

import sys
from argparse import Namespace

from oracle_cdc.errors import ExitCode, SettingsError
from oracle_cdc.settings.monitor import MonitorSettings
from sync_monitor.commands.shared.measuring import seeded_stand_in
from sync_monitor.demo.injecting import OF_ALL_SYNCS, inject
from sync_monitor.demo.seeding import recall, write_samples
from sync_monitor.wiring.syncs import choose, table_syncs


def command(settings: MonitorSettings, options: Namespace) -> int:
    """Inject or undo, and return the exit code. Raises SettingsError where Oracle is real.

    One sync is damaged, the first unless another is named, but for what concerns all.
    """
    if options.kind is None and not options.undo:
        raise SettingsError("monitor inject: a KIND is missing, or --undo; --help lists them")
    syncs = table_syncs(settings)
    with seeded_stand_in(settings) as place:
        samples = recall(place.directory, syncs)
        if options.undo:
            write_samples(place, samples)
            sys.stdout.write("all is as it was seeded\n")
            return ExitCode.DONE
        if options.kind not in OF_ALL_SYNCS:
            chosen = choose(syncs, options.sync or samples[0].sync.name)
            samples = [sample for sample in samples if sample.sync in chosen]
        inject(options.kind, place, samples)
    for sample in samples:
        sys.stdout.write(f"{sample.sync.name}: {options.kind}\n")
    return ExitCode.DONE
