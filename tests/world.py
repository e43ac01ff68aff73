"""A whole world on loopback: the Oracle stand-in, an SQS server, the source table, two queues, and
the service's
settings."""

from __future__ import annotations

import base64
import gzip
import itertools
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import boto3
import oracledb
from pydantic import SecretStr

from oracle_cdc.conversations.settings import CdcSettings, Settings, SourceSettings, SqsSettings
from oracle_cdc.conversations.wiring import Application, make_application
from oracle_cdc.settings.sections import AwsSettings, OracleSettings
from oralite.server import Server
from standins.oracle import (
    DBA,
    DBA_PASSWORD,
    PASSWORD,
    SERVICE,
    SOURCE,
    USER,
    create_source,
    create_tables,
    serve_database,
)

#: What a test does not say otherwise: calls are quiet at once, nothing waits.
QUICK: dict[str, Any] = {
    "settle_seconds": 0.0,
    "normal_poll_interval_seconds": 0.05,
    "results_wait_seconds": 0,
    "retry_initial_seconds": 0.05,
    "retry_max_seconds": 0.1,
    "breaker_probe_seconds": 0.1,
    "instance_id": "this-test",
}

#: How long a cycle waits for calls that are delivered apart: only one that hangs takes that time.
APART_SECONDS = 1.0
_numbers = itertools.count(1)


@dataclass
class World:
    """What stands around the service in a test, and a DBA's view of it."""

    server: Server
    endpoint: str
    outbound_url: str
    results_url: str
    applications: list[Application] = field(default_factory=list)
    connections: list[oracledb.Connection] = field(default_factory=list)
    #: A DBA's, between two statements.
    sessions: list[oracledb.Connection] = field(default_factory=list)

    def connect(self, user: str = DBA, password: str = DBA_PASSWORD) -> oracledb.Connection:
        connection = oracledb.connect(user=user, password=password, dsn=self.server.dsn)
        self.connections.append(connection)
        return connection

    def settings(
        self,
        *,
        queue_url: str | None = None,
        time_zone: str | None = None,
        bucket: str | None = None,
        **cdc: Any,
    ) -> Settings:
        """Settings for this world; queue_url: one shared queue; bucket: of the overflow; cdc: keys
        of CDC_CONFIG."""
        host, port = self.server.host, self.server.port
        return Settings(
            oracle=OracleSettings(
                user=USER, password=SecretStr(PASSWORD), host=host, port=port, service_name=SERVICE
            ),
            sqs=SqsSettings(
                outbound_queue_url=queue_url or self.outbound_url,
                results_queue_url=queue_url or self.results_url,
                s3_overflow_bucket=bucket,
                s3_overflow_prefix="big/" if bucket else "",
            ),
            cdc=CdcSettings.model_validate({**QUICK, **cdc}),
            aws=AwsSettings(
                region="eu-west-1",
                access_key_id="test",
                secret_access_key=SecretStr("test"),
                endpoint_url=self.endpoint,
            ),
            source=SourceSettings(time_zone=time_zone),
        )

    def application(self, **changes: Any) -> Application:
        """The service in this process, started up; its cycles are run by the test."""
        application = make_application(self.settings(**changes))
        self.applications.append(application)
        return application

    def cycle(self, application: Application) -> None:
        """One outbound cycle, and what it leaves to the lane that no cycle waits for, unless that
        hangs."""
        application.startup.ensure_database()
        application.capture_leg.run_cycle()
        capture = application.capture_leg.capture
        if capture is not None:
            with capture.lanes.changed:
                capture.lanes.changed.wait_for(lambda: capture.lanes.is_apart_free, APART_SECONDS)

    def environment(self, log_dir: str, **variables: str) -> dict[str, str]:
        """The same settings as a process's environment."""
        quick = {
            f"CDC_{name.upper()}": str(value)
            for name, value in QUICK.items()
            if name != "instance_id"
        }
        return {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONUNBUFFERED": "1",
            "ORACLE_USER": USER,
            "ORACLE_PASSWORD": PASSWORD,
            "ORACLE_HOST": self.server.host,
            "ORACLE_PORT": str(self.server.port),
            "ORACLE_SERVICE_NAME": SERVICE,
            "AWS_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_ENDPOINT_URL": self.endpoint,
            "SQS_OUTBOUND_QUEUE_URL": self.outbound_url,
            "SQS_RESULTS_QUEUE_URL": self.results_url,
            "LOG_DIR": log_dir,
            **quick,
            **variables,
        }

    # The source, as a recorder writes it

    def now(self) -> datetime:
        """The database's clock in its own time."""
        return self.rows("SELECT CAST(SYSTIMESTAMP AS TIMESTAMP) FROM DUAL")[0][0]

    def record(
        self,
        call_id: str,
        *utterances: tuple[str, str],
        ago_seconds: float = 120.0,
        ban: str = "B-1",
        subscriber_no: str | None = "050-7654321",
        connection: oracledb.Connection | None = None,
    ) -> None:
        """Insert a call whose last utterance was ago_seconds ago, one second apart, and commit
        (unless on a given
        connection)."""
        newest = self.now() - timedelta(seconds=ago_seconds)
        times = [
            newest - timedelta(seconds=len(utterances) - 1 - n) for n in range(len(utterances))
        ]
        rows = [
            (call_id, ban, subscriber_no, owner, text, time, times[0])
            for (owner, text), time in zip(utterances, times, strict=True)
        ]
        self.insert(rows, connection)

    def insert(
        self, rows: Sequence[tuple[Any, ...]], connection: oracledb.Connection | None = None
    ) -> None:
        used = connection or self.connect()
        with used.cursor() as cursor:
            cursor.setinputsizes(
                None, None, None, None, oracledb.DB_TYPE_CLOB, *[oracledb.DB_TYPE_TIMESTAMP] * 2
            )
            cursor.executemany(
                f"INSERT INTO {SOURCE} VALUES (TO_NUMBER(:1), :2, :3, :4, :5, :6, :7)",
                [list(row) for row in rows],
            )
        if connection is None:
            used.commit()
            used.close()

    # The tables, as a DBA reads them

    def rows(self, sql: str, *binds: Any) -> list[tuple[Any, ...]]:
        with self.session() as connection, connection.cursor() as cursor:
            cursor.execute(sql, list(binds), fetch_lobs=False)
            return list(cursor.fetchall())

    def change(self, sql: str, *binds: Any) -> int:
        with self.session() as connection, connection.cursor() as cursor:
            cursor.execute(sql, list(binds))
            connection.commit()
            return int(cursor.rowcount)

    def visit(self) -> oracledb.Connection:
        """A DBA's session for one statement."""
        return oracledb.connect(user=DBA, password=DBA_PASSWORD, dsn=self.server.dsn)

    @contextmanager
    def session(self) -> Iterator[oracledb.Connection]:
        """Lend a DBA's session for one statement, and keep it for the next unless that failed."""
        connection = self.kept_session() or self.visit()
        try:
            yield connection
        except BaseException:
            with suppress(oracledb.Error):
                connection.close()
            raise
        self.sessions.append(connection)

    def kept_session(self) -> oracledb.Connection | None:
        """Return a session that is kept and that the database still answers."""
        while self.sessions:
            connection = self.sessions.pop()
            try:
                connection.ping()
            except oracledb.Error:
                continue
            return connection
        return None

    def states(self) -> dict[str, str]:
        return dict(self.rows(f"SELECT CALL_ID, STATE FROM {USER}.CDC_PROCESSED_CALLS"))

    def move_clock(self, seconds: float) -> None:
        """The database's clock is so far ahead of the host's."""
        self.change(f"ALTER SYSTEM SET oralite_clock_offset_seconds = {seconds:g}")

    # The queues, as the ML service sees them

    @cached_property
    def sqs(self) -> Any:
        return connect_sqs(self.endpoint)

    def received(self) -> list[dict[str, Any]]:
        """Every conversation in the outbound queue, as parsed bodies; they are deleted."""
        return [json.loads(body) for body in self.received_bodies()]

    def received_bodies(self) -> list[str]:
        sqs, bodies = self.sqs, []
        while True:
            answer = sqs.receive_message(
                QueueUrl=self.outbound_url,
                MaxNumberOfMessages=10,
                MessageAttributeNames=["All"],
                WaitTimeSeconds=0,
            )
            messages = answer.get("Messages", [])
            if not messages:
                return bodies
            for message in messages:
                bodies.append(plain_body(message))
                sqs.delete_message(
                    QueueUrl=self.outbound_url, ReceiptHandle=message["ReceiptHandle"]
                )

    def answer(self, call_id: str, *, queue_url: str | None = None, **fields: Any) -> None:
        """Put a result into the results queue."""
        body = {"type": "ML_PROCESSING_RESULT", "callId": call_id, **fields}
        self.answer_raw(json.dumps(body, ensure_ascii=False), queue_url=queue_url)

    def answer_raw(self, body: str, *, queue_url: str | None = None) -> None:
        self.sqs.send_message(QueueUrl=queue_url or self.results_url, MessageBody=body)

    def waiting(self, queue_url: str) -> int:
        """Messages in a queue, in flight too."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        attributes = self.sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=names)[
            "Attributes"
        ]
        return sum(int(attributes[name]) for name in names)

    def close(self) -> None:
        for application in self.applications:
            application.stop.set()
            application.close()
        for connection in (*self.connections, *self.sessions):
            try:
                connection.close()
            except oracledb.Error:
                continue


def plain_body(message: dict[str, Any]) -> str:
    """A message's body, decompressed as docs/messages.md says."""
    encoding = message.get("MessageAttributes", {}).get("contentEncoding", {}).get("StringValue")
    body = str(message["Body"])
    return gzip.decompress(base64.b64decode(body)).decode() if encoding == "gzip+base64" else body


def create_queues(endpoint: str) -> tuple[str, str]:
    """Create an outbound and a results queue of this test's own."""
    sqs = connect_sqs(endpoint)
    name = f"q{os.getpid()}-{next(_numbers)}"
    attributes = {"MessageRetentionPeriod": "1209600", "VisibilityTimeout": "30"}
    outbound = sqs.create_queue(QueueName=f"{name}-outbound", Attributes=attributes)
    results = sqs.create_queue(QueueName=f"{name}-results", Attributes=attributes)
    sqs.close()
    return outbound["QueueUrl"], results["QueueUrl"]


def connect_sqs(endpoint: str) -> Any:
    """Make a client for the queues of an endpoint."""
    return boto3.client(
        "sqs",
        endpoint_url=endpoint,
        region_name="eu-west-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def open_world(server: Server, endpoint: str, *, with_tables: bool = True) -> World:
    """Prepare a fresh stand-in, and two queues of this test's own."""
    create_source(server.dsn)
    if with_tables:
        create_tables(server.dsn)
    return World(server, endpoint, *create_queues(endpoint))


@contextmanager
def serve_world(endpoint: str) -> Iterator[World]:
    """Serve a database with source and tables, and two queues of this test's own."""
    with serve_database() as server:
        world = World(server, endpoint, *create_queues(endpoint))
        try:
            yield world
        finally:
            world.close()
