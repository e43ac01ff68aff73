"""The folder that samples go into: full, in use by another extraction, or in the way itself."""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

from oracle_cdc.errors import CdcError, OracleUnavailable, SettingsError
from oracle_cdc.extraction.extract import GONE, MOST_UNANSWERED, Extraction
from oracle_cdc.extraction.files import part_file, reserved
from oracle_cdc.extraction.model import TableSchema
from tests.integration.extractions import Schema, Watched, serve_schema


@pytest.fixture
def schema(tmp_path: Path) -> Iterator[Schema]:
    with serve_schema(tmp_path / "samples") as schema:
        schema.run("CREATE TABLE app.ONE (ID NUMBER)")
        yield schema


@contextmanager
def disk_that_takes(byte_count: int) -> Iterator[None]:
    """Have files refused that grow beyond a size: the same error as of a full disk in its place."""
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (byte_count, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)


def test_a_disk_that_takes_no_more_leaves_no_part_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "ONE.csv"
    with (
        disk_that_takes(10),
        pytest.raises(OSError, match="it is full"),
        part_file(path) as file,
    ):
        file.write(b"more than it takes")
        raise OSError(errno.ENOSPC, "it is full")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["manifest.json", "database_info.json.part", "accessible_tables.json"]
)
def test_a_file_of_all_tables_that_can_not_be_written_is_named(schema: Schema, name: str) -> None:
    (schema.folder / name / "full").mkdir(parents=True)
    with pytest.raises(CdcError, match=name.removesuffix(".part")):
        schema.extract()


def test_a_second_extraction_never_writes_into_the_folder_of_one_under_way(schema: Schema) -> None:
    schema.run("INSERT INTO app.ONE VALUES (1)")

    class Second(Watched):
        def advance(self, count: int) -> None:
            before = schema.names()
            with pytest.raises(SettingsError, match="another extraction is writing there"):
                schema.extract()
            assert schema.names() == before

    assert schema.extract(Second())["ONE"].error is None
    assert schema.extract()["ONE"].error is None


def test_a_file_that_the_disk_does_not_take_leaves_no_other_of_its_table(schema: Schema) -> None:
    name = "A" * 100
    schema.run(f"CREATE TABLE app.WIDE ({name} NUMBER)")
    schema.run("INSERT INTO app.WIDE SELECT LEVEL FROM DUAL CONNECT BY LEVEL <= 60")
    # Of its JSON file, which has the name in each row, it does not take the end.
    with disk_that_takes(6000):
        assert schema.extract(tables="wide")["WIDE"].error is not None
    assert not [name for name in schema.names() if "_sample_" in name]


def test_what_is_there_while_it_runs_is_not_complete(schema: Schema) -> None:
    schema.run("INSERT INTO app.ONE VALUES (1)")
    schema.extract()
    assert schema.written("manifest.json")["complete"]

    class Looking(Watched):
        def advance(self, count: int) -> None:
            super().advance(count)
            # As it stays where the run is killed now.
            assert not schema.written("manifest.json")["complete"]
            assert schema.written("manifest.json")["tables"] == []

    looking = Looking()
    schema.extract(looking)
    assert looking.advanced
    assert schema.written("manifest.json")["complete"]


def test_a_folder_is_free_again_once_its_extraction_failed(tmp_path: Path) -> None:
    with pytest.raises(CdcError), reserved(tmp_path):
        raise CdcError("failed")
    with reserved(tmp_path):
        assert list(tmp_path.iterdir()) == []


def test_all_that_is_complete_is_on_the_disk_before_it_is_said(
    schema: Schema, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[str] = []
    usual = os.fsync

    def fsync(descriptor: int) -> None:
        usual(descriptor)
        kept.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)

    monkeypatch.setattr(os, "fsync", fsync)
    schema.extract()
    names = {name for name in schema.names() if name != "manifest.json"}
    at = kept.index(schema.folder.name)
    assert {f"{name}.part" for name in names} <= set(kept[:at])
    assert kept[at + 1 :] == ["manifest.json.part"]


def test_an_oracle_that_is_gone_is_not_waited_for_at_each_table(
    schema: Schema, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        schema.run(f"CREATE TABLE app.T{number} (ID NUMBER)")
    tried: list[str] = []

    def fail(extraction: Extraction, table: TableSchema, *args: object) -> NoReturn:
        tried.append(table.name.name)
        raise OracleUnavailable("ORA-12541")

    monkeypatch.setattr(Extraction, "sample", fail)
    outcomes = schema.extract()
    assert len(tried) == MOST_UNANSWERED
    assert [outcome.error for outcome in outcomes.values()] == ["ORA-12541"] * 3 + [GONE] * 3
    monkeypatch.undo()
    assert schema.extract()["T4"].error is None
