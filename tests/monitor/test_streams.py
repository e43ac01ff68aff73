"""Streams as syncs: what they say of themselves is judged, and what says nothing is never green."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from oracle_cdc.conversations.tables.modes import NORMAL_MODE
from oracle_cdc.oracle.database import Database
from sync_monitor.errors import code_of
from sync_monitor.metering import Meter
from sync_monitor.rules.stream_counts import Counts
from sync_monitor.streams.changes import Changes
from sync_monitor.streams.conversations import Conversations
from sync_monitor.streams.extracts import Extracts
from sync_monitor.streams.goldengate import HeartbeatView
from tests.documents import ROOT
from tests.monitor.asked import failed, failure_of, oracle_with
from tests.monitor.building import NOW

DAY = timedelta(days=1)
MINUTES = timedelta(minutes=10)
DDL = (ROOT / "init_oracle_tables.sql").read_text(encoding="utf-8")


def table(name: str) -> str:
    """Return the statement by which the product makes one of its tables."""
    found = re.search(rf"(CREATE TABLE {name} \(.*?\n\))\]'", DDL, re.DOTALL)
    assert found is not None
    return found[1]


CALLS = (table("CDC_PROCESSING_STATUS"), table("CDC_PROCESSED_CALLS"))
SWEPT = (
    "INSERT INTO CDC_PROCESSING_STATUS (TABLE_NAME, LAST_PROCESSED_TIMESTAMP, RECONCILED_AT, "
    "RECONCILED_SOURCE, RECONCILED_MISSING) VALUES ('{mode}', SYS_EXTRACT_UTC(SYSTIMESTAMP) - "
    "INTERVAL '90' MINUTE, SYS_EXTRACT_UTC(SYSTIMESTAMP) - INTERVAL '{age}' HOUR, 107, 14)"
)
OVERDUE = (
    "INSERT INTO CDC_PROCESSED_CALLS (CALL_ID, STATE, SENT_AT) "
    "VALUES ('{call}', 'SENT', SYS_EXTRACT_UTC(SYSTIMESTAMP) - INTERVAL '{age}' HOUR)"
)


def conversations(database: Database) -> Conversations:
    return Conversations(database.session, ZoneInfo("UTC"), DAY)


def test_conversations_are_counted_by_what_their_pipeline_counts() -> None:
    rows = (
        SWEPT.format(mode=NORMAL_MODE, age=2),
        OVERDUE.format(call="1", age=25),
        OVERDUE.format(call="2", age=26),
        OVERDUE.format(call="3", age=1),
    )
    meter = Meter()
    with oracle_with(*CALLS, *rows) as database:
        found = conversations(database).count(meter, Meter())
    assert (found.expected, found.missing, meter.statements) == (107, 16, 1)
    assert found.lag is not None
    assert timedelta(minutes=89) < found.lag < timedelta(minutes=95)


def test_conversations_without_a_sweep_or_with_an_old_one_are_unknown() -> None:
    with oracle_with(*CALLS) as database:
        unswept = failed(conversations(database))
    assert code_of(unswept) == "STREAM-UNSWEPT"
    assert "`run` ends one within CDC_RECONCILE_INTERVAL_MINUTES" in str(unswept)
    with oracle_with(*CALLS, SWEPT.format(mode=NORMAL_MODE, age=25)) as database:
        assert failure_of(conversations(database)) == "STREAM-STALE"


LOG = (
    "CREATE TABLE USERS_LOG (CDC_CHANGE_ID NUMBER, CDC_CHANGED_AT TIMESTAMP)",
    "INSERT INTO USERS_LOG VALUES (1, SYS_EXTRACT_UTC(SYSTIMESTAMP) - INTERVAL '30' MINUTE)",
    "INSERT INTO USERS_LOG VALUES (2, SYS_EXTRACT_UTC(SYSTIMESTAMP))",
)
REGISTERED = (
    table("CDC_CHANGE_TABLES"),
    table("CDC_HEARTBEAT"),
    "INSERT INTO CDC_CHANGE_TABLES (TABLE_NAME, SOURCE_OWNER, CHANGE_TABLE, TOTAL_SHIPPED) "
    "VALUES ('users', 'COREDB', 'USERS_LOG', 40)",
    *LOG,
)
BEAT = (
    "INSERT INTO CDC_HEARTBEAT (ID, BEAT_AT) "
    "VALUES (1, SYS_EXTRACT_UTC(SYSTIMESTAMP) - INTERVAL '{age}' MINUTE)"
)


def test_changes_lag_by_the_oldest_that_waits() -> None:
    with oracle_with(*REGISTERED, BEAT.format(age=1)) as database:
        found = Changes(database.session, MINUTES).count(Meter(), Meter())
    assert (found.expected, found.missing) == (42, None)
    assert found.lag is not None
    assert found.age is not None
    assert timedelta(minutes=29) < found.lag < timedelta(minutes=32)
    assert found.age < timedelta(minutes=3)


def test_changes_without_a_young_heartbeat_or_any_table_are_unknown() -> None:
    with oracle_with(*REGISTERED, BEAT.format(age=11)) as database:
        assert failure_of(Changes(database.session, MINUTES)) == "STREAM-HEARTBEAT"
    with oracle_with(*REGISTERED[:2]) as database:
        assert failure_of(Changes(database.session, MINUTES)) == "STREAM-EMPTY"


def test_a_stream_whose_tables_are_not_there_is_unknown_by_oracles_code_and_their_names() -> None:
    with oracle_with() as database:
        sessions = database.session
        for stream, tables in (
            (conversations(database), "CDC_PROCESSING_STATUS or CDC_PROCESSED_CALLS"),
            (Changes(sessions, MINUTES), "CDC_CHANGE_TABLES"),
            (HeartbeatView(sessions, "GGADMIN.GG_LAG", MINUTES), "GGADMIN.GG_LAG"),
        ):
            error = failed(stream)
            assert code_of(error) == "ORA-00942"
            assert f"ORA-00942 at {tables}: no such table or synonym, or no SELECT on it" in str(
                error
            )
            assert "cdc_service.py monitor check" in str(error)
            assert "cdc_service.py check" not in str(error)
    with oracle_with(*REGISTERED[:1], *REGISTERED[2:3]) as database:
        assert "CDC_HEARTBEAT" in str(failed(Changes(database.session, MINUTES)))
    with oracle_with(*REGISTERED[:3], BEAT.format(age=1)) as database:
        assert "USERS_LOG" in str(failed(Changes(database.session, MINUTES)))


@dataclass
class Folder:
    """Extracts in a directory."""

    path: Path

    def write(self, name: str, text: str) -> str:
        """Write a file, and return its line for a manifest."""
        (self.path / name).write_text(text, encoding="utf-8")
        return f"{name};doc-1;{sha256(text.encode()).hexdigest()}"

    def manifest(self, *lines: str, name: str = "a.mf", age: timedelta = timedelta(0)) -> None:
        """Write a manifest of some age."""
        path = self.path / name
        path.write_text("\n".join(lines), encoding="utf-8")
        at = (NOW - age).timestamp()
        os.utime(path, (at, at))

    def stream(self) -> Extracts:
        return Extracts(self.path, lambda: NOW)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_each_file_of_the_newest_manifest_must_be_there_and_whole(folder: Folder) -> None:
    first, second, third = (folder.write(f"{name}.zip", name) for name in "abc")
    folder.manifest(first, name="old.mf", age=DAY)
    folder.manifest(first, second, third, age=timedelta(hours=2))
    stream = folder.stream()
    hours = timedelta(hours=2)
    assert stream.count(Meter(), Meter()) == Counts(NOW, 3, 0, hours, hours)
    (folder.path / "b.zip").unlink()
    # Half of it, such as one that is still being written.
    (folder.path / "c.zip").write_text("", encoding="utf-8")
    assert stream.count(Meter(), Meter()).missing == 2
    folder.write("b.zip", "b")
    folder.write("c.zip", "c")
    assert stream.count(Meter(), Meter()).missing == 0


def test_a_file_is_read_again_only_once_it_has_changed(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.manifest(folder.write("a.zip", "a"))
    stream = folder.stream()
    stream.count(Meter(), Meter())
    monkeypatch.setattr("sync_monitor.streams.extracts.checksum_of", lambda path: "read again")
    assert stream.count(Meter(), Meter()).missing == 0
    folder.write("a.zip", "longer")
    assert stream.count(Meter(), Meter()).missing == 1


@pytest.mark.parametrize(
    "line",
    ["a.zip", "a.zip;1;abc", f"../a.zip;1;{'0' * 64}", f"..;1;{'0' * 64}", f"/etc/x;1;{'0' * 64}"],
)
def test_a_manifest_of_another_form_is_unknown(folder: Folder, line: str) -> None:
    folder.manifest(line)
    assert failure_of(folder.stream()) == "EXTRACT-MANIFEST"


def test_without_a_manifest_nothing_is_known(folder: Folder) -> None:
    folder.write("a.zip", "a")
    assert failure_of(folder.stream()) == "EXTRACT-NO-MANIFEST"
    folder.manifest("")
    assert failure_of(folder.stream()) == "EXTRACT-MANIFEST"
    assert failure_of(Extracts(folder.path / "gone", lambda: NOW)) == "EXTRACT-UNREADABLE"
