"""What is done with a statement: SELECT, INSERT, CALL, EXECUTE IMMEDIATE."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import uuid4

import duckdb
from sqlglot import exp

from trinolite.dialect import Find, read, translate
from trinolite.refusals import Refused
from trinolite.sessions import SET, digits_of
from trinolite.types import digits_in, kept_as, named_as
from trinolite.warehouse import MILLISECONDS, Table, Warehouse, literal, quoted

IMMEDIATE = re.compile(
    r"\s*EXECUTE\s+IMMEDIATE\s+'((?:[^']|'')*)'(?:\s+USING\s+(.*))?", re.I | re.S
)
PROCEDURE = re.compile(r"\s*CALL\s+(\S+?)\s*\((.*)\)\s*", re.I | re.S)
ARGUMENT = re.compile(r"'([^']*)'")
NO_PROPERTIES: Mapping[str, str] = {}
SYNC = "system.sync_partition_metadata"
#: Errors of DuckDB, and what Trino would say.
MEANINGS: tuple[tuple[type[duckdb.Error], str], ...] = (
    (duckdb.InterruptException, "USER_CANCELED"),
    (duckdb.ParserException, "SYNTAX_ERROR"),
    (duckdb.ConversionException, "INVALID_CAST_ARGUMENT"),
    (duckdb.OutOfRangeException, "NUMERIC_VALUE_OUT_OF_RANGE"),
    (duckdb.InvalidInputException, "HIVE_BAD_DATA"),
    (duckdb.IOException, "HIVE_CANNOT_OPEN_SPLIT"),
)


class Outcome(NamedTuple):
    """What a statement gave.

    Parameters:
        columns: names and types.
        done, affected: what it did, and to how many.
        sets: a property of the session, as name=value.
    """

    columns: Sequence[tuple[str, str]] = ()
    rows: Sequence[Sequence[Any]] = ()
    done: str = ""
    affected: int | None = None
    sets: str = ""


class Statement:
    """One statement, with the catalog, schema and properties that its session has."""

    def __init__(
        self,
        warehouse: Warehouse,
        catalog: str,
        schema: str,
        properties: Mapping[str, str] = NO_PROPERTIES,
    ) -> None:
        self.warehouse = warehouse
        self.catalog = catalog
        self.schema = schema
        self.properties = properties
        self.digits: Mapping[str, int] = {}
        self.connection = warehouse.cursor()

    def run(self, sql: str) -> Outcome:
        """Carry it out. Raises Refused."""
        try:
            self.digits = digits_of(self.warehouse, self.properties)
            wanted = SET.fullmatch(sql)
            if wanted:
                return self.set_session(wanted[1].replace('"', ""), wanted[2])
            called = PROCEDURE.fullmatch(sql)
            if called:
                return self.call(called[1], called[2])
            statement = self.read(sql)
            if isinstance(statement, exp.Insert):
                return self.insert(statement)
            if isinstance(statement, exp.Select):
                return self.select(statement)
        except duckdb.Error as error:
            raise meaning_of(error) from error
        except RecursionError:
            raise Refused("NOT_SUPPORTED", "trinolite knows no SQL so deep") from None
        finally:
            self.connection.close()
        raise Refused("NOT_SUPPORTED", f"trinolite knows no {type(statement).__name__} statement")

    def set_session(self, name: str, value: str) -> Outcome:
        """Give a property of the session a value."""
        digits_of(self.warehouse, {name: value})
        return Outcome(done="SET SESSION", sets=f"{name}={value}")

    def read(self, sql: str) -> exp.Expr:
        """Return a statement, with its parameters in it."""
        immediate = IMMEDIATE.fullmatch(sql)
        if immediate is None:
            return read(sql)
        statement = read(immediate[1].replace("''", "'"))
        given: list[exp.Expr] = []
        if immediate[2]:
            given = read(f"SELECT {immediate[2]}").expressions
        places = list(statement.find_all(exp.Placeholder, bfs=False))
        if len(places) != len(given):
            raise Refused(
                "GENERIC_USER_ERROR",
                f"Incorrect number of parameters: expected {len(places)} but found {len(given)}",
            )
        for place, value in zip(places, given, strict=True):
            place.replace(value)
        return statement

    def select(self, statement: exp.Select) -> Outcome:
        """Return the rows of a query."""
        cursor = self.connection.execute(self.made(statement))
        described = cursor.description or ()
        if len(described) != len(statement.expressions):
            raise Refused("NOT_SUPPORTED", "trinolite knows no SELECT *")
        columns: list[tuple[str, str]] = []
        for each, column in zip(statement.expressions, described, strict=True):
            name = each.alias_or_name.lower() or f"_col{len(columns)}"
            columns.append((name, named_as(str(column[1]))))
        return Outcome(tuple(columns), cursor.fetchall())

    def made(self, statement: exp.Expr) -> str:
        """Return a query as DuckDB takes it, over views of the tables that it names."""
        translated = translate(statement, self.finder())
        for table in list(translated.find_all(exp.Table)):
            found = self.find(table)
            view = f"v{uuid4().hex}"
            self.connection.execute(f"CREATE TEMP VIEW {view} AS {found.origin}")
            alias = exp.TableAlias(this=exp.to_identifier(table.alias_or_name, quoted=True))
            table.replace(exp.Table(this=exp.to_identifier(view), alias=alias))
        return translated.sql("duckdb")

    def finder(self) -> Find:
        """Return what finds tables, each once."""
        known: dict[str, Table] = {}

        def find(table: exp.Table) -> Table:
            name = table.sql("trino")
            if name not in known:
                known[name] = self.find(table)
            return known[name]

        return find

    def find(self, table: exp.Table) -> Table:
        """Return a table by its name. Raises Refused."""
        catalog = (table.catalog or self.catalog).lower()
        schema = (table.db or self.schema).lower()
        if not catalog or not schema:
            raise Refused("GENERIC_USER_ERROR", "Schema must be specified when session has none")
        digits = self.digits.get(catalog, MILLISECONDS)
        return self.warehouse.find(catalog, schema, table.name.lower(), digits)

    def insert(self, statement: exp.Insert) -> Outcome:
        """Add rows to a table in files, and register the partitions that they are of."""
        schema = statement.this
        if not isinstance(schema, exp.Schema):
            raise Refused("NOT_SUPPORTED", "trinolite's INSERT names its columns")
        table = self.find(schema.this)
        if table.directory is None:
            raise Refused("NOT_SUPPORTED", "trinolite inserts into tables in files alone")
        declared = ", ".join(declarations(schema, table.columns))
        selected = self.made(statement.expression)
        described = self.connection.execute(f"DESCRIBE {selected}").fetchall()
        check_digits(schema, table.columns, [named_as(kind) for _, kind, *_ in described])
        self.connection.execute(f"CREATE TEMP TABLE added ({declared})")
        self.connection.execute(f"INSERT INTO added {selected}")
        count, *_ = self.connection.execute("SELECT COUNT(*) FROM added").fetchall()[0]
        if count:
            self.keep(table)
        return Outcome((("rows", "bigint"),), [(count,)], "INSERT", count)

    def keep(self, table: Table) -> None:
        """Write what was added into the directory."""
        partition = quoted(table.partition)
        self.connection.execute(
            f"COPY added TO {literal(str(table.directory))} (FORMAT parquet, "
            f"PARTITION_BY ({partition}), APPEND, FILENAME_PATTERN 'trino-{{uuid}}')"
        )
        found = self.connection.execute(
            f"SELECT DISTINCT CAST({partition} AS VARCHAR) FROM added"
        ).fetchall()
        table.registered.update(key for (key,) in found)

    def call(self, name: str, written: str) -> Outcome:
        """Register the partitions that lie in a table's directory."""
        parts = name.replace('"', "").lower().split(".", 1)
        arguments = ARGUMENT.findall(written)
        if len(parts) != 2 or parts[1] != SYNC or len(arguments) != 3 or arguments[2] != "ADD":
            raise Refused("NOT_SUPPORTED", f"trinolite calls {SYNC}(schema, table, 'ADD') alone")
        table = self.warehouse.find(parts[0], arguments[0].lower(), arguments[1].lower())
        if table.directory is None:
            raise Refused("INVALID_FUNCTION_ARGUMENT", "Table is not partitioned")
        table.register()
        return Outcome(done="CALL")


def meaning_of(error: duckdb.Error) -> Refused:
    """Return what Trino would say."""
    for kind, name in MEANINGS:
        if isinstance(error, kind):
            return Refused(name, str(error))
    text = str(error)
    if "not found" in text and "column" in text.lower():
        return Refused("COLUMN_NOT_FOUND", text)
    if isinstance(error, duckdb.BinderException):
        return Refused("TYPE_MISMATCH", text)
    return Refused("GENERIC_INTERNAL_ERROR", text)


def declarations(schema: exp.Schema, columns: Mapping[str, str]) -> Iterator[str]:
    """Yield the columns that rows are added to, with their types. Raises Refused."""
    for each in schema.expressions:
        name = each.name.lower()
        if name not in columns:
            raise Refused("COLUMN_NOT_FOUND", f"Insert column name does not exist: {name}")
        yield f"{quoted(name)} {kept_as(columns[name])}"


def check_digits(schema: exp.Schema, columns: Mapping[str, str], kinds: Sequence[str]) -> None:
    """Raise Refused where a time has more digits than the column that it should go into."""
    for each, kind in zip(schema.expressions, kinds, strict=False):
        if digits_in(kind) > digits_in(columns[each.name.lower()]) >= 0:
            message = f"Insert query has mismatched column types: {each.name}, {kind}"
            raise Refused("TYPE_MISMATCH", message)
