"""Where events are compared: a table, a real nats-server and a real mariadbd."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import oracledb
from pydantic import SecretStr

from bench.events import TABLE_DDL
from bench.figure import Missing
from bench.processes import SERVER_CORES, Child
from bench.streams import Streams
from bench.workplace import ORALITE_READY, Workplace, oralite_command
from oracle_cdc.demo.ports import free_port
from oracle_cdc.mariadb.database import Database
from oracle_cdc.mariadb.tables import create_tables
from oracle_cdc.settings.sections import MariaDbSettings
from standins import mariadbserver, natsserver
from standins.mariadbserver import MariaDbServer
from standins.natsserver import NatsServer
from standins.oracle import DBA, DBA_PASSWORD, PASSWORD, USER
from standins.tcpproxy import proxying

SCHEMA = "etl_tracking"
#: What a program writes. Nothing of it counts for the next run.
PROGRESS = ("ETL_PRMREC", "ETL_SLICES", "ETL_SET_ASIDE")


@dataclass
class EventStage(Workplace):
    """A table of events, a stream and a store of progress.

    Parameters:
        nats_port: where what is measured finds the server, which may be a proxy's.
        watch_port: where the server says what it counted.
    """

    nats: NatsServer
    mariadb: MariaDbServer
    streams: Streams
    nats_port: int
    watch_port: int

    def places(self) -> Mapping[str, str]:
        """Return the settings of events: the defaults, but places."""
        return {
            "NATS_SERVERS": f"nats://127.0.0.1:{self.nats_port}",
            "MARIADB_HOST": "127.0.0.1",
            "MARIADB_PORT": str(self.mariadb.port),
            "MARIADB_DATABASE": SCHEMA,
            "MARIADB_USER": USER,
            "MARIADB_PASSWORD": PASSWORD,
        }

    def reset(self) -> None:
        """Make it look as if nothing had ever been published."""
        with self.mariadb.administer(SCHEMA) as connection, connection.cursor() as cursor:
            for table in PROGRESS:
                cursor.execute(f"DELETE FROM {table}")
        self.streams.create_anew()

    def asked_of_mariadb(self) -> int:
        """Return how many statements MariaDB was sent until now.

        This question costs some itself, always the same.
        """
        with self.mariadb.administer() as connection, connection.cursor() as cursor:
            cursor.execute("SHOW GLOBAL STATUS LIKE 'Questions'")
            (row,) = cursor.fetchall()
        return int(row["Value"])

    def sent_to_nats(self) -> int:
        """Return how many messages the server was sent until now."""
        with urlopen(f"http://127.0.0.1:{self.watch_port}/varz") as answer:
            return int(json.load(answer)["in_msgs"])


@contextmanager
def open_event_stage(directory: Path, nats_seconds: float = 0.0) -> Iterator[EventStage]:
    """Start an empty table, stream and store, and end all of it with the block.

    Parameters:
        nats_seconds: what is added to the way to NATS and back.
    """
    if mariadbserver.PROGRAM is None:
        raise Missing("mariadbd is missing: `make services` installs it on Debian, as root")
    with ExitStack() as opened:
        directory = Path(opened.enter_context(tempfile.TemporaryDirectory(dir=directory)))
        oralite = Child(
            oralite_command(directory / "events.db", 0.0),
            directory / "oralite.stderr",
            SERVER_CORES,
        )
        opened.callback(oralite.end)
        dsn = oralite.expect(ORALITE_READY)
        dba = opened.enter_context(oracledb.connect(user=DBA, password=DBA_PASSWORD, dsn=dsn))
        watch_port = free_port()
        watch = f'http: "127.0.0.1:{watch_port}"'
        with on_cores(SERVER_CORES):
            nats = opened.enter_context(natsserver.serving(directory / "nats", watch))
            mariadb = opened.enter_context(mariadbserver.serving(directory / "mariadb"))
            nats_port = nats.port
            if nats_seconds:
                nats_port = opened.enter_context(proxying(nats.port, nats_seconds / 2)).port
        streams = Streams(nats.url)
        make_store(mariadb)
        stage = EventStage(
            directory, oralite, dsn, dba, nats, mariadb, streams, nats_port, watch_port
        )
        for statement in TABLE_DDL:
            stage.execute(statement)
        stage.reset()
        yield stage


@contextmanager
def on_cores(cores: set[int]) -> Iterator[None]:
    """Bind this thread, and what it starts inside the block for good, to cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def make_store(mariadb: MariaDbServer) -> None:
    """Create the database, the user and the tables."""
    with mariadb.administer() as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {SCHEMA}")
        cursor.execute(f"CREATE USER {USER}@'127.0.0.1' IDENTIFIED BY %s", (PASSWORD,))
        cursor.execute(f"GRANT ALL ON {SCHEMA}.* TO {USER}@'127.0.0.1'")
    settings = MariaDbSettings(
        host="127.0.0.1",
        port=mariadb.port,
        database=SCHEMA,
        user=USER,
        password=SecretStr(PASSWORD),
    )
    with closing(Database(settings)) as database:
        create_tables(database)
