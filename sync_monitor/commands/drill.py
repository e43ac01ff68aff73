"""`monitor drill`: the rows of one partition, compared now. The history is left as it is."""

from __future__ import annotations

import json
import sys
from argparse import Namespace

from oracle_cdc.errors import ExitCode, SettingsError
from oracle_cdc.settings.monitor import MonitorSettings
from sync_monitor.commands.shared.as_json import cell_as_json
from sync_monitor.commands.shared.measuring import measuring
from sync_monitor.looks.trying import drill_now
from sync_monitor.measurements import Cell, CellState
from sync_monitor.rules.periods import partition_named
from sync_monitor.wiring.syncs import choose, table_syncs


def command(settings: MonitorSettings, options: Namespace) -> int:
    """Compare a partition, and return the exit code: 1 where both sides do not agree."""
    if options.name in settings.monitor.streams:
        raise SettingsError(f"{options.name} is a stream, which has no partitions to compare")
    (sync,) = choose(table_syncs(settings), options.name)
    try:
        partition = partition_named(options.partition, sync)
    except ValueError as error:
        raise SettingsError(f"given {options.partition!r}; allowed: {error}") from error
    with measuring(settings) as parts:
        cell, not_compared = drill_now(parts.looker, sync, partition)
    if options.as_json:
        shown = {**cell_as_json(cell), "not_compared": list(not_compared)}
        sys.stdout.write(json.dumps(shown, indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("\n".join(lines(cell, not_compared)) + "\n")
    if cell.state is not CellState.OK:
        return ExitCode.FAILED
    return ExitCode.DONE


def lines(cell: Cell, not_compared: tuple[str, ...]) -> list[str]:
    """Return what was found in words."""
    found = [
        f"{cell.partition.key}: {cell.state.value}; {cell.oracle_rows:,} rows in Oracle, "
        f"{cell.lake_rows:,} in the lake; compared by {cell.level.value}"
    ]
    differences = cell.differences
    if differences is not None and cell.is_faulty:
        bound = differences.bound.value.replace("_", " ")
        found.append(
            f"  missing {differences.missing:,}, extra {differences.extra:,}, "
            f"changed {shown(differences.changed)}, doubled {shown(differences.doubled)}: {bound}"
        )
    if cell.buckets is not None:
        found.append(f"  {cell.buckets[0]} of {cell.buckets[1]} buckets of keys differ")
    if not_compared:
        found.append(f"  not compared: {', '.join(not_compared)}")
    return found


def shown(count: int | None) -> str:
    """Return a count, which may not be known."""
    if count is None:
        return "not measured"
    return f"{count:,}"
