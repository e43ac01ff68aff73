"""The monitor of a demo: its user, what it looks at, its page, and what loads the lake."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

from oracle_cdc.demo.changes.stack import Stack as Changes
from oracle_cdc.demo.children import Child, python
from oracle_cdc.demo.dba import DBA_USER, SERVICE_USER, Dba, Statements
from oracle_cdc.demo.events.stack import PROGRAM
from oracle_cdc.demo.events.stack import Stack as Events
from oracle_cdc.demo.events.store import DATABASE
from oracle_cdc.demo.events.table import NAME, SCHEMA
from oracle_cdc.demo.ports import free_port
from oracle_cdc.demo.program import Program
from oracle_cdc.demo.stage import Stage

USER = "SYNC_MONITOR"
#: The table that is loaded into the lake meanwhile, and the streams of the pipelines.
TABLE = "employees"
SYNCS = {TABLE: {"source": "HR.EMPLOYEES"}}
LAST_TABLE = "CDC_C_CDC_HEARTBEAT"
WELL, UNSEEN = "OK", "NO PAGE"
ASK_SECONDS = 5.0
LOADED = "loaded "
#: Short times, so that faults are seen while one looks on.
PACE = {
    "MONITOR_INTERVAL_SECONDS": "2",
    "MONITOR_CONFIRM_MINUTES": "0",
    "MONITOR_STATEMENT_SECONDS": "5",
}


class Reader(Dba):
    """A session that lets the monitor read what the service counts, and no more."""

    statements = Statements(Path(__file__).with_name("statements.sql"), owner=SERVICE_USER)

    def has_all_tables(self) -> bool:
        """Return whether the service has made all tables: that of its own heartbeat is the last."""
        return (LAST_TABLE,) in self.query("read_tables")

    def admit(self, password: str) -> None:
        """Make the user of the monitor, and let it read the tables of the service and of events."""
        self.create_user(USER, password)
        with self.connection.cursor() as cursor:
            cursor.execute(f"GRANT CREATE SESSION TO {USER}")
            cursor.execute(f"GRANT SELECT ON {SCHEMA}.{NAME} TO {USER}")
            for (name,) in self.query("read_tables"):
                cursor.execute(f"GRANT SELECT ON {SERVICE_USER}.{name} TO {USER}")
                cursor.execute(f"CREATE SYNONYM {USER}.{name} FOR {SERVICE_USER}.{name}")


class MonitorPlace:
    """A copy of the program that runs as the monitor, with a history and a lake of its own."""

    def __init__(self, stage: Stage, events: Events, changes: Changes) -> None:
        directory = stage.directory / "monitor"
        self.program = Program(directory, stage.children, "monitor", ("monitor", "run"))
        self.children = stage.children
        self.database = stage.database
        self.events = events
        self.changes = changes
        self.password = f"Mon_{secrets.token_hex(12)}"
        self.port = free_port()
        self.loader: Child | None = None
        # A proxy from the environment can't know this machine's loopback.
        self.opener = build_opener(ProxyHandler({}))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self, load_seconds: float) -> None:
        """Start the monitor, and what loads the lake.

        Parameters:
            load_seconds: between two days that are loaded.
        """
        self.program.configure(self.settings())
        self.program.start()
        command = ["-m", "sync_monitor.demo.load", "--pause", str(load_seconds)]
        log_in = {
            "DEMO_USER": DBA_USER,
            "DEMO_PASSWORD": self.database.dba_password,
            "DEMO_DSN": self.database.dsn,
        }
        self.loader = self.children.start(
            "loader", python(*command), log_in, self.program.directory
        )

    def settings(self) -> dict[str, str]:
        """Return what stands in the monitor's .env."""
        return {
            "USE_REAL_ORACLE": "true",
            "ORACLE_USER": USER,
            "ORACLE_PASSWORD": self.password,
            "ORACLE_DSN": self.database.dsn,
            "MONITOR_SYNCS": f"'{json.dumps(SYNCS)}'",
            "MONITOR_STREAMS": f"'{json.dumps(self.streams())}'",
            "MONITOR_MARIADB_URL": self.mariadb_url(),
            **self.changes.aws_settings,
            "MONITOR_DIRECTORY": "monitor",
            "PORT": str(self.port),
            "LOG_LEVEL": "INFO",
            **PACE,
        }

    def streams(self) -> Mapping[str, Mapping[str, str]]:
        """Return the pipelines as what the monitor looks at."""
        return {
            "conversations": {"kind": "conversations"},
            "events": {"kind": "events", "table": f"{SCHEMA}.{NAME}", "program": PROGRAM},
            "changes": {"kind": "changes"},
            "processor": {"kind": "processor", "dlq_url": self.changes.letters.url},
        }

    def mariadb_url(self) -> str:
        port = self.events.mariadb.port
        return f"mariadb://{USER.lower()}:{self.password}@127.0.0.1:{port}/{DATABASE}"

    def read_states(self) -> Mapping[str, str]:
        """Return how the page says that each sync is. Nothing while there is no page."""
        try:
            with self.opener.open(f"{self.url}api/v1/syncs", timeout=ASK_SECONDS) as answer:
                items = json.load(answer)["items"]
        except OSError:
            return {}
        return {item["name"]: item["severity"] for item in items}

    def count_loaded(self) -> int:
        """Return how many days are in the lake."""
        assert self.loader is not None
        return self.loader.output.read_text(encoding="utf-8").count(LOADED)
