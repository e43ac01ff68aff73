"""Where a comparison takes place: a database, queues and what is measured, each a process."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import boto3
import oracledb

from bench.backlog import begin_coverage
from bench.processes import SERVER_CORES, Child
from bench.queues import READY
from bench.workplace import ORALITE_READY, Workplace, delete_database, oralite_command
from standins.oracle import DBA, DBA_PASSWORD, USER

RESULTS = "results"
OUTBOUND = "outbound"
#: The sizes at which the drains are compared.
BATCH = 500
LEDGER = f"{USER}.CDC_PROCESSED_CALLS"


@dataclass(frozen=True)
class Latency:
    """Milliseconds added to each round trip."""

    oracle_ms: float = 0.0
    sqs_ms: float = 0.0


@dataclass
class Stage(Workplace):
    """A database and its queues."""

    queues: Child
    endpoint: str
    latency: Latency

    # What is measured

    def places(self) -> Mapping[str, str]:
        """Return where the service's queues are."""
        return {
            "AWS_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "bench",
            "AWS_SECRET_ACCESS_KEY": "bench",
            "AWS_ENDPOINT_URL": self.endpoint,
            "SQS_OUTBOUND_QUEUE_URL": self.url_of(OUTBOUND),
            "SQS_RESULTS_QUEUE_URL": self.url_of(RESULTS),
        }

    def url_of(self, queue: str) -> str:
        return f"{self.endpoint}/000000000000/{queue}"

    # The database, as its DBA sees it

    def reset(self, start: datetime) -> None:
        """Make it look as if nothing had ever been sent, with a coverage that begins at start."""
        for table in ("CDC_PROCESSED_CALLS", "CDC_PROCESSING_LOG", "DICTA_CALL_SUMMARY"):
            self.execute(f"TRUNCATE TABLE {USER}.{table}")
        begin_coverage(self.dba, start)
        self.dba.commit()
        self.queues.ask("reset")

    def coverage_start(self) -> datetime:
        """Return where the service's coverage begins."""
        rows = self.execute(
            f"SELECT COVERAGE_START FROM {USER}.CDC_PROCESSING_STATUS "
            "WHERE TABLE_NAME = 'CDC_NORMAL_MODE'"
        )
        start = rows[0][0]
        assert isinstance(start, datetime)
        return start

    # The queues

    def accepted_calls(self) -> list[str]:
        """Return the ids of the calls that the queue accepted, in order."""
        return [call_id for call_id, _ in self.queues.ask("times")["times"]]

    def sqs(self) -> Any:
        """Return a client for one thread."""
        return boto3.client(
            "sqs",
            endpoint_url=self.endpoint,
            region_name="eu-west-1",
            aws_access_key_id="bench",
            aws_secret_access_key="bench",
        )

    def answer_all(self, path: Path, call_ids: Sequence[str]) -> None:
        """Put an ML service's answer for each call into the results queue."""
        with path.open("w", encoding="utf-8") as file:
            for call_id in call_ids:
                file.write(json.dumps(answer_of(call_id), ensure_ascii=False) + "\n")
        self.queues.ask("fill", name=RESULTS, path=str(path))


def answer_of(call_id: str) -> Mapping[str, object]:
    """Return an ML service's answer for a call."""
    summary = (
        "הלקוח ביקש לבדוק חיוב כפול. "
        f"The agent checked the invoice of call {call_id} and promised a refund. "
    )
    return {
        "type": "ML_PROCESSING_RESULT",
        "callId": call_id,
        "revision": 1,
        "summary": summary * 4,
        "sentiment": {"overall": "neutral", "score": 0.1},
        "classification": {"primary": "billing", "all": ["billing", "refund"]},
        "confidence": 0.93,
        "processingTime": 812,
        "modelVersion": "bench-1",
    }


@contextmanager
def open_stage(directory: Path, database: Path, latency: Latency | None = None) -> Iterator[Stage]:
    """Start a database on this file and empty queues, and end both with the block."""
    latency = latency or Latency()
    oralite = Child(
        oralite_command(database, latency.oracle_ms), directory / "oralite.stderr", SERVER_CORES
    )
    serve = ["-m", "bench.queues", "--latency-ms", str(latency.sqs_ms)]
    queues = Child(serve, directory / "queues.stderr", SERVER_CORES)
    try:
        dsn, endpoint = oralite.expect(ORALITE_READY), queues.expect(READY)
        with oracledb.connect(user=DBA, password=DBA_PASSWORD, dsn=dsn) as dba:
            stage = Stage(directory, oralite, dsn, dba, queues, endpoint, latency)
            create_queues(stage)
            yield stage
    finally:
        queues.end()
        oralite.end()
        delete_database(database)


def create_queues(stage: Stage) -> None:
    sqs = stage.sqs()
    for name in (OUTBOUND, RESULTS):
        sqs.create_queue(
            QueueName=name,
            Attributes={"MessageRetentionPeriod": "1209600", "VisibilityTimeout": "300"},
        )
    sqs.close()
