"""Files that are whole or not there: written as NAME.part, then renamed."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from oracle_cdc.errors import SettingsError
from oracle_cdc.extraction.model import Written

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

    def finish(self) -> Written:
        """Give the file its name."""
        self.file.close()
        self.part.replace(self.path)
        return Written(self.path.name, self.digest.hexdigest(), self.byte_count)

    def drop(self) -> None:
        """Remove what was written, unless it is finished."""
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


def make_directory(directory: Path) -> None:
    """Make the folder that all files go into. Raises SettingsError where that can't be."""
    try:
        directory.mkdir(mode=DIRECTORY_MODE, parents=True, exist_ok=True)
        part_file_probe = directory / f"probe{PART}"
        PartFile(part_file_probe).drop()
    except OSError as error:
        raise SettingsError(
            f"--out: {directory} ({error.strerror or type(error).__name__}); "
            "allowed: a folder that this user may make or write into"
        ) from None
