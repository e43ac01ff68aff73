"""The whole system on this machine: Oracle, queues, ML service and the service, each a process."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path

from oracle_cdc.demo.children import ROOT, Child, Children, Signals
from oracle_cdc.demo.dba import DBA_USER, SERVICE_USER, Dba
from oracle_cdc.demo.endpoint import ACCESS_KEY, REGION, SECRET_KEY, connect_sqs, create_queue
from oracle_cdc.demo.queues import READY

SERVICE_FILE = "cdc_service.py"
#: All that a running service is made of: in a checkout, and where the package is installed.
CHECKOUT = (SERVICE_FILE, "config.py", "init_oracle_tables.sql", "oracle_cdc")
INSTALLED = ("oracle_cdc",)
SERVICE_NAME = "DEMO"
ORALITE_READY = "oralite listening on "

#: Short times, so that something happens while one looks on.
PACE = {
    "CDC_SETTLE_SECONDS": "2",
    "CDC_NORMAL_POLL_INTERVAL_SECONDS": "1",
    "CDC_RESULTS_WAIT_SECONDS": "1",
    "CDC_RETRY_INITIAL_SECONDS": "0.5",
}
#: What config.py of this machine may have been edited to, and the demo counts on.
RULES = {
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
    """Starts and ends everything, with its files in `directory`.

    Methods raise DemoError and Interrupted.
    """

    def __init__(self, directory: Path, signals: Signals) -> None:
        self.directory = directory
        self.program = directory / "service"
        self.is_checkout = (ROOT / SERVICE_FILE).exists()
        self.logs = directory / "logs"
        self.database = directory / "oracle.db"
        self.received = directory / "received.jsonl"
        self.children = Children(directory, signals)
        self.dba_password = f"Dba_{secrets.token_hex(12)}"
        self.service_password = f"Svc_{secrets.token_hex(12)}"
        self.dsn = self.endpoint = self.outbound = self.results = ""
        self.service: Child | None = None

    def start_stand_ins(self) -> None:
        """Start database and queues, wait until they are ready, and start the ML service."""
        oralite = self.children.start(
            "oralite", self.oralite_command(), {"ORALITE_PASSWORD": self.dba_password}
        )
        queues = self.children.start("queues", ["-m", "oracle_cdc.demo.queues"])
        self.install()
        self.dsn = self.children.await_line(oralite, ORALITE_READY)
        self.create_source()
        self.endpoint = self.children.await_line(queues, READY)
        self.create_queues()
        self.received.touch()
        self.children.start("ml", self.ml_command())

    def oralite_command(self) -> list[str]:
        command = ["-m", "oralite", "--port", "0"]
        command += ["--user", DBA_USER]
        command += ["--service", SERVICE_NAME]
        command += ["--database", str(self.database)]
        return command

    def ml_command(self) -> list[str]:
        command = ["-m", "oracle_cdc.demo.ml"]
        command += ["--outbound", self.outbound]
        command += ["--results", self.results]
        command += ["--received", str(self.received)]
        return command

    def create_source(self) -> None:
        dba = self.connect()
        try:
            dba.create_source(self.service_password)
        finally:
            dba.close()

    def create_queues(self) -> None:
        sqs = connect_sqs(self.endpoint)
        self.outbound = create_queue(sqs, "conversations")
        self.results = create_queue(sqs, "results")
        sqs.close()

    def connect(self) -> Dba:
        """Return a session with DBA rights."""
        return Dba(self.dsn, self.dba_password)

    def install(self) -> None:
        """Copy the program, for a .env of its own.

        The original's may have settings that no variable unsets.
        """
        parts: Sequence[str] = INSTALLED
        if self.is_checkout:
            parts = CHECKOUT
        self.program.mkdir()
        for name in parts:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, self.program / name)
            else:
                shutil.copy2(ROOT / name, self.program / name)

    def service_command(self, command: str) -> list[str]:
        """Return Python's arguments for a command, to be run in the program's directory."""
        if self.is_checkout:
            return [SERVICE_FILE, command]
        return ["-m", "oracle_cdc", command]

    def start_service(self) -> None:
        """Start the service as its user would, by its own .env alone."""
        env_file = self.program / ".env"
        env_file.touch(mode=0o600)
        with env_file.open("w", encoding="utf-8") as lines:
            for name, value in self.settings().items():
                lines.write(f"{name}={value}\n")
        self.service = self.children.start(
            "service", self.service_command("run"), directory=self.program
        )

    def settings(self) -> dict[str, str]:
        """Return what stands in the service's .env."""
        return {
            "ORACLE_USER": SERVICE_USER,
            "ORACLE_PASSWORD": self.service_password,
            "ORACLE_DSN": self.dsn,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_ENDPOINT_URL": self.endpoint,
            "SQS_OUTBOUND_QUEUE_URL": self.outbound,
            "SQS_RESULTS_QUEUE_URL": self.results,
            "LOG_DIR": f"'{self.logs}'",
            **PACE,
            **RULES,
        }

    def end_service(self) -> int:
        """End the service by SIGTERM, and return its exit code."""
        service, self.service = self.service, None
        assert service is not None
        return self.children.end(service)

    def close(self) -> None:
        """End all processes. The files stay."""
        self.children.close()
