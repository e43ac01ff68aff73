"""A mariadbd on a free port of the loopback: its files, and what starts it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pymysql
from pymysql.connections import Connection
from pymysql.cursors import DictCursor

from oracle_cdc.demo.children import DemoError
from oracle_cdc.demo.ports import free_port

#: Debian's mariadb-server-core has it where not everybody's PATH leads.
PLACES = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
PROGRAM = shutil.which("mariadbd", path=PLACES)
#: What fills a new data directory, as the server's packages have it.
SCRIPTS = ("system_tables.sql", "performance_tables.sql", "system_tables_data.sql")
SHARES = ("/usr/share/mariadb", "/usr/share/mysql")
READY = "ready for connections"
#: Small files and little memory. It survives being killed, as its users' data must.
OPTIONS = (
    "--innodb-log-file-size=4M",
    "--aria-log-file-size=8M",
    "--innodb-buffer-pool-size=16M",
    "--key-buffer-size=1M",
    "--performance-schema=OFF",
    "--skip-log-bin",
    "--skip-name-resolve",
)


class MariaDb:
    """One server: its port and its data stay the same from one start to the next.

    Parameters:
        directory: for its data and its log. Its socket, whose path must be short, stands elsewhere.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.port = free_port()
        self.place = tempfile.TemporaryDirectory(prefix="mariadb-")
        if not self.data.exists():
            self.fill()

    @property
    def data(self) -> Path:
        return self.directory / "data"

    @property
    def socket(self) -> str:
        return str(Path(self.place.name) / "socket")

    def command(self, *options: str) -> list[str]:
        """Return what runs the program on the data."""
        assert PROGRAM is not None, "mariadbd is not installed (make services)"
        user: list[str] = []
        if os.geteuid() == 0:
            # It refuses to run as root unless root is named.
            user = ["--user=root"]
        # A server that starts deletes the temporary tables of all others in its directory for them.
        places = f"--datadir={self.data}", f"--tmpdir={self.place.name}"
        return [PROGRAM, "--no-defaults", *user, *places, *OPTIONS, *options]

    def serving_command(self, *options: str) -> list[str]:
        """Return what starts the server."""
        places = f"--port={self.port}", f"--socket={self.socket}", "--bind-address=127.0.0.1"
        return self.command(*places, *(options or ("--skip-ssl",)))

    def fill(self) -> None:
        """Make the data directory. Its root needs no password, on this machine only."""
        self.data.mkdir()
        script = "CREATE DATABASE mysql;\nUSE mysql;\n"
        for name in SCRIPTS:
            script += find_script(name).read_text(encoding="utf-8")
        made = subprocess.run(
            self.command("--bootstrap"), input=script.encode(), capture_output=True, check=False
        )
        if made.returncode:
            raise DemoError(f"mariadbd --bootstrap: {made.stderr.decode()[-2000:]}")

    def administer(self, database: str | None = None) -> Connection[DictCursor]:
        """Log in as root."""
        return pymysql.connect(
            unix_socket=self.socket,
            user="root",
            database=database,
            autocommit=True,
            cursorclass=DictCursor,
            ssl_disabled=True,
            init_command="SET time_zone = '+00:00'",
        )

    def close(self) -> None:
        """Give up the place of its socket. What is in its directory stays."""
        self.place.cleanup()


def find_script(name: str) -> Path:
    """Return the file of a script, which older packages name after MySQL."""
    for share in SHARES:
        for product in ("mariadb", "mysql"):
            script = Path(share) / f"{product}_{name}"
            if script.exists():
                return script
    raise DemoError(f"mariadb_{name} is in none of {', '.join(SHARES)}")
