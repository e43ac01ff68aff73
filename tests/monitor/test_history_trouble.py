"""The history in trouble: killed, damaged, full, of another version, on the wrong disk."""

from __future__ import annotations

import logging
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from oracle_cdc.errors import SettingsError
from sync_monitor.errors import HistoryUnavailable
from sync_monitor.history import queries
from sync_monitor.history.chain import verify
from sync_monitor.history.file import FILE
from sync_monitor.history.migrations import Script, read_scripts
from sync_monitor.history.reader import Reader
from sync_monitor.history.store import Store
from sync_monitor.history.writing import write_entries
from tests.monitor.building import at
from tests.monitor.entries import failed, faulty

WRITES_UNTIL_IT_IS_KILLED = """
import sys
from pathlib import Path
from sync_monitor.history.store import Store
from sync_monitor.history.writing import write_entries
from tests.monitor.building import at
from tests.monitor.entries import faulty

store = Store(Path(sys.argv[1]))
for hour in range(100_000):
    store.write(lambda connection: write_entries(connection, [faulty(at(hour))]))
    print(hour + 1, flush=True)
"""
KILLED_WITHIN_A_LOOK = """
import os, signal, sys
from pathlib import Path
from sync_monitor.history import writing
from sync_monitor.history.store import Store
from tests.monitor.entries import faulty

left = int(sys.argv[2])
put = writing.put

def put_and_die(*arguments, **options):
    global left
    answer = put(*arguments, **options)
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    return answer

store = Store(Path(sys.argv[1]))
store.write(lambda connection: writing.write_entries(connection, [faulty()]))
writing.put = put_and_die
store.write(lambda connection: writing.write_entries(connection, [faulty()]))
"""
ROOT = Path(__file__).parents[2]
#: Statements that write one look: itself, its cells, spans, issues and its sync.
STEPS = 10


def start(code: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_every_look_that_was_written_outlives_a_kill(tmp_path: Path) -> None:
    with start(WRITES_UNTIL_IT_IS_KILLED, tmp_path) as writer:
        assert writer.stdout
        for line in writer.stdout:
            if int(line) >= 20:
                break
        writer.kill()
        written = [int(line) for line in writer.stdout.read().split()]
    last = max([20, *written])
    with Store(tmp_path) as store:
        found = store.read(verify)
        assert found.is_whole, found.fault
        assert found.looks in (last, last + 1)
        assert len(store.read(queries.open_issues)) == 3


@pytest.mark.parametrize("step", [1, 2, STEPS // 2, STEPS])
def test_a_look_is_whole_or_absent_wherever_it_is_killed(tmp_path: Path, step: int) -> None:
    with start(KILLED_WITHIN_A_LOOK, tmp_path, step) as writer:
        assert writer.wait(60) == -signal.SIGKILL
    with Store(tmp_path) as store:
        assert store.read(verify).looks == 1
        assert store.read(verify).is_whole
        assert {issue.last_look for issue in store.read(queries.open_issues)} == {1}


def test_a_file_that_is_no_database_is_moved_aside(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all" * 1000)
    with Store(tmp_path, clock=lambda: at(0)) as store:
        assert store.write(lambda connection: write_entries(connection, [failed()])) == [1]
    aside = tmp_path / "history.db.damaged-20261125T095200000000"
    assert aside.read_bytes().startswith(b"no database")
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert str(aside) in caplog.text


def damage(path: Path) -> None:
    """Change all but the first page of a database."""
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (path.stat().st_size - 4096))


def fill(store: Store) -> None:
    for hour in range(20):
        store.write(lambda connection, hour=hour: write_entries(connection, [faulty(at(hour))]))
    checkpoint = sqlite3.connect(store.path)
    checkpoint.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    checkpoint.close()


def test_a_file_that_is_damaged_meanwhile_is_moved_aside_and_writing_goes_on(
    tmp_path: Path,
) -> None:
    with Store(tmp_path) as store:
        fill(store)
        damage(store.path)
        store.write(lambda connection: connection.execute("PRAGMA shrink_memory"))
        assert store.write(count_whole) == 0
        assert len(list(tmp_path.glob("history.db.damaged-*"))) >= 1
        assert store.write(lambda connection: write_entries(connection, [failed()])) == [1]
        assert len(store.read(queries.looks)) == 1


def count_whole(connection: sqlite3.Connection) -> int:
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise sqlite3.DatabaseError("database disk image is malformed")
    return int(connection.execute("SELECT COUNT(*) FROM look").fetchone()[0])


def test_a_reader_that_finds_damage_is_answered_from_the_new_file(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        fill(store)
        damage(store.path)
        assert store.read(queries.looks) == []
        assert list(tmp_path.glob("history.db.damaged-*"))


def test_a_reader_of_another_process_follows_the_new_file(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        fill(store)
        reader = Reader(store.path)
        assert len(reader.read(queries.looks)) == 20
        damage(store.path)
        assert store.read(queries.looks) == []
        assert reader.read(queries.looks) == []
        reader.close()


def test_a_reader_without_a_file_says_that_it_can_not_be_used(tmp_path: Path) -> None:
    with pytest.raises(HistoryUnavailable, match="No such file"):
        Reader(tmp_path / FILE).read(queries.looks)


def test_a_reader_who_must_not_write_learns_when_that_is_needed(tmp_path: Path) -> None:
    Store(tmp_path).close()
    reader = Reader(tmp_path / FILE)
    try:
        # SQLite says the same of the files that it makes beside one that nobody writes.
        with pytest.raises(HistoryUnavailable, match="needed while no monitor runs"):
            reader.read(lambda connection: connection.execute("DELETE FROM span"))
    finally:
        reader.close()


def test_nobody_waits_for_a_history_that_is_closed(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.close()
    with pytest.raises(HistoryUnavailable, match="closed"):
        store.write(queries.looks)


def test_a_history_is_read_while_nobody_writes_it(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.write(lambda connection: write_entries(connection, [faulty()]))
    reader = Reader(tmp_path / FILE)
    assert len(reader.read(queries.looks)) == 1
    reader.close()


def test_a_history_that_could_not_be_begun_anew_is_once_it_can(tmp_path: Path) -> None:
    scripts = list(read_scripts())
    with Store(tmp_path, scripts) as store:
        fill(store)
        damage(store.path)
        scripts.append(Script(scripts[-1].version + 1, "ALTER TABLE nothing ADD COLUMN b;"))
        with pytest.raises(HistoryUnavailable, match="nothing"):
            store.write(count_whole)
        with pytest.raises(HistoryUnavailable, match="nothing"):
            store.write(count_whole)
        scripts.pop()
        assert store.write(lambda connection: write_entries(connection, [failed()])) == [1]
        assert len(store.read(queries.looks)) == 1


NEWEST = read_scripts()[-1].version
NEXT = Script(NEWEST + 1, "ALTER TABLE silence ADD COLUMN channel TEXT NOT NULL DEFAULT '';")


def test_an_older_file_is_copied_and_then_brought_up_to_date(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.write(lambda connection: write_entries(connection, [faulty()]))
    with Store(tmp_path, [*read_scripts(), NEXT]) as store:
        assert store.read(verify).looks == 1
        columns = store.read(lambda c: c.execute("SELECT * FROM silence").description)
        assert columns[-1][0] == "channel"
    copy = sqlite3.connect(tmp_path / f"history.db.version-{NEWEST}")
    assert copy.execute("PRAGMA user_version").fetchone() == (NEWEST,)
    assert copy.execute("SELECT COUNT(*) FROM look").fetchone() == (1,)
    copy.close()


def test_a_file_of_a_newer_program_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    Store(tmp_path, [*read_scripts(), NEXT]).close()
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(SettingsError, match=rf"version {NEXT.version}.*up to {NEWEST}"):
        Store(tmp_path)
    assert (tmp_path / FILE).read_bytes() == before


def test_a_script_that_fails_leaves_the_version_before_it(tmp_path: Path) -> None:
    Store(tmp_path).close()
    broken = Script(
        NEXT.version, "CREATE TABLE half (a TEXT) STRICT; ALTER TABLE nothing ADD COLUMN b;"
    )
    with pytest.raises(HistoryUnavailable, match="nothing"):
        Store(tmp_path, [*read_scripts(), broken])
    with Store(tmp_path) as store:
        names = store.read(lambda c: c.execute("SELECT name FROM sqlite_schema").fetchall())
        assert "half" not in {row["name"] for row in names}


def test_scripts_are_numbered_without_a_hole(tmp_path: Path) -> None:
    (tmp_path / "schema.sql").write_text("", encoding="utf-8")
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "003_late.sql").write_text("", encoding="utf-8")
    with pytest.raises(SettingsError, match="begins with 002_"):
        read_scripts(tmp_path)
