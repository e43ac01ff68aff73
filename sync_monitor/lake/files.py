"""A table of the lake as a directory: its partitions, and their files. No statement is needed.

Names that begin with _ or . belong to what is being written, as Hive and Spark have it. A partition
below such a name lies there and was never published.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote

from sync_monitor.errors import LakeUnusable
from sync_monitor.lake.seam import DATED, MOST_OTHERS, NULL_PARTITION, Listing

HIDDEN = ("_", ".")
ENDINGS = (".parquet", ".parq")
#: Where a format of tables keeps which files count. Without it files that were replaced count, too.
LOGS = ("_delta_log", ".hoodie", "_spark_metadata")
#: Signs that DuckDB would take for a pattern.
PATTERN_SIGNS = frozenset("*?[]")
#: Signs by which a key, which may have any in it, would be a path.
PATH_SIGNS = frozenset("/\\\0")
#: How deep below a hidden name partitions are looked for: Spark's are at _temporary/0/task_.../.
MOST_DEEP = 4
#: By which the files of a partition are known again.
VERSION_DIGITS = 16


def list_partitions(directory: Path, column: str, begin: str, end: str) -> Listing:
    """Return the partitions of a directory whose keys are from begin to end, both included.

    Raises LakeUnusable: LAKE-ABSENT, LAKE-DENIED, LAKE-SCHEMA, LAKE-FAILED.
    """
    require_plain(directory)
    versions: dict[str, str] = {}
    others: list[str] = []
    hidden: list[str] = []
    for entry in scan(directory):
        key = key_of(entry.name, column)
        if key is None:
            if entry.name.startswith(HIDDEN):
                hidden.append(entry.path)
            elif len(others) < MOST_OTHERS:
                others.append(entry.name)
        elif begin <= key <= end:
            versions[key] = version_of(entry)
        elif key == NULL_PARTITION or (not DATED.match(key) and len(others) < MOST_OTHERS):
            others.append(entry.name)
    unregistered: dict[str, str] = {}
    for path in hidden:
        for key, place in unpublished(Path(path), column, MOST_DEEP):
            if begin <= key <= end:
                unregistered[key] = place
    return Listing(tuple(sorted(versions)), unregistered, tuple(sorted(others)), versions)


def require_plain(directory: Path) -> None:
    """Raise LakeUnusable for a directory whose log says which of its files count."""
    for name in LOGS:
        if os.path.lexists(directory / name):
            raise LakeUnusable("LAKE-SCHEMA", f"{directory}: {name}, which is not read")


def version_of(entry: os.DirEntry[str]) -> str:
    """Return what changes when a file of a partition comes, goes or is written anew."""
    known: list[str] = []
    try:
        for file in data_entries(Path(entry.path)):
            found = file.stat()
            known.append(f"{file.path} {found.st_size} {found.st_mtime_ns}")
    except (OSError, LakeUnusable):
        # One went in this moment, or can't be read: who measures the partition says so.
        return ""
    text = "\n".join(sorted(known)).encode(errors="surrogateescape")
    return sha256(text).hexdigest()[:VERSION_DIGITS]


def key_of(name: str, column: str) -> str | None:
    """Return the partition's key that a directory's name has, None where it has none.

    A key that would lead out of its table is none.
    """
    written, _, value = name.partition("=")
    key = unquote(value)
    if written.lower() != column.lower() or not key or PATH_SIGNS & set(key):
        return None
    return key


def unpublished(directory: Path, column: str, depth: int) -> Iterator[tuple[str, str]]:
    """Yield partitions that have files below a hidden directory, and where."""
    try:
        entries = list(os.scandir(directory))
    except OSError:
        # It may be gone by now, or be a file: what is being written is nobody's business.
        return
    for entry in entries:
        if not entry.is_dir(follow_symlinks=False):
            continue
        key = key_of(entry.name, column)
        if key is not None and any(data_files(Path(entry.path))):
            yield key, entry.path
        elif key is None and depth > 1:
            yield from unpublished(Path(entry.path), column, depth - 1)


def partition_files(directory: Path, column: str, key: str) -> tuple[str, ...] | None:
    """Return the files of a partition, ascending, None where its directory is not there.

    Raises LakeUnusable.
    """
    place = partition_directory(directory, column, key)
    if place is None:
        return None
    return tuple(sorted(data_files(place)))


def partition_directory(directory: Path, column: str, key: str) -> Path | None:
    """Return the directory of a partition, None where it is not there.

    A key has more names than its plain one, as Hive writes a colon as %3A. Only where that is not
    there the table's directory is read for the others.
    """
    for name in (f"{column}={key}", f"{column.lower()}={key}"):
        if (directory / name).is_dir():
            return directory / name
    if directory.is_dir():
        for entry in scan(directory):
            if key_of(entry.name, column) == key and entry.is_dir():
                return Path(entry.path)
    return None


def data_files(directory: Path) -> Iterator[str]:
    """Yield the paths of the Parquet files of a directory and those below. Raises LakeUnusable."""
    for entry in data_entries(directory):
        yield entry.path


def data_entries(directory: Path) -> Iterator[os.DirEntry[str]]:
    """Yield the Parquet files of a directory and those below, without what is being written.

    Raises LakeUnusable.
    """
    waiting = [directory]
    while waiting:
        for entry in scan(waiting.pop()):
            if entry.name.startswith(HIDDEN):
                continue
            if entry.is_dir():
                waiting.append(own_directory(entry))
            elif entry.name.endswith(ENDINGS):
                if PATTERN_SIGNS & set(entry.path):
                    raise LakeUnusable(
                        "LAKE-NAME", "a file with *, ?, [ or ] in its name, which is no name here"
                    )
                yield entry


def own_directory(entry: os.DirEntry[str]) -> Path:
    """Return a directory within a partition.

    Raises LakeUnusable for a link, which may lead around in circles, or to files of another table.
    """
    if entry.is_symlink():
        raise LakeUnusable("LAKE-NAME", "a link to a directory within a partition")
    return Path(entry.path)


def scan(directory: Path) -> Iterator[os.DirEntry[str]]:
    """Yield what is in a directory. Raises LakeUnusable."""
    try:
        with os.scandir(directory) as entries:
            yield from entries
    except OSError as error:
        raise LakeUnusable(code_of_file(error), f"{directory}: {error.strerror}") from error


def code_of_file(error: OSError) -> str:
    """Return the code of what the file system says."""
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return "LAKE-ABSENT"
    if isinstance(error, PermissionError):
        return "LAKE-DENIED"
    return "LAKE-FAILED"
