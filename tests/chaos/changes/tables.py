"""The captured tables: columns, keys, and what of them is published."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.changes.plan import OWNER_PASSWORD, SCHEMA, SERVICE_PASSWORD, SERVICE_USER


@dataclass(frozen=True)
class Column:
    """A column. json_type: as the model of its table has it."""

    name: str
    oracle_type: str
    json_type: str = "string"

    @property
    def field(self) -> str:
        return self.name.lower()


@dataclass(frozen=True)
class Table:
    """A table.

    Parameters:
        transformer: what is published, as an operator writes it.
        hidden: columns that are not published.
        added: a column that a person may add while the service runs.
    """

    name: str
    keys: tuple[str, ...]
    columns: tuple[Column, ...]
    transformer: Mapping[str, object]
    hidden: tuple[str, ...] = ()
    added: Column | None = None

    @property
    def source(self) -> str:
        return f"{SCHEMA}.{self.name.upper()}"

    @property
    def shows_changes(self) -> bool:
        """Return whether an update has only the columns that differ, as they are published."""
        return self.transformer.get("imageMode") == "changed"

    @property
    def skips_unchanged(self) -> bool:
        """Return whether an update that changes nothing that is published is none."""
        return self.transformer.get("skipUnchanged") is True

    @property
    def widened(self) -> tuple[Column, ...]:
        """Return its columns with the one that may be added."""
        if self.added is None:
            return self.columns
        return (*self.columns, self.added)

    def column(self, name: str) -> Column:
        return next(column for column in self.widened if column.name == name)


#: What each change of a row writes anew, so that no two images of a row are equal.
STAMP = Column("STAMP", "VARCHAR2(60)")
CUSTOMERS = Table(
    "customers",
    ("ID",),
    (
        Column("ID", "NUMBER(10)", "integer"),
        Column("NAME", "VARCHAR2(200)"),
        Column("SSN", "VARCHAR2(60)"),
        Column("IS_ACTIVE", "NUMBER(1)", "boolean"),
        Column("PROFILE", "VARCHAR2(1000)"),
        Column("TALK", "VARCHAR2(1000)"),
        Column("SECRET", "VARCHAR2(60)"),
        STAMP,
    ),
    {
        "redactFields": ["ssn", "email"],
        "scanFields": ["talk"],
        "jsonFields": ["profile"],
        "eventType": "customer.changed",
        "includeFields": ["id", "name", "ssn", "is_active", "profile", "talk", "stamp"],
    },
    hidden=("SECRET",),
)
ORDERS = Table(
    "orders",
    ("SHOP", "LINE"),
    (
        Column("SHOP", "VARCHAR2(20)"),
        Column("LINE", "NUMBER(8)", "integer"),
        Column("AMOUNT", "NUMBER(20,4)", "number-as-text"),
        Column("PLACED_AT", "TIMESTAMP(9)", "time-as-text"),
        STAMP,
    ),
    {"includeFields": ["*"]},
    added=Column("EXTRA", "VARCHAR2(40)"),
)
ACCOUNTS = Table(
    "accounts",
    ("ACCOUNT",),
    (Column("ACCOUNT", "VARCHAR2(60)"), Column("OWNER_NAME", "VARCHAR2(100)"), STAMP),
    {
        "hmacFields": ["account"],
        "redactFields": ["owner_name"],
        "eventType": "account",
        "imageMode": "changed",
    },
)
NOTES = Table(
    "notes",
    ("ID",),
    (Column("ID", "NUMBER(19)", "number-as-text"), Column("BODY", "CLOB"), STAMP),
    {"lobs": "after", "includeFields": ["*"]},
)
LABELS = Table(
    "labels",
    ("ID",),
    (
        Column("ID", "NUMBER(10)", "integer"),
        Column("TITLE", "VARCHAR2(60)"),
        Column("OWNER_NAME", "VARCHAR2(100)"),
        STAMP,
    ),
    {
        "includeFields": ["id", "title", "owner_name"],
        "redactFields": ["owner_name"],
        "skipUnchanged": True,
    },
    hidden=("STAMP",),
)
ALL = (CUSTOMERS, ORDERS, ACCOUNTS, NOTES, LABELS)
TABLES: Mapping[str, Table] = {table.name: table for table in ALL}
TRANSFORMERS = {table.name: table.transformer for table in TABLES.values()}
#: Where who writes looks up whether a transaction that nobody answered was committed.
MARKS = f"{SCHEMA}.MARKS"


def make_statements() -> Iterator[str]:
    """Yield what a DBA runs first."""
    yield f'CREATE USER {SCHEMA} IDENTIFIED BY "{OWNER_PASSWORD}"'
    yield f"GRANT CREATE SESSION, CREATE TABLE, CREATE TRIGGER, UNLIMITED TABLESPACE TO {SCHEMA}"
    yield f'CREATE USER {SERVICE_USER} IDENTIFIED BY "{SERVICE_PASSWORD}"'
    yield (
        "GRANT CREATE SESSION, CREATE TABLE, CREATE SEQUENCE, CREATE ANY TRIGGER, "
        f"UNLIMITED TABLESPACE TO {SERVICE_USER}"
    )
    yield f"CREATE TABLE {MARKS} (ID NUMBER PRIMARY KEY)"
    for table in TABLES.values():
        columns = [f"{column.name} {column.oracle_type}" for column in table.columns]
        keys = ", ".join(table.keys)
        yield f"CREATE TABLE {table.source} ({', '.join(columns)}, PRIMARY KEY ({keys}))"
        yield f"GRANT SELECT, DEBUG ON {table.source} TO {SERVICE_USER}"


def write_models(folder: Path) -> None:
    """Write the models as a person leaves them who has looked at them."""
    folder.mkdir(parents=True)
    for table in TABLES.values():
        write_model(folder, table, table.columns)


def write_model(folder: Path, table: Table, columns: Sequence[Column]) -> None:
    """Write a model, whole at any moment."""
    path = folder / f"{table.name}.json"
    draft = path.with_suffix(".draft")
    draft.write_text(make_model(table, columns), encoding="utf-8")
    draft.replace(path)


def make_model(table: Table, described: Sequence[Column]) -> str:
    columns = []
    for column in described:
        columns.append(
            {
                "name": column.field,
                "column": column.name,
                "oracleType": column.oracle_type,
                "jsonType": column.json_type,
                "nullable": column.name not in table.keys,
                "comment": None,
                "sensitivity": "none",
            }
        )
    keys = [table.column(key).field for key in table.keys]
    model = {"table": table.name, "source": table.source, "keys": keys, "columns": columns}
    return json.dumps(model)
