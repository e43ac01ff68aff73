"""`monitor check`: Oracle, rights, the lake and the history, each asked although another fails."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence

from oracle_cdc.errors import CdcError, ExitCode, worst
from oracle_cdc.running.amounts import counted
from oracle_cdc.running.privacy import escape
from oracle_cdc.settings.monitor import MonitorSettings
from sync_monitor.commands.shared.measuring import Parts, measuring
from sync_monitor.history.directory import refuse_many_hosts, refuse_unwritable, require_sqlite
from sync_monitor.lake.seam import NULL_PARTITION
from sync_monitor.looks.catalogs import Catalogs
from sync_monitor.looks.trying import Tried, try_both
from sync_monitor.model import Grain, Kind, Sync
from sync_monitor.rules.figures import in_hours
from sync_monitor.rules.periods import strays
from sync_monitor.wiring.edges import history_directory, oracle_settings
from sync_monitor.wiring.syncs import choose, make_syncs

#: Of what lies in the lake beside partitions.
MOST_NAMED = 3
EXAMPLES = {Grain.DAY: "2026-11-23", Grain.HOUR: "2026-11-23T05"}


def command(settings: MonitorSettings, options: Namespace) -> int:
    """Print a line for each part, and return the worst exit code. Nothing is written.

    Raises SettingsError for a name that is no sync's.
    """
    for warning in settings.warnings:
        sys.stdout.write(f"⚠️  settings: {warning}\n")
    syncs = choose(make_syncs(settings), options.sync)
    codes = [check_history(settings)]
    place = "the stand-in of Oracle" if oracle_settings(settings) is None else "Oracle"
    with measuring(settings) as parts:
        codes.extend(check_syncs(parts, syncs, place))
    return worst(codes)


def check_history(settings: MonitorSettings) -> ExitCode:
    """Say whether the history can be where it should."""
    directory = history_directory(settings)
    try:
        require_sqlite()
        refuse_many_hosts(directory)
        refuse_unwritable(directory)
    except CdcError as error:
        return failed("history", error)
    sys.stdout.write(f"✅ history: {directory}\n")
    return ExitCode.DONE


def check_syncs(parts: Parts, syncs: Sequence[Sync], place: str) -> list[ExitCode]:
    """Say of each sync whether both of its sides can be measured."""
    codes: list[ExitCode] = []
    for sync in syncs:
        if sync.stream:
            codes.append(check_stream(parts, sync))
            continue
        try:
            tried = try_both(parts.looker, sync)
        except CdcError as error:
            codes.append(failed(sync.name, error))
            continue
        sys.stdout.write(f"✅ {sync.name}: {place} and the lake answer; {in_words(tried)}\n")
        for line in warnings(sync, tried):
            sys.stdout.write(f"⚠️  {sync.name}: {line}\n")
        codes.append(ExitCode.DONE)
    return codes


def check_stream(parts: Parts, sync: Sync) -> ExitCode:
    """Say whether a stream says something that counts."""
    tried = parts.streams.ask(sync)
    if tried.counted is None:
        assert tried.failed is not None
        return failed(sync.name, tried.failed)
    found = tried.counted
    said = f"{found.expected} expected"
    if found.missing is not None:
        said += f", {found.missing} missing"
    if found.lag is not None:
        said += f", {in_hours(found.lag)} h behind"
    sys.stdout.write(f"✅ {sync.name}: {said}\n")
    if found.set_aside:
        sys.stdout.write(f"⚠️  {sync.name}: {found.set_aside} set aside, for a person to see to\n")
    if found.is_stopped:
        sys.stdout.write(f"⚠️  {sync.name}: the pipeline stands still, fails, or was paused\n")
    return ExitCode.DONE


def in_words(tried: Tried) -> str:
    """Return what both sides said."""
    columns = len(tried.catalogs.columns)
    partitions = len(tried.listing.keys)
    return f"{counted(columns, 'column')}, {counted(partitions, 'partition')} in the window"


def warnings(sync: Sync, tried: Tried) -> list[str]:
    """Return what is to be thought about."""
    found: list[str] = []
    texts = tried.catalogs.oracle_texts
    if texts is None:
        found.append(f"rows are counted and not compared: {why_not_compared(tried.catalogs)}")
    elif texts.not_compared:
        found.append(f"not compared: {', '.join(texts.not_compared)}")
    schema = tried.catalogs.schema
    if schema is not None and schema.missing:
        found.append(f"columns that the lake has not: {', '.join(schema.missing)}")
    if schema is not None and schema.retyped:
        found.append(f"columns of other types: {', '.join(schema.retyped)}")
    if tried.listing.others and not tried.listing.keys:
        found.append(unlike(sync, tried.listing.others))
    if tried.catalogs.source.is_time_nullable:
        found.append(f"{sync.time_column} may be NULL in Oracle: such rows are in no figure")
    for other in tried.listing.others:
        if NULL_PARTITION in other:
            found.append(f"{other}: rows whose {sync.partition_column} is NULL are in no figure")
    if keys := strays(tried.listing.keys, sync.grain):
        found.append(
            f"{sync.partition_column}={escape(keys[0])} is no {sync.grain.value}: its rows are in "
            f"no figure; partitions like it: {len(keys)}"
        )
    return found


def unlike(sync: Sync, others: Sequence[str]) -> str:
    """Return that what lies in the lake is called otherwise than a partition of the sync."""
    named = ", ".join(escape(other) for other in others[:MOST_NAMED])
    return (
        f"no partition of the window is there, but: {named}; allowed: directories such as "
        f"{sync.partition_column}={EXAMPLES[sync.grain]}, by `partition_column` and `grain`"
    )


def why_not_compared(catalogs: Catalogs) -> str:
    """Return why rows have no text that could be compared."""
    if catalogs.schema is None:
        return "no file in the lake to see columns in"
    keys = catalogs.sync.keys
    if not keys:
        return "no primary key; `keys` of the sync may name what is as good"
    kinds = {column.name: column.kind for column in catalogs.columns}
    names = [name for name in keys if kinds.get(name, Kind.OTHER) is Kind.OTHER]
    return (
        f"{', '.join(names)} of the key is not in the lake, of another type there, or of one that "
        "has no text of its own, as NUMBER without a scale"
    )


def failed(name: str, error: CdcError) -> ExitCode:
    """Say that a part failed, and return its exit code."""
    sys.stdout.write(f"❌ {name}: {error}\n")
    return error.exit_code
