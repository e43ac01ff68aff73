"""Both sides of a partition in the words of an engine: tables, columns, bounds, keys."""

from __future__ import annotations

from sync_monitor.model import Column, Kind
from sync_monitor.rows.canonical import columns_of_key, lake_text
from sync_monitor.rows.dialects import (
    Dialect,
    quote_name,
    quote_path,
    quote_text,
    timestamp_literal,
)
from sync_monitor.rules.periods import bounds
from sync_monitor.runbooks.repair import Repair

#: Names for both sides.
SOURCE, LAKE = "s", "l"


def source(repair: Repair) -> str:
    """Return the table of Oracle, as the engine reads it."""
    return f"{quote_path(repair.source_name, repair.dialect)} {SOURCE}"


def lake(repair: Repair) -> str:
    """Return the table of the lake. DuckDB reads the partitions of a directory as one.

    What lies beside them, such as files that are being written, is not of the table.
    """
    if repair.dialect is not Dialect.DUCKDB:
        return f"{quote_path(repair.lake_name, repair.dialect)} {LAKE}"
    column = repair.sync.partition_column
    files = quote_text(f"{repair.lake_name}/{column}=*/**/*.parquet", repair.dialect)
    options = "hive_partitioning = true, hive_types_autocast = false, union_by_name = true"
    return f"read_parquet({files}, {options}) {LAKE}"


def within(repair: Repair) -> str:
    """Return the condition that holds Oracle's rows of the partition: half-open, by its index."""
    column = in_source(repair.sync.time_column, repair.dialect)
    limits = bounds(repair.partition, repair.sync.source_zone)
    begin, end = timestamp_literal(limits.begin), timestamp_literal(limits.end)
    return f"{column} >= {begin} AND {column} < {end}"


def in_partition(repair: Repair) -> str:
    """Return the condition that holds the lake's rows of the partition."""
    column = quote_name(repair.sync.partition_column, repair.dialect)
    return f"{LAKE}.{column} = {value(repair)}"


def value(repair: Repair) -> str:
    """Return what the partition's column has, as a literal."""
    text = quote_text(repair.value, repair.dialect)
    if repair.is_text or repair.dialect is Dialect.DUCKDB:
        return text
    return f"DATE {text}"


def in_source(name: str, dialect: Dialect) -> str:
    """Return a column of Oracle's side."""
    return f"{SOURCE}.{quote_name(name, dialect)}"


def in_lake(column: Column, dialect: Dialect) -> str:
    """Return a column of the lake's side."""
    return f"{LAKE}.{quote_name(column.in_lake, dialect)}"


def key_columns(repair: Repair) -> list[Column]:
    """Return the columns of the key. Raises NotComparable where rows have none that is compared."""
    return columns_of_key(repair.columns, repair.sync.keys)


def texts(column: Column, dialect: Dialect) -> tuple[str, str]:
    """Return what the comparison compares of a column, Oracle's side first. It is never NULL."""
    here = lake_text(in_source(column.name, dialect), column, dialect)
    return here, lake_text(in_lake(column, dialect), column, dialect)


def same_key(repair: Repair) -> str:
    """Return the condition that both sides have the same key."""
    parts: list[str] = []
    for column in key_columns(repair):
        here, there = texts(column, repair.dialect)
        parts.append(f"{there} = {here}")
    return " AND ".join(parts)


def other_contents(repair: Repair) -> str:
    """Return the condition that a column has another value, empty where none is compared."""
    parts: list[str] = []
    for column in repair.columns:
        if column.name in repair.sync.keys or column.kind is Kind.OTHER:
            continue
        here, there = texts(column, repair.dialect)
        parts.append(f"{here} <> {there}")
    return "\n   OR ".join(parts)


def not_in_lake(repair: Repair) -> str:
    """Return the condition that a join found no row of the lake, whatever is NULL in its key."""
    # Each row that is found has the partition's value.
    return f"{LAKE}.{quote_name(repair.sync.partition_column, repair.dialect)} IS NULL"


def not_in_source(repair: Repair) -> str:
    """Return the condition that a join found no row of Oracle, whatever is NULL in its key."""
    # Each row that is found has a time within the bounds.
    return f"{in_source(repair.sync.time_column, repair.dialect)} IS NULL"
