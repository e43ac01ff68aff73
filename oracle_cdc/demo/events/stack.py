"""The whole system on this machine: Oracle, NATS, MariaDB, a consumer, and the service."""

from __future__ import annotations

import secrets
from contextlib import closing

from oracle_cdc.demo.children import python
from oracle_cdc.demo.events import mariadbserver, natsserver
from oracle_cdc.demo.events.consumer import READY, URL_VARIABLE
from oracle_cdc.demo.events.mariadbserver import MariaDb
from oracle_cdc.demo.events.natsserver import Nats
from oracle_cdc.demo.events.rows import MAX_PAYLOAD_BYTES, WIDER_PAYLOAD_BYTES
from oracle_cdc.demo.events.store import DATABASE, USER, Store
from oracle_cdc.demo.events.streams import Streams
from oracle_cdc.demo.events.table import NAME, SCHEMA, EventTable
from oracle_cdc.demo.ports import free_port
from oracle_cdc.demo.program import ask_complaint
from oracle_cdc.demo.server import Server
from oracle_cdc.demo.stage import Stage

STREAM = "TXLOG_STREAM"
SUBJECT = "txlog.events"
PROGRAM = "M_DEMO"
NATS_USER = "demo"
#: Longer than the service looks back for rows that came late.
REPEATS_KNOWN_SECONDS = 1200.0

#: Short times, so that something happens while one looks on; what is refused is set aside soon.
PACE = {
    "PUBLISHER_POLL_INTERVAL_SECONDS": "0.5",
    "PUBLISHER_SETTLE_SECONDS": "1",
    "PUBLISHER_BATCH_SIZE": "100",
    "PUBLISHER_MAX_RETRIES": "1",
    "PUBLISHER_RETRY_INITIAL_SECONDS": "0.2",
    "PUBLISHER_RETRY_MAX_SECONDS": "1",
    "CDC_READY_DEADLINE_SECONDS": "1",
}
#: What config.py of this machine may have been edited to, and the demo counts on.
RULES = {
    "PUBLISHER_SCHEMA": SCHEMA,
    "PUBLISHER_TABLE": NAME,
    "PUBLISHER_TIME_COLUMN": "CREATED_AT",
    "PUBLISHER_ID_COLUMN": "ID",
    "PUBLISHER_START": "beginning",
    "PUBLISHER_SHARE": "1/1",
    "PUBLISHER_OVERLAP_MINUTES": "10",
    "PUBLISHER_PROGRAM_NAME": PROGRAM,
    "LOG_LEVEL": "INFO",
    "LOGGING_FORMAT": "text",
}


class Stack:
    """Starts everything that the rows go through.

    Methods raise DemoError and Interrupted.
    """

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.children = stage.children
        self.program = stage.program
        self.database = stage.database
        self.received = stage.directory / "events.jsonl"
        self.nats_password = f"Nats_{secrets.token_hex(12)}"
        self.nats = Nats(stage.directory / "nats", self.nats_settings(MAX_PAYLOAD_BYTES))
        self.mariadb = MariaDb(stage.directory / "mariadb")
        stage.at_end.callback(self.mariadb.close)
        self.nats_server = Server(stage.children, "nats", self.nats.command, natsserver.READY)
        self.mariadb_server = Server(
            stage.children, "mariadb", self.mariadb.serving_command, mariadbserver.READY
        )
        self.store = Store(self.mariadb)
        self.health_port = free_port()
        self.is_widened = False

    def nats_settings(self, max_payload_bytes: int) -> str:
        """Return what stands in the settings of NATS. It takes no larger message."""
        authorization = f'authorization {{ user: "{NATS_USER}", password: "{self.nats_password}" }}'
        return f"max_payload: {max_payload_bytes}\n{authorization}"

    def widen(self) -> None:
        """Let NATS take the messages that were too large for it."""
        self.nats.write_settings(self.nats_settings(WIDER_PAYLOAD_BYTES))
        self.nats_server.reload()
        self.is_widened = True

    @property
    def url(self) -> str:
        """Return the address of NATS with its user, for clients."""
        return f"nats://{NATS_USER}:{self.nats_password}@{self.nats.address}"

    def start_servers(self, bound: int) -> None:
        """Start database, stream and store of progress, and wait until all are ready.

        Parameters:
            bound: of messages that the stream takes at first.
        """
        self.database.start()
        self.nats_server.start()
        self.mariadb_server.start()
        self.program.install()
        self.database.await_ready()
        self.begin(bound)

    def begin(self, bound: int) -> None:
        """Make the stream, the store of progress and the table, and start the consumer.

        Parameters:
            bound: of messages that the stream takes at first.
        """
        self.nats_server.await_ready()
        self.create_stream(bound)
        self.mariadb_server.await_ready()
        self.store.create()
        with closing(self.connect()) as table:
            table.create_table()
        self.start_consumer()

    def create_stream(self, bound: int) -> None:
        with closing(self.administer()) as streams:
            streams.create(
                STREAM,
                subjects=[f"{SUBJECT}.*"],
                discard="new",
                max_msgs=bound,
                duplicate_window=REPEATS_KNOWN_SECONDS,
            )

    def start_consumer(self) -> None:
        self.received.touch()
        command = ["-m", "oracle_cdc.demo.events.consumer"]
        command += ["--stream", STREAM]
        command += ["--received", str(self.received)]
        consumer = self.children.start("consumer", python(*command), {URL_VARIABLE: self.url})
        self.children.await_line(consumer, READY)

    def start_service(self) -> None:
        self.program.configure(self.settings())
        self.program.start()

    def connect(self) -> EventTable:
        """Return a session with DBA rights."""
        return EventTable(self.database.dsn, self.database.dba_password)

    def administer(self) -> Streams:
        """Return a connection to NATS that may do everything."""
        return Streams(self.url)

    def ask_complaint(self) -> str:
        """Return why the service says on /readyz that it is not ready, nothing while it is."""
        return ask_complaint(self.health_port)

    def settings(self) -> dict[str, str]:
        """Return what stands in the service's .env."""
        return {
            "PIPELINES": "events",
            **self.database.service_settings(),
            "NATS_SERVERS": self.nats.url,
            "NATS_USER": NATS_USER,
            "NATS_PASSWORD": self.nats_password,
            "NATS_STREAM": STREAM,
            "NATS_SUBJECT": f"{SUBJECT}.{{EVENT_TYPE}}",
            "MARIADB_HOST": "127.0.0.1",
            "MARIADB_PORT": str(self.mariadb.port),
            "MARIADB_DATABASE": DATABASE,
            "MARIADB_USER": USER,
            "MARIADB_PASSWORD": self.store.password,
            "HEALTH_PORT": str(self.health_port),
            "LOG_DIR": f"'{self.stage.logs}'",
            **PACE,
            **RULES,
        }
