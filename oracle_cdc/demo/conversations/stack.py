"""The whole system on this machine: Oracle, queues, ML service and the service, each a process."""

from __future__ import annotations

from oracle_cdc.demo.children import python
from oracle_cdc.demo.conversations.source import Source
from oracle_cdc.demo.endpoint import aws_settings, connect_sqs, create_queue
from oracle_cdc.demo.stage import Stage

#: Short times, so that something happens while one looks on.
PACE = {
    "CDC_SETTLE_SECONDS": "2",
    "CDC_NORMAL_POLL_INTERVAL_SECONDS": "1",
    "CDC_RESULTS_WAIT_SECONDS": "1",
    "CDC_RETRY_INITIAL_SECONDS": "0.5",
}
#: What config.py of this machine may have been edited to, and the demo counts on.
RULES = {
    "PIPELINES": "conversations",
    "CDC_NORMAL_MODE_ENABLED": "true",
    "CDC_HISTORICAL_MODE_ENABLED": "false",
    "CDC_NORMAL_MODE_MINUTES": "10",
    "CDC_MAX_WAIT_MINUTES": "120",
    "CDC_MIN_SEGMENTS": "2",
    "CDC_REQUIRED_CHANNELS": "A,C",
    "LOG_LEVEL": "INFO",
    "LOGGING_FORMAT": "text",
}


class Stack:
    """Starts everything that the calls go through.

    Methods raise DemoError and Interrupted.
    """

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.children = stage.children
        self.program = stage.program
        self.database = stage.database
        self.queues = stage.queues
        self.received = stage.directory / "conversations.jsonl"
        self.outbound = self.results = ""

    def start_stand_ins(self) -> None:
        """Start database and queues, wait until they are ready, and start the ML service."""
        self.database.start()
        self.queues.start()
        self.program.install()
        self.database.await_ready()
        self.queues.await_ready()
        self.begin()

    def begin(self) -> None:
        """Make the source and the queues, and start the ML service."""
        self.create_source()
        self.create_queues()
        self.received.touch()
        self.children.start("ml", self.ml_command())

    def ml_command(self) -> list[str]:
        command = ["-m", "oracle_cdc.demo.conversations.ml"]
        command += ["--outbound", self.outbound]
        command += ["--results", self.results]
        command += ["--received", str(self.received)]
        return python(*command)

    def create_source(self) -> None:
        source = self.connect()
        try:
            source.create_source()
        finally:
            source.close()

    def create_queues(self) -> None:
        sqs = connect_sqs(self.queues.endpoint)
        self.outbound = create_queue(sqs, "conversations")
        self.results = create_queue(sqs, "results")
        sqs.close()

    def connect(self) -> Source:
        """Return a session with DBA rights."""
        return Source(self.database.dsn, self.database.dba_password)

    def start_service(self) -> None:
        self.program.configure(self.settings())
        self.program.start()

    def settings(self) -> dict[str, str]:
        """Return what stands in the service's .env."""
        return {
            **self.database.service_settings(),
            **aws_settings(self.queues.endpoint),
            "SQS_OUTBOUND_QUEUE_URL": self.outbound,
            "SQS_RESULTS_QUEUE_URL": self.results,
            "LOG_DIR": f"'{self.stage.logs}'",
            **PACE,
            **RULES,
        }
