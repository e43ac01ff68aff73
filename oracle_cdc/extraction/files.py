"""Files that are whole or not there: written as NAME.part, then renamed."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from oracle_cdc.errors import CdcError, SettingsError
from oracle_cdc.extraction.model import Written

if sys.platform != "win32":
    import fcntl

#: What is in them is private.
FILE_MODE, DIRECTORY_MODE = 0o600, 0o700
PART = ".part"
CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


class PartFile:
    """A file on its way, with the sum of what was written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.part = path.with_name(path.name + PART)
        self.digest = hashlib.sha256()
        self.byte_count = 0
        # What a killed run left, or somebody's link: never written through.
        self.part.unlink(missing_ok=True)
        self.file = os.fdopen(os.open(self.part, CREATE, FILE_MODE), "wb")

    def write(self, data: bytes) -> None:
        self.file.write(data)
        self.digest.update(data)
        self.byte_count += len(data)

    def close(self) -> None:
        """Have all that was written on the disk, or raise that it takes no more."""
        if not self.file.closed:
            self.file.flush()
            os.fsync(self.file.fileno())
        self.file.close()

    def finish(self) -> Written:
        """Give the file its name."""
        self.close()
        self.part.replace(self.path)
        return Written(self.path.name, self.digest.hexdigest(), self.byte_count)

    def drop(self) -> None:
        """Remove what was written, unless it is finished."""
        # A full disk does not take the rest now either, and nobody wants it.
        with suppress(OSError):
            self.file.close()
        self.part.unlink(missing_ok=True)


@contextmanager
def part_file(path: Path) -> Iterator[PartFile]:
    """Lend a file that is dropped at the end unless it was finished."""
    file = PartFile(path)
    try:
        yield file
    finally:
        file.drop()


def write_json(path: Path, content: Any) -> Written:
    """Write a value as JSON that a person can read."""
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    with part_file(path) as file:
        file.write(text.encode("utf-8", "replace"))
        return file.finish()


def keep_names(directory: Path) -> None:
    """Have the names of a folder's files on the disk, where the system can be asked for it."""
    if sys.platform == "win32":
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        # Some network file systems do it by themselves, and refuse to be asked.
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_general(path: Path, content: Any) -> Written:
    """Write a file that is of no single table.

    Raises CdcError, with its name, where that can't be.
    """
    try:
        return write_json(path, content)
    except OSError as error:
        raise CdcError(f"{path}: {reason(error)}") from error


def reason(error: OSError) -> str:
    """Return in words of the operating system what it refused."""
    return error.strerror or type(error).__name__


def make_directory(directory: Path) -> None:
    """Make the folder that all files go into. Raises SettingsError where that can't be."""
    try:
        directory.mkdir(mode=DIRECTORY_MODE, parents=True, exist_ok=True)
        part_file_probe = directory / f"probe{PART}"
        PartFile(part_file_probe).drop()
    except OSError as error:
        raise SettingsError(
            f"--out: {directory} ({reason(error)}); "
            "allowed: a folder that this user may make or write into"
        ) from None


@contextmanager
def reserved(directory: Path) -> Iterator[None]:
    """Keep other extractions out of a folder inside the block.

    Two that begin in the same second would write into each other's files. Raises SettingsError
    while another one has the folder.
    """
    descriptor = lock(directory)
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def lock(directory: Path) -> int | None:
    """Lock a folder until what is returned is closed: None where folders can't be locked."""
    if sys.platform == "win32":
        return None
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise SettingsError(
            f"--out: {directory}: another extraction is writing there; allowed: a folder of its own"
        ) from None
    except OSError:
        # Some network file systems lock no folder.
        os.close(descriptor)
        return None
    return descriptor
