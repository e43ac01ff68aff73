"""Each table of the sample schema is captured, shown in a snapshot, and shipped as its model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import config
from oracle_cdc.changes.capture.dictionary import read_columns
from oracle_cdc.changes.capture.registry import Registered, read_registry
from oracle_cdc.changes.edges import change_statements
from oracle_cdc.changes.lanes.log import ChangeLog
from oracle_cdc.changes.lanes.log_sql import LogSql
from oracle_cdc.changes.lanes.shapes import find_shape
from oracle_cdc.changes.model_files import read_models
from oracle_cdc.changes.rules.table_models import ModelColumn, TableModel
from oracle_cdc.changes.rules.transformers import read_transformers
from oracle_cdc.oracle.session import Session
from tests.changes.changecommands import Commands, serve_commands
from tests.changes.coredb import MODELS, administer

VALUES = {
    "NUMBER": "1",
    "BINARY_DOUBLE": "1.5",
    "BINARY_FLOAT": "1.5",
    "VARCHAR2": "'x'",
    "CHAR": "'x'",
    "NVARCHAR2": "N'x'",
    "CLOB": "'long'",
    "NCLOB": "'long'",
    "RAW": "HEXTORAW('00FF')",
    "BLOB": "HEXTORAW('00FF')",
    "DATE": "DATE '2026-01-02'",
    "TIMESTAMP": "TIMESTAMP '2026-01-02 03:04:05.5'",
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMP '2026-01-02 03:04:05.5 +02:00'",
    "INTERVAL DAY TO SECOND": "INTERVAL '5' SECOND",
}


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Commands]:
    with serve_commands(tmp_path, monkeypatch) as commands:
        yield commands


def insert(model: TableModel) -> str:
    """Return what adds a row with a value in each column."""
    names = ", ".join(column.column for column in model.columns.values())
    values = ", ".join(map(value_of, model.columns.values()))
    return f"INSERT INTO {model.source} ({names}) VALUES ({values})"


def value_of(column: ModelColumn) -> str:
    kind = ""
    depth = 0
    for sign in column.oracle_type:
        depth += (sign == "(") - (sign == ")")
        if not depth and sign != ")":
            kind += sign
    return VALUES[kind]


def read_images(session: Session, registered: Registered, model: TableModel) -> list[object]:
    """Return what a lane reads of a change table."""
    logged = read_columns(session, registered.log)
    shape = find_shape(model, registered.log, logged, included=tuple(model.columns), lobs=True)
    log = ChangeLog(LogSql(shape, 1000))
    rows = [row for chunk in log.stream(session, 10, 10) for row in chunk]
    assert not [row.oddity for row in rows if row.oddity]
    return [dict(row.image) for row in rows]


def test_each_sample_table_is_captured_snapshot_and_shipped(
    commands: Commands, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    models = read_models(MODELS)
    everything = {name: {"lobs": "after"} for name in models}
    monkeypatch.setenv("TABLE_TRANSFORMERS", json.dumps(everything))
    administer(commands.server, "GRANT CREATE ANY TRIGGER TO CDC")
    for model in models.values():
        commands.change(insert(model))
        assert commands.run("install", "--table", model.source) == 0, capsys.readouterr().out
        assert commands.run("snapshot", "--table", model.source) == 0
    assert commands.run("status") == 0
    with closing(commands.connect("CDC")) as connection:
        session = Session(connection, change_statements(), 30)
        registry = read_registry(session)
        assert {each.table for each in registry} == set(models)
        for each in registry:
            (image,) = read_images(session, each, models[each.table])
            assert isinstance(image, dict)
            assert None not in image.values(), each.table


def test_defaults_of_the_page_fit_the_sample_models() -> None:
    transformers = read_transformers(config.TABLE_TRANSFORMERS, read_models(MODELS))
    assert set(transformers) == {"users", "orders", "agents"}
