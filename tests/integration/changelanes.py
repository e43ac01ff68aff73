"""The lane of the application's table, as it is shipped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from oracle_cdc import changes
from oracle_cdc.changes.capture.dictionary import read_columns
from oracle_cdc.changes.capture.model import Place
from oracle_cdc.changes.lanes.change_log import ChangeLog
from oracle_cdc.changes.lanes.change_log_sql import LogSql
from oracle_cdc.changes.lanes.shapes import LaneShape, find_shape
from oracle_cdc.changes.rules.table_models import JsonType, ModelColumn, TableModel
from oracle_cdc.oracle.queries import make_statements
from oracle_cdc.oracle.session import Session
from oracle_cdc.sql.statements import read_statements
from tests.integration.changeworlds import World

FOLDER = Path(changes.__file__).parent
STATEMENTS = make_statements(read_statements(tuple(sorted(FOLDER.rglob("*.sql")))))
LOG = Place("CDC", "CDC_C_USERS")
TYPES = {
    "ID": JsonType.INTEGER,
    "NAME": JsonType.STRING,
    "odd: name": JsonType.NUMBER_AS_TEXT,
    "AT": JsonType.TIME_AS_TEXT,
    "ZONED": JsonType.TIME_AS_TEXT,
    "CODE": JsonType.STRING,
    "BYTES": JsonType.BASE64,
    "NOTES": JsonType.STRING,
}


def make_model(
    types: dict[str, JsonType] = TYPES, keys: Sequence[str] = ("id",), table: str = "users"
) -> TableModel:
    columns = {}
    for name, json_type in types.items():
        field = name.lower()
        columns[field] = ModelColumn(field, name, "ANY", json_type, True)
    return TableModel(table, f"COREDB.{table.upper()}", tuple(keys), columns)


@contextmanager
def service_session(world: World) -> Iterator[Session]:
    """Lend a session of the service, with its own statements."""
    with world.connect("CDC") as connection:
        yield Session(connection, STATEMENTS, 30)


def read_shape(
    world: World, model: TableModel, *, included: Sequence[str] = (), lobs: bool = False
) -> LaneShape:
    """Return the shape of the lane. included: none for all fields."""
    with service_session(world) as session:
        logged = read_columns(session, LOG)
    return find_shape(model, LOG, logged, included=included or tuple(model.columns), lobs=lobs)


def open_log(world: World, *, lobs: bool = False, most_lob: int = 1000) -> ChangeLog:
    return ChangeLog(LogSql(read_shape(world, make_model(), lobs=lobs), most_lob))
