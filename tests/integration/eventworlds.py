"""A table, a stream and a store of progress, all of them real, and what relays between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import oracledb
from nats.js.errors import NotFoundError

from oracle_cdc.conversations.settings import ask_store
from oracle_cdc.events.settings import EventsSettings
from oracle_cdc.events.wiring import Events, make_events, make_rules
from oracle_cdc.relay.values import Event, Outcome
from oracle_cdc.settings.layers import Origins
from oracle_cdc.settings.page import read_page
from standins.mariadbserver import MariaDbServer
from standins.natsserver import NatsServer
from tests.integration.rowtables import PASSWORD, READER, TABLE, RowTable
from tests.layers import load_events
from tests.mariadb.schema import PASSWORD as STORE_PASSWORD
from tests.mariadb.schema import Schema
from tests.nats.streams import Streams
from tests.relay.tracking_contract import until_free

#: Of the server, so that a row can be too large for it.
MOST_BYTES = 65_536


class Killing:
    """Sends, and kills MariaDB once the stream has answered, before that can be written down."""

    def __init__(self, events: Events, victim: MariaDbServer) -> None:
        self.events = events
        self.victim = victim
        self.facts = events.publisher.facts
        self.close = events.publisher.close

    def send(self, events: Sequence[Event]) -> Sequence[Outcome]:
        outcomes = self.events.publisher.send(events)
        self.victim.kill()
        return outcomes


class EventsWorld:
    """A copy of the pipeline at work, with what it stands on."""

    def __init__(self, table: RowTable, nats: NatsServer, schema: Schema, folder: Path) -> None:
        self.table = table
        self.nats = nats
        self.schema = schema
        self.folder = folder
        self.stream = schema.name
        self.write_password(STORE_PASSWORD)
        self.events = self.make()

    def make(self, **given: str) -> Events:
        return make_events(self.settings(given))

    def settings(self, given: Mapping[str, str]) -> EventsSettings:
        """Read the settings: the password of the store from .env, the rest from an environment."""
        environment = self.environment(**given)
        origins = Origins(environment, self.folder / ".env", read_page({}), ask_store)
        return load_events(origins)

    def environment(self, **given: str) -> dict[str, str]:
        """Return what a process needs but the password of the store."""
        return {
            "ORACLE_USER": READER,
            "ORACLE_PASSWORD": PASSWORD,
            "ORACLE_DSN": self.table.server.dsn,
            "NATS_SERVERS": self.nats.url,
            "NATS_STREAM": self.stream,
            "NATS_SUBJECT": f"{self.stream}.{{EVENT_TYPE}}",
            "NATS_CREATE_STREAM": "true",
            "MARIADB_HOST": "127.0.0.1",
            "MARIADB_PORT": str(self.schema.server.port),
            "MARIADB_DATABASE": self.schema.name,
            "MARIADB_USER": self.schema.user,
            "PUBLISHER_SCHEMA": self.table.schema,
            "PUBLISHER_TABLE": TABLE,
            "PUBLISHER_SETTLE_SECONDS": "0",
            "PUBLISHER_MAX_RETRIES": "0",
            "PROGRAM_NAME": self.schema.program,
            **given,
        }

    def write_password(self, password: str) -> None:
        """Write the password of the store into .env."""
        file = self.folder / ".env"
        file.write_text(f'MARIADB_PASSWORD="{password}"\n', encoding="utf-8")
        file.chmod(0o600)

    def cycle(self) -> None:
        assert self.events.relay.get().run_cycle()

    def drain(self) -> None:
        """Run cycles until nothing is left."""
        counts = self.events.relay.get().sender.counts
        before = -1
        while before != counts.read:
            before = counts.read
            self.cycle()

    def restart(self, **given: str) -> None:
        """Put another copy in the place of the first, with variables that are set beside."""
        assert self.events.close()
        self.events = self.make(**given)
        until_free(self.events.tracking, make_rules(self.events.settings.publisher).program)

    def kill_store_after_send(self) -> None:
        """Have MariaDB killed between the next answers of the stream and their save."""
        delivery = self.events.relay.get().sender.delivery
        delivery.destination = Killing(self.events, self.schema.server)

    def insert(
        self,
        *numbers: int,
        text: str = "data",
        connection: oracledb.Connection | None = None,
    ) -> None:
        """Insert rows, and commit them unless somebody else's connection is given."""
        used = connection or self.table.dba
        rows = [(number, f"case {number}", "OPENED", text) for number in numbers]
        with used.cursor() as cursor:
            cursor.setinputsizes(None, None, None, oracledb.DB_TYPE_CLOB)
            cursor.executemany(
                f"INSERT INTO {self.table.name} (ID, CASE_ID, EVENT_TYPE, EVENT_DATA) "
                "VALUES (:1, :2, :3, :4)",
                rows,
            )
        if connection is None:
            used.commit()

    def in_table(self) -> list[int]:
        with self.table.dba.cursor() as cursor:
            cursor.execute(f"SELECT ID FROM {self.table.name} ORDER BY ID")
            return [int(row[0]) for row in cursor]

    def in_stream(self) -> list[int]:
        """Return the ids of all messages as often as they are there, in order."""
        prefix = f"{self.schema.program}:"
        with closing(Streams(self.nats.url)) as streams:
            return sorted(int(id.removeprefix(prefix)) for id in streams.ids(self.stream))

    def published(self) -> list[int]:
        """Return the same, of a stream that may not be there yet."""
        try:
            return self.in_stream()
        except NotFoundError:
            return []

    def delete_stream(self) -> None:
        """Delete the stream, which has a part of the disk for itself, if it was created."""
        with closing(Streams(self.nats.url)) as streams, suppress(NotFoundError):
            streams.delete(self.stream)

    def message(self, sequence: int) -> tuple[str, bytes, dict[str, str]]:
        with closing(Streams(self.nats.url)) as streams:
            return streams.message(self.stream, sequence)


@contextmanager
def serve_events(
    table: RowTable, nats: NatsServer, schema: Schema, folder: Path
) -> Iterator[EventsWorld]:
    """Lend a world whose copy is closed at the end."""
    world = EventsWorld(table, nats, schema, folder)
    try:
        yield world
    finally:
        world.events.close()
        world.delete_stream()
