"""Hive's edge: names and errors by themselves, and on a genuine HiveServer2 where there is one."""

from __future__ import annotations

import gc
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from standins.hiveserver import HOME
from sync_monitor.errors import LakeUnusable
from sync_monitor.lake.hive import HiveLake, HivePlace, HiveTable
from sync_monitor.lake.hive_words import code_of_text, code_of_transport, columns_of, key_of
from sync_monitor.lake.seam import LakeTable
from sync_monitor.metering import Meter
from sync_monitor.model import Column, Engine, Kind, Sync
from sync_monitor.rows.canonical import expressions
from sync_monitor.rows.dialects import Dialect
from tests.lakes.stages import HiveStage, hive_server
from tests.lakes.test_contract import DAY, FIRST, LAST, ROWS

SYNC = Sync("S", "A.T", "a.t", "CHANGED", Engine.HIVE, keys=("ID",))
on_server = pytest.mark.skipif(
    HOME not in os.environ, reason=f"{HOME} names no pyspark: `make test-hive` installs one"
)

#: thrift leaves the socket of an attempt that failed to the garbage collector.
leaves_sockets = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[HiveStage]:
    made = HiveStage(tmp_path, hive_server().port)
    yield made
    made.lake.close()
    made.cursor.close()
    made.admin.close()


@pytest.fixture
def table(stage: HiveStage) -> Iterator[LakeTable]:
    with closing(stage.lake.open(stage.sync, Meter())) as found:
        yield found


@pytest.fixture
def mute() -> Iterator[int]:
    """Listen, and answer nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def code_of(table: LakeTable) -> str:
    with pytest.raises(LakeUnusable) as refused:
        table.measure(DAY, None)
    return refused.value.state_code


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("dt=2026-11-23", "2026-11-23"),
        ("DT=2026-11-23", "2026-11-23"),
        ("region=north/dt=2026-11-23", "2026-11-23"),
        ("dt=2026-11-23T05%3A00", "2026-11-23T05:00"),
        ("region=north", None),
    ],
)
def test_a_partition_has_its_key_wherever_it_stands(name: str, key: str | None) -> None:
    assert key_of(name, "dt") == key


def test_a_description_ends_where_partitions_begin() -> None:
    rows = [
        ("id", "int", ""),
        ("pay", "decimal(9,2)", ""),
        ("name", "varchar(10)", ""),
        ("flag", "char(1)", ""),
        ("born", "date", ""),
        ("tags", "array<string>", ""),
        ("# Partition Information", "", ""),
        ("dt", "string", ""),
    ]
    kinds = [(column.kind, column.scale) for column in columns_of(rows)]
    assert kinds == [
        (Kind.INTEGER, 0),
        (Kind.DECIMAL, 2),
        (Kind.TEXT, 0),
        (Kind.CHAR, 0),
        (Kind.TIMESTAMP, 0),
        (Kind.OTHER, 0),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SemanticException [Error 10001]: Line 1:21 Table not found 't'", "LAKE-ABSENT"),
        ("[TABLE_OR_VIEW_NOT_FOUND] The table or view `a`.`t`", "LAKE-ABSENT"),
        ("HiveAccessControlException Permission denied: user", "LAKE-DENIED"),
        ("[FAILED_READ_FILE.FILE_NOT_EXIST] Encountered error", "LAKE-VANISHED"),
        ("[FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH] ...", "LAKE-SCHEMA"),
        ("[FAILED_READ_FILE.NO_HINT] ... is not a Parquet file", "LAKE-FILE"),
        ("OutOfMemoryError: Java heap space", "LAKE-FAILED"),
    ],
)
def test_an_error_has_its_code(text: str, code: str) -> None:
    assert code_of_text(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Bad status: 3 (b'Error validating the login')", "LAKE-LOGIN"),
        ("read timed out", "LAKE-TIMEOUT"),
        ("Could not connect to any of [('127.0.0.1', 1)]", "LAKE-UNREACHABLE"),
    ],
)
def test_a_broken_connection_has_its_code(text: str, code: str) -> None:
    assert code_of_transport(text) == code


@pytest.mark.parametrize("target", ["a.${t}", "a.t\x00", "a..t"])
def test_a_name_that_is_none_is_refused(target: str) -> None:
    with pytest.raises(LakeUnusable) as refused:
        HiveLake(HivePlace("127.0.0.1", 1, "tests"), 1.0).open(
            replace(SYNC, target=target), Meter()
        )
    assert refused.value.state_code == "LAKE-NAME"


def test_a_key_that_a_server_would_replace_is_refused() -> None:
    with closing(HiveLake(HivePlace("127.0.0.1", 1, "tests"), 1.0).open(SYNC, Meter())) as table:
        with pytest.raises(LakeUnusable) as refused:
            table.measure("${system:user.name}", None)
        assert refused.value.state_code == "LAKE-NAME"


@leaves_sockets
def test_a_mute_server_is_given_up(mute: int) -> None:
    lake = HiveLake(HivePlace("127.0.0.1", mute, "tests"), 0.3)
    with closing(lake.open(SYNC, Meter())) as table:
        began = time.monotonic()
        assert code_of(table) == "LAKE-TIMEOUT"
    assert time.monotonic() - began < 5
    gc.collect()


@leaves_sockets
def test_nobody_there_is_unreachable(mute: int) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        lake = HiveLake(HivePlace("127.0.0.1", free.getsockname()[1], "tests"), 2.0)
        with closing(lake.open(SYNC, Meter())) as table:
            assert code_of(table) == "LAKE-UNREACHABLE"
    gc.collect()


class Forgetful(HiveTable):
    """A table whose server knows files that are gone, some number of times."""

    def __init__(self, times: int) -> None:
        super().__init__(HiveLake(HivePlace("127.0.0.1", 1, "tests"), 1.0), SYNC, Meter())
        self.times = times
        self.asked: list[str] = []

    def ask_once(self, sql: str, *, has_rows: bool = True) -> list[tuple[object, ...]]:
        self.asked.append(sql)
        if sql.startswith("REFRESH"):
            return []
        self.times -= 1
        if self.times >= 0:
            raise self.unusable("LAKE-VANISHED")
        return [(3,)]


def test_a_stale_list_of_files_is_refreshed_once() -> None:
    table = Forgetful(times=1)
    assert table.measure(DAY, None).rows == 3
    assert table.asked[1] == "REFRESH TABLE `a`.`t`"


def test_files_that_stay_away_are_not_measured() -> None:
    table = Forgetful(times=2)
    assert code_of(table) == "LAKE-VANISHED"
    assert len(table.asked) == 3


@on_server
def test_a_file_that_was_replaced_is_read_after_a_refresh(
    stage: HiveStage, table: LakeTable
) -> None:
    stage.write(DAY, ROWS)
    assert table.measure(DAY, None).rows == 3
    # Behind the server's back: the file that it knows goes, another comes.
    first = stage.directory / f"dt={DAY}" / "part-1.parquet"
    first.rename(first.with_name("part-9.parquet"))
    assert table.measure(DAY, None).rows == 3


@on_server
def test_half_a_file_is_not_measured(stage: HiveStage, table: LakeTable) -> None:
    stage.write(DAY, ROWS)
    place = stage.directory / f"dt={DAY}"
    (place / "part-2.parquet").write_bytes(b"PAR1" + b"x" * 100)
    stage.run(f"REFRESH TABLE {stage.name}")
    texts = expressions((Column("ID", Kind.INTEGER),), ("ID",), Dialect.HIVE)
    with pytest.raises(LakeUnusable) as refused:
        table.measure(DAY, texts)
    assert refused.value.state_code == "LAKE-FILE"


@on_server
def test_one_partition_is_asked_for_by_its_name(stage: HiveStage, table: LakeTable) -> None:
    for key in (FIRST, DAY, LAST):
        stage.write(key, ROWS)
    assert table.partitions(DAY, DAY).keys == (DAY,)
    assert table.partitions("2026-11-24", "2026-11-24").keys == ()


@on_server
def test_a_table_without_partitions_of_its_own_is_refused(
    stage: HiveStage, table: LakeTable
) -> None:
    stage.run(f"CREATE TABLE {stage.name}_plain (id BIGINT) STORED AS PARQUET")
    plain = replace(stage.sync, target=f"{stage.name}_plain")
    with closing(stage.lake.open(plain, Meter())) as found:
        with pytest.raises(LakeUnusable) as refused:
            found.partitions(FIRST, LAST)
        assert refused.value.state_code == "LAKE-SCHEMA"


@on_server
@pytest.mark.parametrize("how", ["late", "cancelled"])
def test_a_long_statement_has_its_end(stage: HiveStage, how: str) -> None:
    lake = HiveLake(stage.lake.place, 3.0 if how == "late" else 60.0)  # type: ignore[attr-defined]
    with closing(lake.open(stage.sync, Meter())) as found:
        assert isinstance(found, HiveTable)
        timer = threading.Timer(2.0, lake.cancel)
        if how == "cancelled":
            timer.start()
        began = time.monotonic()
        with pytest.raises(LakeUnusable) as refused:
            found.ask("SELECT SUM(id * 7 % 3) FROM range(200000000000)")
        assert time.monotonic() - began < 40
        timer.cancel()
    assert refused.value.state_code == ("LAKE-TIMEOUT" if how == "late" else "LAKE-CANCELLED")


@on_server
def test_values_have_the_text_that_oracle_gives_them(stage: HiveStage, table: LakeTable) -> None:
    columns = (
        Column("ID", Kind.INTEGER),
        Column("CODE", Kind.TEXT),
        Column("AMOUNT", Kind.DECIMAL, 2),
        Column("FLAG", Kind.CHAR),
        Column("BORN", Kind.TIMESTAMP),
        Column("CHANGED", Kind.TIMESTAMP, lake_name="changed_at"),
    )
    stage.run(
        f"CREATE TABLE {stage.name}_texts (id DECIMAL(38,0), code STRING, amount DECIMAL(22,2), "
        "flag CHAR(3), born DATE, changed_at TIMESTAMP) PARTITIONED BY (dt STRING) "
        "STORED AS PARQUET"
    )
    stage.run(
        f"INSERT INTO {stage.name}_texts PARTITION (dt = '{DAY}') VALUES "
        "(12345678901234567890123456789012345678, 'O\\'Neil|', -0.05, 'Y', DATE '2001-02-03', "
        "TIMESTAMP '2026-11-23 04:05:06.00007'), "
        "(-3, '', 99999999999999999999.99, NULL, NULL, TIMESTAMP '1899-12-31 23:59:59.999999'), "
        "(4, 'blank ', 0, 'שם', NULL, NULL)"
    )
    texts = expressions(columns, ("ID", "CODE"), Dialect.HIVE)
    with closing(stage.lake.open(replace(stage.sync, target=f"{stage.name}_texts"), Meter())) as it:
        assert isinstance(it, HiveTable)
        rows = it.ask(f"SELECT {texts.row} {it.rows(DAY).clause}")
    assert sorted(text for (text,) in rows) == [
        "-3|~|99999999999999999999.99|~|~|1899-12-31 23:59:59.999999",
        "12345678901234567890123456789012345678|O'Neil||-0.05|Y|2001-02-03 00:00:00.000000"
        "|2026-11-23 04:05:06.000070",
        "4|blank |0.00|שם|~|~",
    ]
