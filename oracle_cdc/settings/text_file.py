"""Read a whole file of settings as text, within bounds."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from oracle_cdc.settings.owners import describe_owner

MAX_FILE_BYTES = 1_048_576


class Unreadable(Exception):
    """A file is there and can't be read, as a whole or from a line on."""

    def __init__(self, why: str, line: int | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.line = line

    def describe(self, file: str) -> str:
        """Say which file, which line, and why."""
        if self.line is None:
            return f"{file}: {self.why}"
        return f"{file} line {self.line}: {self.why}"


def read_text_file(path: Path) -> str:
    r"""Return the text of a file, each line ended by \n.

    Raises FileNotFoundError, and Unreadable where it is no UTF-8 text of a bounded size that this
    user may read.
    """
    try:
        with path.open("rb") as stream:
            # A pipe, and a file that grows, have no size that could be asked for.
            contents = stream.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        allowed = "allowed: a UTF-8 file that this user may read"
        whose = describe_owner(path, error)
        raise Unreadable(f"not readable ({type(error).__name__}); {allowed}{whose}") from None
    if len(contents) > MAX_FILE_BYTES:
        raise Unreadable(f"larger than {MAX_FILE_BYTES} bytes, so it is not read")
    try:
        text = contents.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = contents[: error.start].count(b"\n") + 1
        raise Unreadable("not readable as text; allowed: UTF-8", line) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def readable_by_others(path: Path) -> list[str]:
    """Return a warning of a file of passwords that everybody on this host may read."""
    # Windows has other rights.
    if os.name != "posix" or not path.exists() or not path.stat().st_mode & stat.S_IROTH:
        return []
    return [f"{path} can be read by every user of this host, and holds passwords: chmod 600 {path}"]
