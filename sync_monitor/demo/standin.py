"""The stand-in of Oracle that `seed`, `inject` and looks without a real Oracle share.

Whichever process needs it first serves it, until it ends. The others connect to that one, so that
a fault can be injected while `monitor run` looks.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import oracledb

from oracle_cdc.errors import SettingsError
from oracle_cdc.running.lock import lock_directory

SERVICE_NAME = "MONITOR"
DBA_USER, MONITOR_USER = "MONITOR_DBA", "SYNC_MONITOR"
DATABASE, ADDRESS, SECRETS, FAULT = "oracle.db", "address.json", "passwords.json", "fault.txt"
SETTING, LOCK = "MONITOR_DIRECTORY", "standin.lock"
#: How long another process may take to serve it.
PATIENCE_SECONDS = 15.0
LOOK_SECONDS = 0.1
CALL_TIMEOUT_MS = 30_000


@dataclass(frozen=True)
class StandIn:
    """Where the stand-in is, and how the monitor and its DBA log in."""

    directory: Path
    dsn: str
    monitor_password: str
    dba_password: str

    def dba(self) -> oracledb.Connection:
        """Connect as the DBA."""
        connection = oracledb.connect(user=DBA_USER, password=self.dba_password, dsn=self.dsn)
        connection.call_timeout = CALL_TIMEOUT_MS
        return connection

    def misbehave(self, fault: str) -> None:
        """Let it misbehave until another fault is set, or none, also when it is served anew."""
        (self.directory / FAULT).write_text(fault, encoding="ascii")
        with self.dba() as connection, connection.cursor() as cursor:
            cursor.execute("ALTER SYSTEM SET oralite_fault = 'clear'")
            for each in filter(None, fault.splitlines()):
                cursor.execute(f"ALTER SYSTEM SET oralite_fault = '{each}'")


@contextmanager
def stand_in(directory: Path) -> Iterator[StandIn]:
    """Serve the stand-in whose file lies in a directory, or connect to the process that does.

    Raises SettingsError where there can be no such directory.
    """
    try:
        directory.mkdir(mode=0o750, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"{SETTING}: given {str(directory.parent)!r}; allowed: a directory that can be made; "
            f"{error.strerror}"
        ) from error
    try:
        lock = lock_directory(directory, SETTING, LOCK)
    except SettingsError:
        yield served_elsewhere(directory)
        return
    with lock:
        yield from serve(directory)


def serve(directory: Path) -> Iterator[StandIn]:
    """Serve it in this process."""
    try:
        from oralite.server import Server
    except ImportError as error:
        raise SettingsError(
            "USE_REAL_ORACLE=false needs apsw: pip install -r requirements.txt; "
            "or set USE_REAL_ORACLE=true and where Oracle is"
        ) from error
    monitor_password, dba_password = passwords(directory)
    server = Server(str(directory / DATABASE), DBA_USER, dba_password, SERVICE_NAME)
    with server:
        found = StandIn(directory, server.dsn, monitor_password, dba_password)
        for each in read_faults(directory):
            server.faults.set(each)
        (directory / ADDRESS).write_text(json.dumps({"dsn": server.dsn}), encoding="ascii")
        try:
            yield found
        finally:
            (directory / ADDRESS).unlink(missing_ok=True)


def served_elsewhere(directory: Path) -> StandIn:
    """Return where another process serves it. Raises SettingsError where it does not in time."""
    waiting = threading.Event()
    for _ in range(round(PATIENCE_SECONDS / LOOK_SECONDS)):
        try:
            dsn = str(json.loads((directory / ADDRESS).read_text(encoding="ascii"))["dsn"])
            return StandIn(directory, dsn, *passwords(directory))
        except (OSError, ValueError, KeyError):
            waiting.wait(LOOK_SECONDS)
    raise SettingsError(
        f"{SETTING}: given {str(directory)!r}; another process has its stand-in and does not serve"
    )


def passwords(directory: Path) -> tuple[str, str]:
    """Return the passwords of the monitor and of the DBA, which are made once."""
    file = directory / SECRETS
    try:
        found = json.loads(file.read_text(encoding="ascii"))
    except FileNotFoundError:
        found = {"monitor": secrets.token_hex(12), "dba": secrets.token_hex(12)}
        file.touch(mode=0o600)
        file.write_text(json.dumps(found), encoding="ascii")
    return found["monitor"], found["dba"]


def read_faults(directory: Path) -> list[str]:
    """Return the faults that were asked for."""
    try:
        return (directory / FAULT).read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return []
