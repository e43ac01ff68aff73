"""One connection to MariaDB for one thread, which is made anew after any error."""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pymysql
from pymysql.connections import Connection
from pymysql.constants import CLIENT
from pymysql.cursors import DictCursor

from oracle_cdc.errors import StoreUnavailable
from oracle_cdc.mariadb.translation import translate_error
from oracle_cdc.running.dependencies import Calling, unwatched
from oracle_cdc.running.secret_rotation import LogIn, log_in_with
from oracle_cdc.settings.sections import MariaDbSettings
from oracle_cdc.sql.statements import read_statements

logger = logging.getLogger(__name__)

Binds = Mapping[str, object]
Record = dict[str, Any]
#: A session that says nothing for longer is ended by the server, and its lock with it: that of a
#: host that is lost would else be held for hours.
SILENCE_SECONDS = 300
#: For a row, and for a table that somebody locked or alters. Who waits longer than we do has the
#: program's lock meanwhile, and nobody works.
LOCK_WAIT_SECONDS = 5
#: Whatever the server is set to: no zone, no value that is cut off silently, no rounding.
SESSION = (
    "SET time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES', autocommit = 1, "
    "innodb_lock_wait_timeout = {lock_wait}, lock_wait_timeout = {lock_wait}, "
    "wait_timeout = {silence}"
)


class Client(Connection):
    """A session, set up as we need it. The log-in as a whole has the deadline of connecting."""

    def __init__(self, settings: MariaDbSettings, password: str, silence_seconds: int) -> None:
        super().__init__(
            host=settings.host,
            port=settings.port,
            user=settings.user,
            # Text would be taken for latin1.
            password=password.encode(),
            database=settings.database,
            charset="utf8mb4",
            # Else an UPDATE that changes nothing looks like one that finds nothing.
            client_flag=CLIENT.FOUND_ROWS,
            connect_timeout=settings.connect_timeout_seconds,
            read_timeout=settings.connect_timeout_seconds,
            write_timeout=settings.read_timeout_seconds,
            init_command=SESSION.format(lock_wait=LOCK_WAIT_SECONDS, silence=silence_seconds),
            autocommit=None,
            program_name="oracle-cdc",
            ssl_ca=settings.tls_ca_file,
            ssl_verify_identity=settings.tls_ca_file is not None,
        )
        self._read_timeout = settings.read_timeout_seconds

    def _create_ssl_ctx(self, sslp: Mapping[str, object]) -> ssl.SSLContext:
        """Make what encrypts, for the driver, which asks for each connection.

        Where no certificate is checked, the authorities of this host are not read: 20 ms.
        """
        if sslp:
            checking: ssl.SSLContext = super()._create_ssl_ctx(sslp)  # type: ignore[misc]
            return checking
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context

    @property
    def session_id(self) -> int:
        """Return the number by which the server knows it, also once it is closed."""
        number: int = self.thread_id()  # type: ignore[no-untyped-call]
        return number

    def interrupt(self) -> None:
        """End the reading of an answer in another thread."""
        # A socket that is only closed goes on waiting in the thread that reads.
        opened = getattr(self, "_sock", None)
        if opened is not None:
            with suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)


class Database:
    """Runs the named statements. Every call is one round trip unless it says more.

    After any error the connection is given up: what was asked is done or not, and the session's
    locks are gone.

    Parameters:
        silence_seconds: how long a session may rest. Longer than between two cycles.
        log_in: calls what it is given with the password. None: the one of the settings.
        calling: stands around each call.
    """

    def __init__(
        self,
        settings: MariaDbSettings,
        *,
        silence_seconds: int = SILENCE_SECONDS,
        log_in: LogIn | None = None,
        calling: Calling = unwatched,
    ) -> None:
        self.settings = settings
        self.calling = calling
        self.silence_seconds = silence_seconds
        self.log_in = log_in or log_in_with(settings.password.get_secret_value())
        self.statements = read_statements((Path(__file__).with_name("queries.sql"),))
        #: The connection, None before the first use and after an error.
        self.connection: Client | None = None

    def query(self, name: str, **binds: object) -> list[Record]:
        """Return all rows as dictionaries by the names of their columns."""
        with self.asking(name) as cursor:
            cursor.execute(self.statements[name], binds)
            return list(cursor.fetchall())

    def run(self, name: str, **binds: object) -> int:
        """Run a statement, and return how many rows it found."""
        with self.asking(name) as cursor:
            return cursor.execute(self.statements[name], binds)

    def run_many(self, name: str, rows: Sequence[Binds]) -> None:
        """Insert many rows by one statement."""
        with self.asking(name) as cursor:
            cursor.executemany(self.statements[name], rows)

    def run_text(self, sql: str) -> None:
        """Run a statement of the file of tables."""
        with self.asking(sql.split("(")[0].strip()) as cursor:
            cursor.execute(sql)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what is run inside the block, or nothing of it. Two round trips."""
        with self.calling(), self.translated("BEGIN"):
            self.lend().begin()
        try:
            yield
        except BaseException:
            self.close()
            raise
        with self.calling(), self.translated("COMMIT"):
            self.lend().commit()

    @contextmanager
    def asking(self, what: str) -> Iterator[DictCursor]:
        """Lend a cursor. `what` names the statement."""
        with (
            self.calling(),
            self.translated(what),
            self.lend().cursor(DictCursor) as cursor,
        ):
            yield cursor

    @contextmanager
    def translated(self, what: str) -> Iterator[None]:
        """Turn the driver's errors inside the block into ours, and give up the connection."""
        try:
            yield
        except (pymysql.Error, OSError) as error:
            self.close()
            raise translate_error(error, what) from error

    def lend(self) -> Client:
        """Return the connection, a new one where there is none."""
        if self.connection is None:
            self.log_in(self.connect)
        if self.connection is None:
            raise StoreUnavailable("MariaDB: not connected")
        return self.connection

    def connect(self, password: str) -> None:
        """Open a new connection with a password."""
        place = f"{self.settings.host}:{self.settings.port}"
        with self.translated(f"connecting to {place}"):
            self.connection = Client(self.settings, password, self.silence_seconds)
        logger.info("MariaDB: connected to %s", place)

    def cancel(self) -> None:
        """Interrupt what runs now, from another thread: its answer is not waited for any more."""
        connection = self.connection
        if connection is not None:
            connection.interrupt()

    def close(self) -> None:
        """Give up the connection. The next statement makes a new one."""
        former, self.connection = self.connection, None
        if former is not None:
            with suppress(pymysql.Error, OSError):
                former.close()
