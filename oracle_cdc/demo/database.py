"""An Oracle on this machine: the stand-in as a process of its own."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from oracle_cdc.demo.children import Child, Children, python
from oracle_cdc.demo.dba import DBA_USER, SERVICE_USER, Dba

SERVICE_NAME = "DEMO"
READY = "oralite listening on "


class Database:
    """Oralite, its file, and the passwords of its DBA and of the service."""

    def __init__(self, file: Path, children: Children) -> None:
        self.file = file
        self.children = children
        self.dba_password = f"Dba_{secrets.token_hex(12)}"
        self.service_password = f"Svc_{secrets.token_hex(12)}"
        self.dsn = ""
        self.process: Child | None = None

    def start(self, scripts: Sequence[Path] = ()) -> None:
        """Start it, with what scripts make in it first, as SQL*Plus reads them."""
        command = ["-m", "oralite", "--port", "0"]
        command += ["--user", DBA_USER]
        command += ["--service", SERVICE_NAME]
        command += ["--database", str(self.file)]
        for script in scripts:
            command += ["--script", str(script)]
        self.process = self.children.start(
            "oralite", python(*command), {"ORALITE_PASSWORD": self.dba_password}
        )

    def await_ready(self) -> None:
        """Wait until it accepts connections, and make the user of the service."""
        assert self.process is not None
        self.dsn = self.children.await_line(self.process, READY)
        with closing(Dba(self.dsn, self.dba_password)) as dba:
            dba.create_user(SERVICE_USER, self.service_password)

    def service_settings(self) -> dict[str, str]:
        """Return how the service finds it, and logs in."""
        return {
            "ORACLE_USER": SERVICE_USER,
            "ORACLE_PASSWORD": self.service_password,
            "ORACLE_DSN": self.dsn,
        }
