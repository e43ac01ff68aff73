"""The lakes that settings name: made for the engines that syncs have, and for no other."""

from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from pydantic import SecretStr

from oracle_cdc.settings.monitor import MonitorSection
from sync_monitor.lake.duck import DuckLake
from sync_monitor.lake.hive import HiveLake, HivePlace
from sync_monitor.lake.trino import TrinoLake, TrinoPlace
from sync_monitor.model import Engine
from sync_monitor.wiring.lakes import open_lakes

ROOT = Path(__file__).parents[2]


def test_each_engine_has_its_place_and_the_deadline() -> None:
    monitor = MonitorSection(
        statement_seconds=7.0,
        trino_url=SecretStr("https://me:secret@trino.example"),
        hive_url=SecretStr("hives+ldap://me:secret@hive.example"),
    )
    with ExitStack() as stack:
        lakes = open_lakes(monitor, [Engine.TRINO, Engine.HIVE], stack)
    trino, hive = lakes[Engine.TRINO], lakes[Engine.HIVE]
    assert isinstance(lakes[Engine.DUCKDB], DuckLake)
    assert isinstance(trino, TrinoLake)
    assert isinstance(hive, HiveLake)
    assert trino.place == TrinoPlace("trino.example", 443, "me", is_tls=True, password="secret")
    assert hive.place == HivePlace("hive.example", 10000, "me", "secret", "LDAP", is_tls=True)
    assert trino.statement_seconds == hive.statement_seconds == 7.0
    # The stack has closed them: nothing is asked any more.
    assert trino.cancelled
    assert hive.stopped.is_set()


def test_a_client_is_imported_where_its_engine_is_needed() -> None:
    program = "import sys, sync_monitor.wiring.edges; print({'trino', 'impala'} & set(sys.modules))"
    found = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "set()"
