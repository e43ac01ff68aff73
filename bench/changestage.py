"""Where row changes are compared: a captured table, a stream, a bus, tables of progress."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import oracledb

from bench.changes import GRANTS, KEPT, LOG, TABLE, keep
from bench.processes import ROOT, SERVER_CORES, Child
from bench.workplace import ORALITE_READY, Run, Workplace, oralite_command
from oracle_cdc.demo.changes.cloud import BUS, CHECKPOINTS, STATES, STREAM, CloudPages
from oracle_cdc.demo.endpoint import ACCESS_KEY, REGION, SECRET_KEY, connect
from standins.oracle import DBA, DBA_PASSWORD

AWSLITE_READY = "awslite listening on "
SHARDS = 4
#: Of each answer of AWS.
AWS_MS = 20.0
#: Records that one read of a shard asks for: the default allows 500 a second and shard.
RECORDS_A_READ = 1000


@dataclass
class ChangeStage(Workplace):
    """A table that is captured, and what its changes go to.

    Parameters:
        awslite: stream, bus and tables.
    """

    awslite: Child
    url: str
    pages: CloudPages

    def places(self) -> Mapping[str, str]:
        """Return the settings of both pipelines: the defaults, but places."""
        return {
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_ENDPOINT_URL": self.url,
            "KINESIS_STREAM_NAME": STREAM,
            "EVENT_BUS_NAME": BUS,
            "CHECKPOINT_TABLE_NAME": CHECKPOINTS,
            "STATE_TABLE_NAME": STATES,
            "CHANGES_MODELS_DIR": str(ROOT / "models"),
            "CHANGES_HEARTBEAT_SECONDS": "0",
        }

    # The database

    def keep(self, changes: int, users: int) -> None:
        """Write down updates of some users, to fill the change table with."""
        keep(self.dba, changes, users)

    def fill(self) -> None:
        """Have the changes that were kept wait in the change table, and nothing else."""
        self.empty()
        self.execute(f"INSERT INTO {LOG} SELECT * FROM {KEPT}")

    def empty(self) -> None:
        self.execute(f"DELETE FROM {LOG}")

    def waiting(self) -> int:
        """Return how many rows the change table has."""
        return int(self.execute(f"SELECT COUNT(*) FROM {LOG}")[0][0])

    # What is measured

    def ship(self) -> Run:
        """Run the shipper over what was kept. Raises AssertionError when something of it stays."""
        self.empty()
        worker = self.worker("changes-ship")
        self.fill()
        run = self.run_together([worker])[0]
        assert not self.waiting(), f"{self.waiting()} rows stay"
        return run

    def process(self, records: int, records_a_read: int) -> Run:
        """Publish all records of the stream once more."""
        return self.run(
            "changes-process",
            str(records),
            PROCESSOR_ID=f"bench-{next(self.numbers)}",
            KINESIS_BATCH_SIZE=records_a_read,
        )

    def requests(self) -> Mapping[str, int]:
        """Return how many requests of each action came to AWS until now."""
        counts: Mapping[str, int] = self.pages.get("requests")["requests"]
        return counts

    def records(self, after: int = 0) -> Iterator[Mapping[str, Any]]:
        """Yield the records of the stream, behind the first ones."""
        return self.listed("records", after, stream=STREAM)

    def events(self, after: int = 0) -> Iterator[Mapping[str, Any]]:
        """Yield the events of the bus, behind the first ones."""
        return self.listed("events", after, bus=BUS)

    def listed(self, page: str, after: int, **members: object) -> Iterator[Mapping[str, Any]]:
        while (answer := self.pages.get(page, after=after, **members))[page]:
            after = answer["after"]
            yield from answer[page]

    def call(self, *command: str, pipeline: str) -> None:
        """Run a command of the service to its end. Raises CalledProcessError."""
        subprocess.run(
            [sys.executable, "cdc_service.py", *command],
            cwd=ROOT,
            env=self.environment(PIPELINES=pipeline),
            check=True,
            capture_output=True,
        )


@contextmanager
def open_change_stage(directory: Path, aws_ms: float = AWS_MS) -> Iterator[ChangeStage]:
    """Start a captured table and an empty stream, and end all of it with the block."""
    with ExitStack() as opened:
        directory = Path(opened.enter_context(tempfile.TemporaryDirectory(dir=directory)))
        oralite = start(opened, directory, oracle_command(directory))
        awslite = start(opened, directory, ["-m", "awslite", "--latency-ms", str(aws_ms)])
        dsn, url = oralite.expect(ORALITE_READY), awslite.expect(AWSLITE_READY)
        dba = opened.enter_context(oracledb.connect(user=DBA, password=DBA_PASSWORD, dsn=dsn))
        stage = ChangeStage(directory, oralite, dsn, dba, awslite, url, CloudPages(url))
        for statement in GRANTS:
            stage.execute(statement)
        create_stream(stage)
        stage.call("init-tables", pipeline="changes")
        stage.call("init-tables", pipeline="processor")
        stage.call("changes", "install", "--table", TABLE, pipeline="changes")
        stage.execute(f"CREATE TABLE {KEPT} AS SELECT * FROM {LOG}")
        yield stage


def start(opened: ExitStack, directory: Path, command: Sequence[str]) -> Child:
    child = Child(command, directory / "servers.stderr", SERVER_CORES)
    opened.callback(child.end)
    return child


def oracle_command(directory: Path) -> list[str]:
    """Return what starts a database that has the sample schema."""
    script = ROOT / "deploy" / "sample_coredb.sql"
    return [*oralite_command(directory / "coredb.db", 0.0), "--script", str(script)]


def create_stream(stage: ChangeStage) -> None:
    """Create the stream and the bus, empty."""
    with closing(connect("kinesis", stage.url)) as kinesis:
        kinesis.create_stream(StreamName=STREAM, ShardCount=SHARDS)
    with closing(connect("events", stage.url)) as events:
        events.create_event_bus(Name=BUS)
