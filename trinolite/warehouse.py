"""Catalogs: tables that lie in directories of Parquet by partitions, as in the Hive connector, and
tables that DuckDB holds.

A partition is read only once it is registered, whatever lies in its directory.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from trinolite.refusals import Refused
from trinolite.types import kept_as

#: Trino's functions that DuckDB has not, or otherwise. from_base takes base 16 alone.
MACROS = """
CREATE MACRO trino_md5(bytes) AS unhex(md5(bytes));
CREATE MACRO trino_from_base(digits) AS CAST('0x' || digits AS BIGINT);
"""
PARTITIONS = "$partitions"
#: Digits of a second that the Hive connector shows unless its session says more.
MILLISECONDS = 3
#: Where rows lie whose partition column is NULL.
NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"


@dataclass
class Table:
    """A table.

    Parameters:
        columns: names in lower case, and Trino's types, the partition's column last.
        directory: of a table in files.
        partition: the column that it is partitioned by.
        relation: what DuckDB calls a table that it holds itself.
        registered: partitions that the metastore knows.
        is_denied: whoever asks has no right.
    """

    columns: Mapping[str, str]
    directory: Path | None = None
    partition: str = ""
    relation: str = ""
    registered: set[str] = field(default_factory=set)
    is_denied: bool = False

    def register(self) -> None:
        """Register what lies in the directory, as sync_partition_metadata does with ADD."""
        assert self.directory is not None
        for place in self.directory.glob(f"{self.partition}=*"):
            self.registered.add(place.name.partition("=")[2])

    def shown_in(self, digits: int) -> Table:
        """Return the table as the Hive connector shows its times: rounded to these digits."""
        if self.directory is None:
            return self
        columns: dict[str, str] = {}
        for name, kind in self.columns.items():
            columns[name] = f"timestamp({digits})" if kind.startswith("timestamp") else kind
        return replace(self, columns=columns)

    @property
    def origin(self) -> str:
        """Return the rows as DuckDB reads them."""
        if self.directory is None:
            return f"SELECT {self.selected()} FROM {self.relation}"
        files: list[str] = []
        for key in sorted(self.registered):
            found = (self.directory / f"{self.partition}={key}").glob("*.parquet")
            files.extend(literal(str(file)) for file in sorted(found))
        rows = self.nothing
        if files:
            # A column that no file has is NULL.
            rows += (
                f" UNION ALL BY NAME SELECT * FROM read_parquet([{', '.join(files)}], "
                "hive_partitioning = true, hive_types_autocast = false, union_by_name = true)"
            )
        return f"SELECT {self.selected()} FROM ({rows})"

    @property
    def nothing(self) -> str:
        """Return all of the columns without a row."""
        columns: list[str] = []
        for name, kind in self.columns.items():
            if name == self.partition:
                kind = "varchar"
            columns.append(f"CAST(NULL AS {kept_as(kind)}) AS {quoted(name)}")
        return f"SELECT {', '.join(columns)} WHERE FALSE"

    def selected(self) -> str:
        """Return the columns in their order, each as its type."""
        columns: list[str] = []
        for name, kind in self.columns.items():
            columns.append(f"CAST({quoted(name)} AS {kept_as(kind)}) AS {quoted(name)}")
        return ", ".join(columns)

    @property
    def listing(self) -> Table:
        """Return the table of its partitions."""
        kind = self.columns[self.partition]
        rows: list[tuple[str | None, ...]] = []
        for key in sorted(self.registered):
            if key == NULL_PARTITION:
                rows.append((None,))
            else:
                rows.append((key,))
        return values({self.partition: kind}, rows)


class Warehouse:
    """All that is served, by catalog, schema and name. Several threads may ask."""

    def __init__(self) -> None:
        self.connection = duckdb.connect(config={"threads": 1})
        self.connection.execute(MACROS)
        self.tables: dict[tuple[str, str, str], Table] = {}
        self.lock = threading.Lock()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Return a connection for one statement."""
        with self.lock:
            return self.connection.cursor()

    def add(self, name: str, table: Table) -> Table:
        """Take a table up by its name of three parts. Raises ValueError for another."""
        catalog, schema, last = name.lower().split(".")
        self.tables[(catalog, schema, last)] = table
        return table

    def find(self, catalog: str, schema: str, name: str, digits: int = MILLISECONDS) -> Table:
        """Return a table, one of the catalog's own among them. Raises Refused."""
        whole = f"{catalog}.{schema}.{name}"
        if not self.has(catalog):
            raise Refused("CATALOG_NOT_FOUND", f"Catalog '{catalog}' not found")
        if schema == "information_schema":
            return self.own(catalog, name, digits)
        if not self.has(catalog, schema):
            raise Refused("SCHEMA_NOT_FOUND", f"Schema '{catalog}.{schema}' does not exist")
        found = self.tables.get((catalog, schema, name.removesuffix(PARTITIONS)))
        if found is None or (name.endswith(PARTITIONS) and not found.partition):
            raise Refused("TABLE_NOT_FOUND", f"Table '{whole}' does not exist")
        if found.is_denied:
            raise Refused("PERMISSION_DENIED", f"Access Denied: Cannot select from table {whole}")
        if name.endswith(PARTITIONS):
            return found.listing
        return found.shown_in(digits)

    def has(self, *names: str) -> bool:
        """Return whether there is a table in this catalog, or in this schema of it."""
        return any(key[: len(names)] == names for key in self.tables)

    def has_files(self, catalog: str) -> bool:
        """Return whether a catalog is of the Hive connector."""
        return any(key[0] == catalog and each.directory for key, each in self.tables.items())

    def own(self, catalog: str, name: str, digits: int) -> Table:
        """Return a table of a catalog's information_schema. Raises Refused for all but columns."""
        if name != "columns":
            raise Refused("NOT_SUPPORTED", f"trinolite has no information_schema.{name}")
        rows: list[tuple[str | None, ...]] = []
        for (owner, schema, table), found in self.tables.items():
            if owner != catalog or found.is_denied:
                continue
            for place, (column, kind) in enumerate(found.shown_in(digits).columns.items(), start=1):
                rows.append((owner, schema, table, column, str(place), kind))
        names = ("table_catalog", "table_schema", "table_name", "column_name")
        kinds = dict.fromkeys(names, "varchar")
        return values({**kinds, "ordinal_position": "bigint", "data_type": "varchar"}, rows)


def values(columns: Mapping[str, str], rows: list[tuple[str | None, ...]]) -> Table:
    """Return a table of these rows."""
    empty = Table(columns).nothing
    if not rows:
        return Table(columns, relation=f"({empty})")
    lines: list[str] = []
    for row in rows:
        parts: list[str] = []
        for text in row:
            parts.append("NULL" if text is None else literal(text))
        lines.append(f"({', '.join(parts)})")
    names = ", ".join(quoted(name) for name in columns)
    return Table(columns, relation=f"(VALUES {', '.join(lines)}) v ({names})")


def quoted(name: str) -> str:
    """Return a name as DuckDB takes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as a literal."""
    return "'" + text.replace("'", "''") + "'"
