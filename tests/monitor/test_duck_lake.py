"""A directory of Parquet as it can be found: half-written, drifted, hidden, huge, gone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from types import TracebackType
from zoneinfo import ZoneInfo

import duckdb
import pytest

from sync_monitor.errors import LakeUnusable
from sync_monitor.lake import files
from sync_monitor.lake.duck import DuckLake, DuckTable
from sync_monitor.lake.files import list_partitions
from sync_monitor.lake.seam import NULL_PARTITION
from sync_monitor.looks.looking import newest_of_lake
from sync_monitor.metering import Meter
from tests.lakes.stages import DuckStage, Row

DAY = "2026-11-23"
FIRST, LAST = "2026-11-01", "2026-11-30"
#: Longer than statistics have room for, which then are of no time.
CUT_SHORT = 300
AT_HALF_PAST_NINE = datetime(2026, 11, 23, 9, 30, tzinfo=timezone.utc)
ROW: Row = (1, "a", "1.00", "2026-11-23 08:00:00")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[DuckStage]:
    found = DuckStage(tmp_path)
    yield found
    found.lake.close()


@pytest.fixture
def table(stage: DuckStage) -> Iterator[DuckTable]:
    with closing(stage.lake.open(stage.sync, Meter())) as found:
        yield found


def code_of(table: DuckTable, key: str = DAY) -> str:
    with pytest.raises(LakeUnusable) as refused:
        table.measure(key, None)
    assert "part-" not in str(refused.value)
    return refused.value.state_code


@pytest.mark.parametrize("size", [0, 3, 100, 300])
def test_a_file_that_is_half_written_is_no_count(
    stage: DuckStage, table: DuckTable, size: int
) -> None:
    stage.write(DAY, [ROW])
    (file,) = stage.directory.rglob("*.parquet")
    file.write_bytes(file.read_bytes()[:size])
    assert code_of(table) == "LAKE-FILE"


def test_what_is_being_written_is_passed_over(stage: DuckStage, table: DuckTable) -> None:
    stage.write(DAY, [ROW])
    place = stage.directory / f"dt={DAY}"
    for name in ("_SUCCESS", ".part-9.parquet", "_part-9.parquet", "part-9.parquet.crc"):
        (place / name).write_bytes(b"half")
    (place / "_temporary").mkdir()
    (place / "_temporary" / "part-8.parquet").write_bytes(b"half")
    assert table.measure(DAY, None).rows == 1


@pytest.mark.parametrize("log", ["_delta_log", ".hoodie", "_spark_metadata"])
def test_a_table_whose_log_says_which_files_count_is_not_measured(
    stage: DuckStage, table: DuckTable, log: str
) -> None:
    stage.write(DAY, [ROW])
    (stage.directory / log).mkdir()
    with pytest.raises(LakeUnusable, match=log) as refused:
        table.partitions(FIRST, LAST)
    assert refused.value.state_code == "LAKE-SCHEMA"


def test_files_in_folders_of_a_partition_are_its_own(stage: DuckStage, table: DuckTable) -> None:
    stage.write(DAY, [ROW])
    (file,) = stage.directory.rglob("*.parquet")
    deeper = file.parent / "region=north"
    deeper.mkdir()
    (deeper / "part-2.parquet").write_bytes(file.read_bytes())
    assert table.measure(DAY, None).rows == 2


def test_the_partition_of_null_is_named_and_counted_nowhere(
    stage: DuckStage, table: DuckTable
) -> None:
    stage.write(DAY, [ROW])
    stage.write(NULL_PARTITION, [ROW])
    listing = table.partitions(FIRST, LAST)
    assert listing.keys == (DAY,)
    assert listing.others == (f"dt={NULL_PARTITION}",)
    assert listing.has_null_partition
    for number in range(30):
        (stage.directory / f"other-{number}").mkdir()
    assert table.partitions(FIRST, LAST).has_null_partition


def test_a_partition_that_was_never_published_is_known(stage: DuckStage, table: DuckTable) -> None:
    stage.write(DAY, [ROW])
    staged = stage.directory / "_temporary" / "0" / f"dt={DAY}"
    staged.parent.mkdir(parents=True)
    (stage.directory / f"dt={DAY}").rename(staged)
    listing = table.partitions(FIRST, LAST)
    assert listing.keys == ()
    assert listing.unregistered == {DAY: str(staged)}
    assert table.measure(DAY, None).has_partition is False


@pytest.mark.parametrize("name", ["dt=2026-11-23T05%3A00", "DT=2026-11-23T05:00"])
def test_a_partition_is_found_again_by_whichever_name_it_was_listed(
    stage: DuckStage, table: DuckTable, name: str
) -> None:
    stage.write(DAY, [ROW])
    (stage.directory / f"dt={DAY}").rename(stage.directory / name)
    (key,) = table.partitions(FIRST, LAST).keys
    assert key == "2026-11-23T05:00"
    assert table.measure(key, None) == (1, None, True)
    assert table.measure("2026-11-23T06:00", None).has_partition is False


class Entry:
    """A directory's entry, as os.scandir gives it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.path = name


class Entries(list[Entry]):
    def __enter__(self) -> Entries:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pass


def test_of_a_hundred_thousand_partitions_those_of_the_window_are_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = [f"dt=1{number:05}-01-01" for number in range(100_000)]
    entries = Entries(map(Entry, [*names, f"dt={DAY}"]))
    looked_at: list[str] = []

    def scandir(place: Path) -> Entries:
        looked_at.append(str(place))
        return entries if place == Path("t") else Entries()

    monkeypatch.setattr(files.os, "scandir", scandir)
    assert list_partitions(Path("t"), "dt", FIRST, LAST).keys == (DAY,)
    assert looked_at == ["t", f"dt={DAY}"]


def test_a_file_that_vanishes_is_looked_for_once_more(
    stage: DuckStage, table: DuckTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.write(DAY, [ROW])
    (file,) = stage.directory.rglob("*.parquet")
    there = table.files
    gone = (str(file.with_name("gone.parquet")),)
    answers = iter([gone])
    monkeypatch.setattr(table, "files", lambda key: next(answers, None) or there(key))
    assert table.measure(DAY, None).rows == 1
    monkeypatch.setattr(table, "files", lambda key: gone)
    assert code_of(table) == "LAKE-VANISHED"


def test_a_statement_ends_at_its_deadline(stage: DuckStage) -> None:
    lake = DuckLake(0.2)
    with closing(lake), closing(lake.open(stage.sync, Meter())) as table:
        with pytest.raises(LakeUnusable) as refused:
            table.ask("SELECT COUNT(*) FROM range(40000000000)")
        assert refused.value.state_code == "LAKE-TIMEOUT"
        assert table.ask("SELECT 1") == [(1,)]


def test_the_newest_time_is_read_where_files_have_no_statistics(
    stage: DuckStage, table: DuckTable
) -> None:
    place = stage.directory / f"dt={DAY}"
    place.mkdir()
    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT 1 AS id, '2026-11-23 08:30:00' AS changed) "
            f"TO '{place}/part-1.parquet' (FORMAT parquet)"
        )
        connection.execute(
            f"COPY (SELECT 1 AS id, rpad('2026-11-23 09:30:00', {CUT_SHORT}, ' ') AS changed) "
            f"TO '{place}/part-2.parquet' (FORMAT parquet)"
        )
    assert table.newest(table.partitions(FIRST, LAST)) == datetime(2026, 11, 23, 9, 30)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Jerusalem", "America/New_York"])
@pytest.mark.parametrize("kind", ["TIMESTAMPTZ", "VARCHAR"])
def test_a_time_with_a_zone_is_the_lakes_wherever_the_monitor_runs(
    stage: DuckStage, zone: str, kind: str
) -> None:
    place = stage.directory / f"dt={DAY}"
    place.mkdir()
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT 1 AS id, CAST(rpad('2026-11-23 09:30:00+00', {CUT_SHORT}, ' ') "
            f"AS {kind}) AS changed) TO '{place}/part.parquet' (FORMAT parquet)"
        )
    sync = replace(stage.sync, lake_zone=ZoneInfo(zone))
    with closing(stage.lake.open(sync, Meter())) as table:
        assert newest_of_lake(sync, table, table.partitions(FIRST, LAST)) == AT_HALF_PAST_NINE


def test_a_time_that_no_calendar_has_is_passed_over(stage: DuckStage, table: DuckTable) -> None:
    stage.write(DAY, [ROW])
    place = stage.directory / "dt=2026-11-24"
    place.mkdir()
    with closing(duckdb.connect()) as connection:
        connection.execute(
            "COPY (SELECT 1 AS id, TIMESTAMP '20000-01-01 00:00:00' AS changed) "
            f"TO '{place}/part.parquet' (FORMAT parquet)"
        )
    newest = table.newest(table.partitions(FIRST, LAST))
    assert newest is not None
    assert newest.date().isoformat() == DAY


def test_a_name_with_a_pattern_in_it_is_refused(stage: DuckStage, table: DuckTable) -> None:
    stage.write(DAY, [ROW])
    (file,) = stage.directory.rglob("*.parquet")
    file.rename(file.with_name("part-[1].parquet"))
    assert code_of(table) == "LAKE-NAME"


def test_a_partition_whose_key_leads_elsewhere_is_none(
    stage: DuckStage, table: DuckTable, tmp_path: Path
) -> None:
    stage.write(DAY, [ROW])
    leading = f"dt={DAY}%2F..%2F..%2Felsewhere"
    (stage.directory / leading).mkdir()
    (stage.directory.parent / "elsewhere").mkdir(exist_ok=True)
    listing = table.partitions(FIRST, LAST)
    assert (listing.keys, listing.others) == ((DAY,), (leading,))


def test_links_that_lead_around_in_circles_end(stage: DuckStage, table: DuckTable) -> None:
    stage.write(DAY, [ROW])
    place = stage.directory / f"dt={DAY}"
    (place / "again").symlink_to(place)
    assert code_of(table) == "LAKE-NAME"


def test_a_partition_may_be_a_link_itself(
    stage: DuckStage, table: DuckTable, tmp_path: Path
) -> None:
    stage.write(DAY, [ROW])
    place = stage.directory / f"dt={DAY}"
    place.rename(tmp_path / "moved")
    place.symlink_to(tmp_path / "moved")
    assert table.measure(DAY, None).rows == 1


def test_a_directory_that_may_not_be_read_is_denied(
    stage: DuckStage, table: DuckTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(place: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files.os, "scandir", refuse)
    with pytest.raises(LakeUnusable) as refused:
        table.partitions(FIRST, LAST)
    assert refused.value.state_code == "LAKE-DENIED"
