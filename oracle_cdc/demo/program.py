"""The service itself as a demo runs it: a copy with a .env of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

from oracle_cdc.demo.children import ROOT, Child, Children, DemoError, python

SERVICE_FILE = "cdc_service.py"
#: All that a running service is made of: in a checkout, and where the package is installed.
CHECKOUT = (
    SERVICE_FILE,
    "config.py",
    "init_oracle_tables.sql",
    "init_mariadb_tables.sql",
    "oracle_cdc",
    "sync_monitor",
)
INSTALLED = ("oracle_cdc", "sync_monitor")

ASK_SECONDS = 2.0
#: What an operator's command may take, on a machine that has much else to do.
COMMAND_SECONDS = 300.0


class Program:
    """The service in a directory of its own.

    The original's .env may have settings that no variable unsets.

    Parameters:
        name: of the process.
        arguments: what it runs as.
    """

    def __init__(
        self,
        directory: Path,
        children: Children,
        name: str = "service",
        arguments: Sequence[str] = ("run",),
    ) -> None:
        self.directory = directory
        self.children = children
        self.name = name
        self.arguments = arguments
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
        """Write the .env, in the place of a former one."""
        env_file = self.directory / ".env"
        env_file.touch(mode=0o600)
        with env_file.open("w", encoding="utf-8") as lines:
            for name, value in settings.items():
                lines.write(f"{name}={value}\n")

    def command(self, *arguments: str) -> list[str]:
        """Return what runs a command, in the program's directory."""
        if self.is_checkout:
            return python(SERVICE_FILE, *arguments)
        return python("-m", "oracle_cdc", *arguments)

    def call(self, *arguments: str) -> str:
        """Run a command as an operator types it, and return what it said.

        Raises DemoError, with that, when it fails, or does not end.
        """
        try:
            done = subprocess.run(
                self.command(*arguments),
                cwd=self.directory,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONIOENCODING": "utf-8"},
                timeout=COMMAND_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise DemoError(
                f"{' '.join(arguments)} did not end within {COMMAND_SECONDS:.0f} s"
            ) from error
        said = done.stdout.decode(errors="replace")
        if done.returncode:
            raise DemoError(f"{' '.join(arguments)} ended with {done.returncode}\n{said}")
        return said

    def start(self) -> None:
        """Start the service as its user would, by its own .env alone."""
        self.service = self.children.start(
            self.name, self.command(*self.arguments), directory=self.directory
        )

    def end(self) -> int:
        """End the service by SIGTERM, and return its exit code."""
        return self.children.end(self.take())

    def kill(self) -> None:
        """End the service by SIGKILL."""
        self.children.kill(self.take())

    @property
    def pid(self) -> int | None:
        """Return the id of the process, None while none runs."""
        if self.service is None:
            return None
        return self.service.process.pid

    def take(self) -> Child:
        """Return the process that runs, which is another's from now on."""
        service, self.service = self.service, None
        assert service is not None
        return service


def ask_complaint(health_port: int) -> str:
    """Return why a service says on /readyz that it is not ready.

    Nothing while it is ready, or does not answer.
    """
    opener = build_opener(ProxyHandler({}))
    try:
        opener.open(f"http://127.0.0.1:{health_port}/readyz", timeout=ASK_SECONDS).close()
    except HTTPError as error:
        with error:
            return "; ".join(json.load(error)["missing"])
    except OSError:
        pass
    return ""
