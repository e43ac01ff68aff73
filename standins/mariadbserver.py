"""A real mariadbd on a free port of the loopback, which can be stopped, killed and frozen."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pymysql
from pymysql.connections import Connection
from pymysql.cursors import DictCursor

from standins.ports import free_port

#: Debian's mariadb-server-core has it where not everybody's PATH leads.
PLACES = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
PROGRAM = shutil.which("mariadbd", path=PLACES)
#: What fills a new data directory, as the server's packages have it.
SCRIPTS = ("system_tables.sql", "performance_tables.sql", "system_tables_data.sql")
SHARES = ("/usr/share/mariadb", "/usr/share/mysql")
READY = b"ready for connections"
READY_SECONDS = 60.0
POLL_SECONDS = 0.01
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


class MariaDbServer:
    """One server: its port and its data stay the same from one start to the next.

    Parameters:
        directory: for its data and its log. Its socket, whose path must be short, stands elsewhere.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.options: tuple[str, ...] = ()
        self.place = tempfile.TemporaryDirectory(prefix="mariadb-")
        if not self.data.exists():
            self.fill()

    @property
    def data(self) -> Path:
        return self.directory / "data"

    @property
    def log(self) -> Path:
        return self.directory / "server.log"

    @property
    def socket(self) -> str:
        return str(Path(self.place.name) / "socket")

    def command(self, *options: str) -> list[str]:
        assert PROGRAM is not None, "mariadbd is not installed (make services)"
        user: list[str] = []
        if os.geteuid() == 0:
            # It refuses to run as root unless root is named.
            user = ["--user=root"]
        # A server that starts deletes the temporary tables of all others in its directory for them.
        places = f"--datadir={self.data}", f"--tmpdir={self.place.name}"
        return [PROGRAM, "--no-defaults", *user, *places, *OPTIONS, *options]

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
            raise RuntimeError(f"mariadbd --bootstrap: {made.stderr.decode()[-2000:]}")

    def start(self, *options: str) -> None:
        """Start the server, and wait until it is ready."""
        self.options = options
        if not options:
            options = ("--skip-ssl",)
        places = f"--port={self.port}", f"--socket={self.socket}", "--bind-address=127.0.0.1"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(self.command(*places, *options), stdout=log, stderr=log)
        end = time.monotonic() + READY_SECONDS
        while self.log.read_bytes().count(READY) < 1:
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"mariadbd: {self.log.read_text()[-2000:]}")
            time.sleep(POLL_SECONDS)

    def restart(self, *options: str) -> None:
        """Stop the server in order, and start it with other options."""
        self.stop()
        self.start(*options)

    def restore(self) -> None:
        """Let it run as it did at first, whatever was done to it."""
        if self.process is not None:
            self.thaw()
        if self.process is None or self.process.poll() is not None or self.options:
            self.restart()

    def stop(self) -> None:
        """Stop the server in order, if it runs."""
        self.end(signal.SIGTERM)

    def kill(self) -> None:
        """End the server at once, if it runs."""
        self.end(signal.SIGKILL)

    def freeze(self) -> None:
        """Let it answer nothing, and accept connections all the same."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WNOWAIT)

    def thaw(self) -> None:
        """Let it go on."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def end(self, number: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(signal.SIGCONT)
        self.process.send_signal(number)
        self.process.wait()
        self.process = None

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
        """End it for good."""
        self.kill()
        self.place.cleanup()


def find_script(name: str) -> Path:
    """Return the file of a script, which older packages name after MySQL."""
    for share in SHARES:
        for product in ("mariadb", "mysql"):
            script = Path(share) / f"{product}_{name}"
            if script.exists():
                return script
    raise RuntimeError(f"mariadb_{name} is in none of {', '.join(SHARES)}")


@contextmanager
def serving(directory: Path, *options: str) -> Iterator[MariaDbServer]:
    """Serve until the block ends."""
    server = MariaDbServer(directory)
    try:
        server.start(*options)
        yield server
    finally:
        server.close()
