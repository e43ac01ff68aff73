"""Looks at the ledger whenever a copy has written a watermark; that copy waits meanwhile."""

from __future__ import annotations

import json
import socket
import threading
import time
from datetime import datetime
from pathlib import Path

import oracledb

from tests.chaos.database import USER, Dba
from tests.chaos.history import Audit


class Auditor:
    """Listens on a socket in the file system."""

    def __init__(self, path: Path, dsn: str) -> None:
        self.path = path
        self.dba = Dba(dsn)
        self.audits: list[Audit] = []
        self.known_calls: frozenset[str] = frozenset()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen(8)
        self.thread = threading.Thread(target=self.run, name="audit", daemon=True)
        self.thread.start()

    def run(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                self.look(connection)

    def look(self, connection: socket.socket) -> None:
        """A database that is away just now leaves this audit out; a killed copy does not wait for it."""
        try:
            told = json.loads(connection.recv(65536))
            seen, watermark = (datetime.fromisoformat(told[name]) for name in ("seen", "watermark"))
            self.audits.append(self.audit(told["began_at"], seen, watermark))
            connection.sendall(b".")
        except (oracledb.Error, OSError, ValueError, LookupError):
            return

    def audit(self, began_at: float, seen: datetime, watermark: datetime) -> Audit:
        at = time.time()
        (coverage,) = self.dba.rows(
            f"SELECT COVERAGE_START FROM {USER}.CDC_PROCESSING_STATUS WHERE TABLE_NAME = 'CDC_NORMAL_MODE'"
        )[0]
        calls = self.dba.rows(f"SELECT CALL_ID FROM {USER}.CDC_PROCESSED_CALLS")
        return Audit(at, began_at, seen, watermark, coverage, frozenset(call_id for (call_id,) in calls))

    def close(self) -> None:
        # close() alone would leave accept() waiting.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(5)
        self.dba.close()
