"""The directory of the history: what kind of file system it may be on, and its one writer."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import IO

from oracle_cdc.errors import SettingsError
from oracle_cdc.running.files import DIRECTORY_MODE
from oracle_cdc.running.lock import lock_directory
from oracle_cdc.settings.owners import describe_owner, nearest_that_is_there
from sync_monitor.history.file import FILE

SETTING = "MONITOR_DIRECTORY"
LOCK_FILE = "monitor.lock"
#: What to do instead.
ONE_WRITER = "its page takes looks and silences, status, runbook, triage and audit read its history"
MOUNTS = Path("/proc/self/mountinfo")
#: The first with STRICT tables.
LEAST_SQLITE = (3, 37, 0)
#: File systems of several hosts. What SQLite writes there needs the shared memory of one.
OF_MANY_HOSTS = frozenset(
    ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre")
)
MANY_HOSTS_PREFIX = "fuse."
#: Of these the fuse ones are local.
LOCAL_FUSE = frozenset(("fuse.fuseblk", "fuse.ntfs-3g", "fuse.overlayfs", "fuse.lxcfs"))
OCTAL_SIGNS = {r"\040": " ", r"\011": "\t", r"\012": "\n", r"\134": "\\"}


def require_sqlite() -> None:
    """Raise SettingsError where this Python's SQLite knows no strict tables."""
    if sqlite3.sqlite_version_info < LEAST_SQLITE:
        raise SettingsError(
            f"the monitor's history needs SQLite 3.37 or newer; this Python has "
            f"{sqlite3.sqlite_version}"
        )


def take_directory(directory: Path) -> IO[str]:
    """Make the directory where it is not there, and take it for this process.

    Raises SettingsError for one on a file system of many hosts, for one that another monitor
    writes to, whose process it names, and for one that can't be written.
    """
    refuse_unwritable(directory)
    try:
        directory.mkdir(mode=DIRECTORY_MODE, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"{SETTING}: given {str(directory)!r}; allowed: a directory that can be made; "
            f"{error.strerror}"
        ) from error
    refuse_many_hosts(directory)
    try:
        return lock_directory(directory, SETTING, LOCK_FILE)
    except SettingsError as error:
        raise SettingsError(f"{error}; {ONE_WRITER}") from error
    except OSError as error:
        raise SettingsError(
            f"{SETTING}: given {str(directory)!r}; allowed: a directory that this user may write; "
            f"{error.strerror}"
        ) from error


def refuse_unwritable(directory: Path) -> None:
    """Raise SettingsError where this user may not make the directory, or not write its files.

    Nothing is written for that.
    """
    nearest = nearest_that_is_there(directory)
    if not nearest.is_dir():
        raise SettingsError(
            f"{SETTING}: given {str(directory)!r}; allowed: a directory; {nearest.name} is none"
        )
    files = [directory / name for name in (FILE, f"{FILE}-wal", f"{FILE}-shm", LOCK_FILE)]
    for path in (nearest, *files):
        if path.exists() and not os.access(path, os.W_OK):
            raise SettingsError(
                f"{SETTING}: given {str(directory)!r}; "
                "allowed: a directory that this user may write, with all its files; "
                f"{path.name} may not be written{describe_owner(path, PermissionError())}"
            )


def refuse_many_hosts(directory: Path) -> None:
    """Raise SettingsError for a directory on a file system that several hosts can mount."""
    try:
        mounts = MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        # Only Linux says so.
        return
    kind = file_system(mounts, directory.resolve())
    if is_of_many_hosts(kind):
        raise SettingsError(
            f"{SETTING}: given {str(directory)!r}, which is on {kind}; "
            "allowed: a disk of this host alone, because SQLite shares memory beside the file"
        )


def is_of_many_hosts(kind: str) -> bool:
    """Return whether a kind of file system may be mounted by several hosts."""
    if kind in OF_MANY_HOSTS:
        return True
    return kind.startswith(MANY_HOSTS_PREFIX) and kind not in LOCAL_FUSE


def file_system(mounts: str, path: Path) -> str:
    """Return the kind of file system that a path is on, by the text of /proc/self/mountinfo.

    Of two mounts at one place the later one counts.
    """
    longest = -1
    kind = ""
    for line in mounts.splitlines():
        mount, _, behind = line.partition(" - ")
        fields = mount.split(" ")
        if len(fields) < 5 or not behind:
            continue
        place = Path(unescape(fields[4]))
        if path.is_relative_to(place) and len(place.parts) >= longest:
            longest = len(place.parts)
            kind = behind.split(" ")[0]
    return kind


def unescape(text: str) -> str:
    """Return a path as it is, whose blanks the kernel writes as numbers."""
    for written, sign in OCTAL_SIGNS.items():
        text = text.replace(written, sign)
    return text
