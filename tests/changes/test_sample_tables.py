"""Each table of the sample schema is captured, shown in a snapshot, and shipped as its model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import config
from oracle_cdc.changes.capture.ddl import drop_triggers
from oracle_cdc.changes.capture.describing import as_source
from oracle_cdc.changes.capture.dictionary import read_columns
from oracle_cdc.changes.capture.installing import Wanted, install_own, install_triggers, plan
from oracle_cdc.changes.capture.keys import make_keys
from oracle_cdc.changes.capture.registry import Registered, read_registry
from oracle_cdc.changes.capture.snapshot_sql import SnapshotSql
from oracle_cdc.changes.capture.snapshot_steps import Steps
from oracle_cdc.changes.edges import change_statements
from oracle_cdc.changes.lanes.change_log import ChangeLog
from oracle_cdc.changes.lanes.change_log_sql import LogSql
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


def read_images(
    session: Session, registered: Registered, model: TableModel
) -> list[dict[str, object]]:
    """Return what a lane reads of a change table."""
    logged = read_columns(session, registered.log)
    shape = find_shape(model, registered.log, logged, included=tuple(model.columns), lobs=True)
    log = ChangeLog(LogSql(shape, 1000))
    rows = [row for chunk in log.stream(session, 10, 10) for row in chunk]
    assert not [row.oddity for row in rows if row.oddity]
    return [dict(row.image) for row in rows]


def capture(session: Session, model: TableModel) -> None:
    """Have a table captured with all of its columns, and write down what is in it."""
    source = as_source(model)
    wanted = Wanted(model.table, source, lobs=True, has_all_columns=True)
    installation = plan(session, wanted)
    install_own(session, installation)
    assert install_triggers(session, list(installation.triggers()))
    keys = make_keys(source.columns, source.keys, model.source)
    steps = Steps(model.table, SnapshotSql(installation.capture, keys), 10)
    steps.begin(session)
    assert steps.advance(session).rows == 1


def test_each_sample_table_is_captured_snapshot_and_shipped(commands: Commands) -> None:
    models = read_models(MODELS)
    administer(commands.server, "GRANT CREATE ANY TRIGGER, DROP ANY TRIGGER TO CDC")
    commands.change(*map(insert, models.values()))
    with closing(commands.connect("CDC")) as connection:
        session = Session(connection, change_statements(), 30)
        for model in models.values():
            capture(session, model)
            registered = {each.table: each for each in read_registry(session)}[model.table]
            (image,) = read_images(session, registered, model)
            assert None not in image.values(), model.table
            # Every trigger that there is costs the stand-in time behind each definition.
            for statement in drop_triggers(registered.source):
                session.run(statement)


def test_defaults_of_the_page_fit_the_sample_models() -> None:
    transformers = read_transformers(config.TABLE_TRANSFORMERS, read_models(MODELS))
    assert set(transformers) == {"users", "orders", "agents"}
