"""The service itself as a demo runs it: a copy with a .env of its own."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from oracle_cdc.demo.children import ROOT, Child, Children, python

SERVICE_FILE = "cdc_service.py"
#: All that a running service is made of: in a checkout, and where the package is installed.
CHECKOUT = (
    SERVICE_FILE,
    "config.py",
    "init_oracle_tables.sql",
    "init_mariadb_tables.sql",
    "oracle_cdc",
)
INSTALLED = ("oracle_cdc",)


class Program:
    """The service in a directory of its own.

    The original's .env may have settings that no variable unsets.
    """

    def __init__(self, directory: Path, children: Children) -> None:
        self.directory = directory
        self.children = children
        self.is_checkout = (ROOT / SERVICE_FILE).exists()
        self.service: Child | None = None

    def install(self) -> None:
        """Copy the program."""
        parts: Sequence[str] = INSTALLED
        if self.is_checkout:
            parts = CHECKOUT
        self.directory.mkdir()
        for name in parts:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, self.directory / name)
            else:
                shutil.copy2(ROOT / name, self.directory / name)

    def configure(self, settings: Mapping[str, str]) -> None:
        """Write the .env."""
        env_file = self.directory / ".env"
        env_file.touch(mode=0o600)
        with env_file.open("w", encoding="utf-8") as lines:
            for name, value in settings.items():
                lines.write(f"{name}={value}\n")

    def command(self, name: str) -> list[str]:
        """Return what runs a command, in the program's directory."""
        if self.is_checkout:
            return python(SERVICE_FILE, name)
        return python("-m", "oracle_cdc", name)

    def start(self) -> None:
        """Start the service as its user would, by its own .env alone."""
        self.service = self.children.start("service", self.command("run"), directory=self.directory)

    def end(self) -> int:
        """End the service by SIGTERM, and return its exit code."""
        return self.children.end(self.take())

    def kill(self) -> None:
        """End the service by SIGKILL."""
        self.children.kill(self.take())

    def take(self) -> Child:
        """Return the process that runs, which is another's from now on."""
        service, self.service = self.service, None
        assert service is not None
        return service
