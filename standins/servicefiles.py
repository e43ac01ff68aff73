"""botocore's descriptions of AWS's services, read once for a process instead of once for a session."""

from __future__ import annotations

from typing import Any

from botocore.loaders import JSONFileLoader, Loader


class KeepingFileLoader(JSONFileLoader):
    """Keep what was read for all sessions of the process: each would parse 2 MB of JSON again."""

    kept: dict[str, Any] = {}  # noqa: RUF012 - shared on purpose

    def load_file(self, file_path: str) -> Any:
        """Return the content of a service file."""
        if file_path not in self.kept:
            self.kept[file_path] = super().load_file(file_path)
        return self.kept[file_path]


def read_once() -> None:
    """Make all sessions of this process share what was read."""
    Loader.FILE_LOADER_CLASS = KeepingFileLoader
