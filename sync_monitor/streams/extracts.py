"""Extracts of Fusion in a directory: whatever the newest manifest names is there, and whole.

A line of a manifest (*.mf) is a file's name, an id and a SHA-256, semicolons between them. Source:
https://docs.oracle.com/en/cloud/saas/applications-common/faude/, "Extract Output File and
Manifest Details".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from sync_monitor.metering import Meter
from sync_monitor.rules.stream_counts import Counts
from sync_monitor.streams.seam import StreamUnknown

SUFFIX = ".mf"
#: A manifest that is longer is none.
MOST_BYTES = 10_000_000
BLOCK = 1024 * 1024
LINE = re.compile(r"(?P<file>[^;/\\\x00]+);[^;]*;(?P<sum>[0-9A-Fa-f]{64})")


class Named(NamedTuple):
    """A file that a manifest names, and the checksum that it should have."""

    file: str
    checksum: str


class State(NamedTuple):
    """By which it is seen that a file was not written anew."""

    size: int
    modified: int


class Extracts:
    """The extracts in one directory. A file is read again once it has changed.

    Parameters:
        clock: the time, for the age of the manifest.
    """

    def __init__(self, directory: Path, clock: Callable[[], datetime]) -> None:
        self.directory = directory
        self.clock = clock
        self.sums: dict[str, tuple[State, str]] = {}

    def count(self, oracle: Meter, other: Meter) -> Counts:
        """Return how many files the newest manifest names, and how many of them are not whole.

        The lag is the age of the manifest. Raises StreamUnknown where there is none, or it is none.
        """
        try:
            manifest, written = self.newest_manifest()
            named = read_manifest(manifest)
            missing = sum(not self.is_whole(each) for each in named)
        except OSError as error:
            word = type(error).__name__
            raise StreamUnknown("EXTRACT-UNREADABLE", f"extracts: {word}") from None
        other.count(len(named))
        self.forget_others(named)
        now = self.clock()
        age = max(timedelta(0), now - written)
        return Counts(now, len(named), missing, age, age)

    def newest_manifest(self) -> tuple[Path, datetime]:
        """Return the manifest that was written last, and when. Raises StreamUnknown, OSError."""
        found: list[tuple[float, Path]] = []
        for path in self.directory.iterdir():
            if path.suffix.lower() == SUFFIX and path.is_file():
                found.append((path.stat().st_mtime, path))
        if not found:
            raise StreamUnknown("EXTRACT-NO-MANIFEST", "extracts: there is no manifest")
        at, path = max(found)
        return path, datetime.fromtimestamp(at, timezone.utc)

    def is_whole(self, named: Named) -> bool:
        """Return whether a file is there with its checksum."""
        path = self.directory / named.file
        if not path.is_file():
            return False
        status = path.stat()
        state = State(status.st_size, status.st_mtime_ns)
        known = self.sums.get(named.file)
        if known is None or known[0] != state:
            known = (state, checksum_of(path))
            self.sums[named.file] = known
        return known[1] == named.checksum

    def forget_others(self, named: list[Named]) -> None:
        """Forget the checksums of files that no manifest names any more."""
        kept = {each.file for each in named}
        self.sums = {file: known for file, known in self.sums.items() if file in kept}


def read_manifest(path: Path) -> list[Named]:
    """Return what a manifest names. Raises StreamUnknown for one with a line of another form."""
    if path.stat().st_size > MOST_BYTES:
        raise StreamUnknown("EXTRACT-MANIFEST", "extracts: a manifest of over 10 MB")
    found: list[Named] = []
    for line in path.read_text(encoding="utf-8-sig", errors="replace").splitlines():
        if not line.strip():
            continue
        parts = LINE.fullmatch(line.strip())
        if parts is None or parts["file"] in (".", ".."):
            raise StreamUnknown(
                "EXTRACT-MANIFEST", "extracts: a line that is not file;docid;sha256"
            )
        found.append(Named(parts["file"], parts["sum"].lower()))
    if not found:
        raise StreamUnknown("EXTRACT-MANIFEST", "extracts: a manifest that names no file")
    return found


def checksum_of(path: Path) -> str:
    """Return the SHA-256 of a file. Raises OSError."""
    found = sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            found.update(block)
    return found.hexdigest()
