"""botocore's descriptions of AWS's services, read once for a process, not for each session."""

from __future__ import annotations

from functools import cache
from typing import Any

from botocore.loaders import JSONFileLoader, Loader


class KeepingFileLoader(JSONFileLoader):
    """Keep what was found for all sessions of the process: each would parse 2 MB of JSON again."""

    def exists(self, file_path: str) -> bool:
        """Return whether there is a service file of this name."""
        return exists(file_path)

    def load_file(self, file_path: str) -> Any:
        """Return the content of a service file."""
        return load_file(file_path)


@cache
def exists(file_path: str) -> bool:
    """Look for a service file."""
    return bool(JSONFileLoader().exists(file_path))


@cache
def load_file(file_path: str) -> Any:
    """Read a service file."""
    return JSONFileLoader().load_file(file_path)


def read_once() -> None:
    """Make all sessions of this process share what was read."""
    Loader.FILE_LOADER_CLASS = KeepingFileLoader
