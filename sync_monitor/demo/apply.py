"""`python -m sync_monitor.demo.apply`: runs the runbook that it reads from standard input.

For the stand-in of Oracle and the embedded lake alone.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from oracle_cdc.cli import Origin, read_origins
from oracle_cdc.errors import CdcError, ExitCode, SettingsError
from oracle_cdc.programs import load_monitor
from sync_monitor.commands.shared.measuring import seeded_stand_in
from sync_monitor.demo.runbook_run import apply_runbook
from sync_monitor.demo.seeding import recall
from sync_monitor.wiring.syncs import table_syncs


def main(text: str) -> int:
    """Run a runbook, and return the exit code."""
    try:
        require_statements(text)
        settings = load_monitor(read_origins(Origin(directory=Path.cwd())))
        with seeded_stand_in(settings) as place:
            samples = recall(place.directory, table_syncs(settings))
            here, there = apply_runbook(text, place, samples)
    except CdcError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    except duckdb.Error as error:
        sys.stderr.write(f"the runbook failed: {type(error).__name__}: {error}\n")
        return ExitCode.FAILED
    sys.stdout.write(f"{here:,} rows in Oracle, {there:,} in the lake\n")
    return ExitCode.DONE


def require_statements(text: str) -> None:
    """Raise SettingsError where nothing came, as of an issue that is over."""
    if not text.strip():
        raise SettingsError(
            "no SQL came on standard input; allowed: what `monitor runbook ISSUE` prints"
        )


if __name__ == "__main__":
    sys.exit(main(sys.stdin.read()))
