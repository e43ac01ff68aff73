"""The history, lent to a command: to write it alone, or to read it beside its writer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from oracle_cdc.errors import SettingsError
from oracle_cdc.running.clock import utc_now
from oracle_cdc.settings.monitor import MonitorSettings
from sync_monitor.history.file import FILE
from sync_monitor.history.migrations import read_scripts, refuse_newer, version_of
from sync_monitor.history.reader import Reader
from sync_monitor.history.store import Store
from sync_monitor.history.writing import declare_syncs
from sync_monitor.model import Sync
from sync_monitor.wiring.edges import history_directory


@contextmanager
def writing_history(settings: MonitorSettings, syncs: Sequence[Sync]) -> Iterator[Store]:
    """Lend the history to write. Raises SettingsError while another monitor writes it."""
    with Store(history_directory(settings)) as store:
        names = [sync.name for sync in syncs]
        store.write(lambda connection: declare_syncs(connection, names, utc_now()))
        yield store


@contextmanager
def reading_history(settings: MonitorSettings) -> Iterator[Reader]:
    """Lend the history to read, while another process may write it.

    Raises SettingsError where there is none, or one of an older or a newer program.
    """
    path: Path = history_directory(settings) / FILE
    if not path.exists():
        raise SettingsError(
            f"MONITOR_DIRECTORY: {str(path.parent)!r} has no history yet; first: "
            "cdc_service.py monitor once"
        )
    with closing(Reader(path)) as reader:
        found, newest = reader.read(version_of), read_scripts()[-1].version
        refuse_newer(found, newest, path)
        if found < newest:
            raise SettingsError(
                f"MONITOR_DIRECTORY: the history in {str(path.parent)!r} is of an older program; "
                "first: cdc_service.py monitor run or once, which brings it up to date"
            )
        yield reader
