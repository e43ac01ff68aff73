"""The whole system on this machine: Oracle, AWS, a queue, a consumer, and the service twice."""

from __future__ import annotations

import random
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from oracle_cdc.changes.model_files import read_models
from oracle_cdc.demo.changes import cloud
from oracle_cdc.demo.changes.canaries import Canaries
from oracle_cdc.demo.changes.cloud import BUS, CHECKPOINTS, STATES, STREAM, CloudPages
from oracle_cdc.demo.changes.consumer import READY as CONSUMER_READY
from oracle_cdc.demo.changes.coredb import OWNER, CoreDb, read_script
from oracle_cdc.demo.changes.dead_letters import Letters
from oracle_cdc.demo.changes.tables import (
    Table,
    Transformers,
    as_setting,
    forget,
    make_transformers,
)
from oracle_cdc.demo.changes.transactions import make_rows_before
from oracle_cdc.demo.children import python
from oracle_cdc.demo.endpoint import aws_settings
from oracle_cdc.demo.outage import Witness
from oracle_cdc.demo.ports import free_port
from oracle_cdc.demo.program import Program
from oracle_cdc.demo.stage import Stage

AWSLITE_READY = "awslite listening on "
MODELS = "models"
#: How bad the bus is to its consumer.
LATE_RATE, REPEAT_RATE, LATE_SECONDS = 0.2, 0.1, 2.0

#: Short times, so that something happens while one looks on.
PACE = {
    "CHANGES_POLL_INTERVAL_SECONDS": "0.2",
    "CHANGES_BATCH_SIZE": "200",
    "CHANGES_CHECK_SECONDS": "5",
    "CHANGES_RETRY_INITIAL_SECONDS": "0.2",
    "CHANGES_RETRY_MAX_SECONDS": "1",
    "KINESIS_CONNECT_TIMEOUT_SECONDS": "1",
    "KINESIS_READ_TIMEOUT_SECONDS": "2",
    "METRICS_INTERVAL_SECONDS": "2",
    "PROCESSOR_LEASE_SECONDS": "4",
    "CDC_READY_DEADLINE_SECONDS": "1",
}
#: What config.py of this machine may have been edited to, and the demo counts on.
RULES = {
    "CHANGES_TABLES": "",
    "CHANGES_REDACT_BEFORE_STREAM": "true",
    "ENABLE_DATA_REDACTION": "true",
    "REDACTION_REGION": "IL",
    "DLQ_KEEP_EVENT": "true",
    "MAX_RETRY_ATTEMPTS": "3",
    "PROCESSOR_START": "trim-horizon",
    "LOG_LEVEL": "INFO",
    "LOGGING_FORMAT": "text",
}


class Stack:
    """Starts everything that the changes go through.

    Methods raise DemoError and Interrupted.

    beside: what stands in the .env of the shipper for what it does beside row changes.

    Parameters:
        shipper: the copy of the service that reads Oracle.
    """

    def __init__(self, stage: Stage, shipper: Program) -> None:
        self.stage = stage
        self.children = stage.children
        self.database = stage.database
        self.queues = stage.queues
        self.shipper = shipper
        self.processor = Program(stage.directory / "processor", stage.children, "processor")
        self.ports = {self.shipper.name: free_port(), self.processor.name: free_port()}
        self.received = stage.directory / "changes.jsonl"
        self.rows = stage.directory / "rows.json"
        self.beside: Mapping[str, str] = {"PIPELINES": "changes"}
        self.url = ""
        self.tables: list[Table] = []
        self.transformers: Transformers = {}

    def witnesses(self) -> list[Witness]:
        """Return who must notice when AWS is away."""
        return [Witness(name, port, "kinesis") for name, port in self.ports.items()]

    @property
    def aws_settings(self) -> dict[str, str]:
        return aws_settings(self.queues.endpoint, self.url)

    @property
    def models(self) -> Path:
        """Return the folder of the models, which both copies of the service read."""
        return self.shipper.directory / MODELS

    def start_stand_ins(self) -> None:
        """Start database, AWS and queues, and wait until all are ready."""
        self.database.start([self.write_script()])
        self.queues.start()
        self.start_aws()
        self.shipper.install()
        self.database.await_ready()
        self.queues.await_ready()
        self.begin()

    def write_script(self) -> Path:
        """Write the script that makes the tables, and return its file."""
        script = self.stage.directory / "coredb.sql"
        script.write_text(read_script(), encoding="utf-8")
        return script

    def start_aws(self) -> None:
        self.aws = self.children.start("awslite", python("-m", "awslite"))

    def begin(self) -> None:
        """Make stream, bus and queue, and give the rights."""
        self.processor.install()
        self.url = self.children.await_line(self.aws, AWSLITE_READY)
        cloud.create_all(self.url)
        self.pages = CloudPages(self.url)
        self.pages.change(late_rate=LATE_RATE, repeat_rate=REPEAT_RATE, late_seconds=LATE_SECONDS)
        self.letters = Letters(self.queues.endpoint)
        with closing(self.connect()) as database:
            database.grant_rights()

    def capture(self, canaries: Canaries, chance: random.Random) -> None:
        """Have the service write models, and capture all tables, one of which has rows already."""
        self.shipper.configure(self.shipper_settings())
        self.shipper.call("changes", "models", "--owner", OWNER)
        self.tables = [Table(model) for model in read_models(self.models).values()]
        self.transformers = make_transformers(self.tables)
        self.shipper.configure(self.shipper_settings())
        with closing(self.connect()) as database:
            database.run(make_rows_before(self.tables, canaries, chance))
            database.commit()
            self.shipper.call("init-tables")
            database.allow_triggers()
            self.shipper.call("changes", "install", *self.table_arguments())
            database.forbid_triggers()

    def table_arguments(self) -> list[str]:
        """Return what names all tables."""
        arguments: list[str] = []
        for table in self.tables:
            arguments += ["--table", table.model.source]
        return arguments

    def start_service(self) -> None:
        """Start both copies, and a consumer of the bus."""
        self.shipper.start()
        self.start_processor()

    def start_processor(self) -> None:
        """Start the copy that knows no Oracle, and a consumer of the bus."""
        self.processor.configure(self.processor_settings(forget(self.transformers)))
        self.processor.call("init-tables")
        self.processor.start()
        self.received.touch()
        command = ["-m", "oracle_cdc.demo.changes.consumer"]
        command += ["--url", self.url]
        command += ["--bus", BUS]
        command += ["--received", str(self.received)]
        command += ["--rows", str(self.rows)]
        consumer = self.children.start("consumer", python(*command))
        self.children.await_line(consumer, CONSUMER_READY)

    def connect(self) -> CoreDb:
        """Return a session with DBA rights."""
        return CoreDb(self.database.dsn, self.database.dba_password)

    def shipper_settings(self) -> dict[str, str]:
        """Return what stands in the .env of the copy that reads Oracle."""
        return {
            **self.database.service_settings(),
            **self.shared_settings(self.shipper, self.transformers),
            **self.beside,
        }

    def processor_settings(self, transformers: Transformers) -> dict[str, str]:
        """Return what stands in the .env of the copy that knows no Oracle."""
        return {
            "PIPELINES": "processor",
            "EVENT_BUS_NAME": BUS,
            "CHECKPOINT_TABLE_NAME": CHECKPOINTS,
            "STATE_TABLE_NAME": STATES,
            **self.shared_settings(self.processor, transformers),
        }

    def shared_settings(self, program: Program, transformers: Transformers) -> dict[str, str]:
        return {
            **self.aws_settings,
            "KINESIS_STREAM_NAME": STREAM,
            "DLQ_URL": self.letters.url,
            "TABLE_TRANSFORMERS": as_setting(transformers),
            "CHANGES_MODELS_DIR": f"'{self.models}'",
            "HEALTH_PORT": str(self.ports[program.name]),
            "LOG_DIR": f"'{self.stage.logs / program.name}'",
            **PACE,
            **RULES,
        }
