"""The text of a runbook, per kind of issue and per dialect.

No DELETE, UPDATE, DROP or MERGE is ever in it: which copy of a row goes is for a person to decide.
No key of a row is in it either. Rows are found by what the other side lacks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone

from sync_monitor.errors import NotComparable
from sync_monitor.rows.dialects import Dialect, quote_name, quote_path, quote_text
from sync_monitor.runbooks.relations import (
    in_lake,
    in_partition,
    in_source,
    key_columns,
    lake,
    not_in_lake,
    not_in_source,
    other_contents,
    same_key,
    source,
    texts,
    value,
    within,
)
from sync_monitor.runbooks.repair import Repair, Runbook
from sync_monitor.verdicts import IssueKind

#: Issues whose runbook loads rows.
LOADED = frozenset((IssueKind.NO_PARTITION, IssueKind.ROWS_MISSING))
#: Rows that a statement which only shows them may give.
MOST_SHOWN = 400
ENGINE_NAMES = {Dialect.DUCKDB: "DuckDB", Dialect.HIVE: "Hive", Dialect.TRINO: "Trino"}


def write_runbook(repair: Repair) -> Runbook | None:
    """Return the runbook of an issue.

    None for one that no statement about a partition heals, that is not confirmed, or whose rows
    can't be found without a key. Raises ValueError for a name that the dialect can't quote.
    """
    if repair.issue.confirmed_at is None:
        return None
    if repair.is_unregistered:
        return register(repair)
    if repair.is_shifted and repair.issue.kind in LOADED:
        return load_nothing(repair)
    write = WRITERS.get(repair.issue.kind)
    if write is None:
        return None
    try:
        return with_all_digits(write(repair), repair)
    except NotComparable:
        return None


def with_all_digits(runbook: Runbook | None, repair: Repair) -> Runbook | None:
    """Return a runbook that first lets Trino read and write times as exactly as they are kept.

    In milliseconds no row of a key with a time would be found, and all would be inserted again. In
    microseconds those whose time is finer would be rounded.
    """
    if runbook is None or repair.dialect is not Dialect.TRINO:
        return runbook
    catalog = quote_name(repair.lake_name.split(".")[0], repair.dialect)
    first = f"SET SESSION {catalog}.timestamp_precision = 'NANOSECONDS'"
    return replace(runbook, statements=(first, *runbook.statements))


def register(repair: Repair) -> Runbook | None:
    """Return the runbook of a partition whose files lie there unregistered."""
    if repair.staged_name:
        notes = (
            "First see that its load is over: one that still moves its files there doubles it.",
            "Publishes them only if they have as many rows as Oracle, and the partition none.",
        )
        return make(repair, notes, (publication(repair),))
    statement = registration(repair)
    if statement is None:
        return None
    note = "Its files lie there: it is registered, not loaded, which would double it."
    return make(repair, (note,), (statement,))


def registration(repair: Repair) -> str | None:
    """Return the statement that registers the files of a partition. DuckDB needs none."""
    column = quote_name(repair.sync.partition_column, repair.dialect)
    if repair.dialect is Dialect.HIVE:
        table = quote_path(repair.lake_name, repair.dialect)
        literal = quote_text(repair.value, repair.dialect)
        return f"ALTER TABLE {table} ADD IF NOT EXISTS PARTITION ({column} = {literal})"
    if repair.dialect is Dialect.TRINO:
        catalog, schema, table = repair.lake_name.split(".")
        names = [quote_text(each, repair.dialect) for each in (schema, table, "ADD")]
        procedure = quote_path(f"{catalog}.system.sync_partition_metadata", repair.dialect)
        return f"CALL {procedure}({', '.join(names)})"
    return None


def publication(repair: Repair) -> str:
    """Return the statement that publishes files which a loader wrote and never moved into place.

    It writes nothing if the partition has rows meanwhile, or the files not as many as Oracle. They
    stay where they lie.
    """
    partition = quote_name(repair.sync.partition_column, repair.dialect)
    files = quote_text(f"{repair.staged_name}/*.parquet", repair.dialect)
    origin = f"FROM read_parquet({files}, hive_partitioning = false, union_by_name = true)"
    present = f"SELECT 1 FROM {lake(repair)} WHERE {in_partition(repair)}"
    names = ", ".join(quote_name(column.in_lake, repair.dialect) for column in repair.columns)
    selected = f"SELECT {names}, {value(repair)} AS {partition}\n{origin}\n"
    selected += f"WHERE NOT EXISTS ({present})\n  AND (SELECT COUNT(*) {origin})"
    selected += f"\n  = (SELECT COUNT(*) FROM {source(repair)} WHERE {within(repair)})"
    return copy_into(repair, selected)


def load_partition(repair: Repair) -> Runbook:
    """Return the runbook of a partition that the lake has not."""
    notes = ["Writes nothing if the partition has rows meanwhile, so twice is as once."]
    first = registration(repair)
    if first is not None:
        notes.append("First see whether its files lie there unregistered. Then do not load it,")
        notes.append(f"that would double it, but register it: {first};")
    condition = f"WHERE {within(repair)}\n  AND NOT EXISTS (SELECT 1 FROM {lake(repair)} "
    condition += f"WHERE {in_partition(repair)})"
    if repair.dialect is Dialect.HIVE:
        # Hive takes no NOT EXISTS without a column of the outer rows.
        condition = f"CROSS JOIN (SELECT COUNT(*) AS n FROM {lake(repair)} "
        condition += f"WHERE {in_partition(repair)}) present\n"
        condition += f"WHERE {within(repair)}\n  AND present.n = 0"
    return make(repair, tuple(notes), (insert(repair, f"FROM {source(repair)}\n{condition}"),))


def load_rows(repair: Repair) -> Runbook:
    """Return the runbook of rows that a partition lacks. Raises NotComparable without a key."""
    notes = ("Inserts what this partition lacks, by key. A second time it inserts nothing.",)
    joined = f"FROM {source(repair)}\nLEFT JOIN {lake(repair)}\n"
    joined += f"  ON {in_partition(repair)} AND {same_key(repair)}\n"
    joined += f"WHERE {within(repair)}\n  AND {not_in_lake(repair)}"
    return make(repair, notes, (insert(repair, joined),))


def load_nothing(repair: Repair) -> Runbook:
    """Return the runbook of rows that the lake has in a neighbouring partition: it only counts."""
    notes = (
        "What partitions lack is in their neighbours, as rows of another time zone are.",
        "Nothing is loaded, which would double it: first compare the zones of sync and loader.",
    )
    return make(repair, notes, ())


def show_extra(repair: Repair) -> Runbook:
    """Return the runbook of rows too many: it shows them, and removes none.

    Raises NotComparable without a key.
    """
    keys = key_columns(repair)
    names = ", ".join(in_lake(column, repair.dialect) for column in keys)
    gone = (
        f"SELECT {names}\nFROM {lake(repair)}\nLEFT JOIN {source(repair)}\n"
        f"  ON {same_key(repair)} AND {within(repair)}\nWHERE {in_partition(repair)}\n"
        f"  AND {not_in_source(repair)}\n"
        f"ORDER BY {names}\nLIMIT {MOST_SHOWN}"
    )
    notes = (
        "Shows the keys that are there more than once, then those that Oracle has not.",
        "Which row goes is for you to decide: nothing here deletes one.",
    )
    return make(repair, notes, (doubles(repair), gone))


def doubles(repair: Repair) -> str:
    """Return the statement that shows keys of the partition which several rows have."""
    shown: list[str] = []
    order: list[str] = []
    by: list[str] = []
    for column in key_columns(repair):
        name = quote_name(column.in_lake, repair.dialect)
        shown.append(f"MIN({in_lake(column, repair.dialect)}) AS {name}")
        order.append(name)
        by.append(texts(column, repair.dialect)[1])
    return (
        f"SELECT {', '.join(shown)}, COUNT(*) AS copies\nFROM {lake(repair)}\n"
        f"WHERE {in_partition(repair)}\nGROUP BY {', '.join(by)}\nHAVING COUNT(*) > 1\n"
        f"ORDER BY copies DESC, {', '.join(order)}\nLIMIT {MOST_SHOWN}"
    )


def show_changed(repair: Repair) -> Runbook | None:
    """Return the runbook of rows with other contents: it shows their keys, and changes none.

    Raises NotComparable without a key.
    """
    names = ", ".join(in_source(each.name, repair.dialect) for each in key_columns(repair))
    others = other_contents(repair)
    if not others:
        return None
    statement = (
        f"SELECT {names}\nFROM {source(repair)}\nJOIN {lake(repair)}\n"
        f"  ON {in_partition(repair)} AND {same_key(repair)}\nWHERE {within(repair)}\n"
        f"  AND ({others})\nORDER BY {names}\nLIMIT {MOST_SHOWN}"
    )
    notes = (
        "Shows the keys whose rows differ. The loader must write them again:",
        "nothing here changes a row.",
    )
    return make(repair, notes, (statement,))


def insert(repair: Repair, origin: str) -> str:
    """Return the statement that adds rows of Oracle to the partition, column by column by name."""
    dialect = repair.dialect
    targets = [quote_name(column.in_lake, dialect) for column in repair.columns]
    columns: list[str] = []
    for column, target in zip(repair.columns, targets, strict=True):
        columns.append(f"{in_source(column.name, dialect)} AS {target}")
    partition = quote_name(repair.sync.partition_column, dialect)
    selected = f"SELECT {', '.join(columns)}"
    if dialect is Dialect.HIVE:
        table = quote_path(repair.lake_name, dialect)
        head = f"INSERT INTO TABLE {table} PARTITION ({partition} = {value(repair)}) "
        return f"{head}({', '.join(targets)})\n{selected}\n{origin}"
    selected += f", {value(repair)} AS {partition}\n{origin}"
    if dialect is Dialect.TRINO:
        names = ", ".join([*targets, partition])
        return f"INSERT INTO {quote_path(repair.lake_name, dialect)} ({names})\n{selected}"
    return copy_into(repair, selected)


def copy_into(repair: Repair, selected: str) -> str:
    """Return the statement that adds rows to a directory of partitions.

    Each file has a name of its own: none is ever written over.
    """
    partition = quote_name(repair.sync.partition_column, repair.dialect)
    return (
        f"COPY (\n{selected}\n) TO {quote_text(repair.lake_name, repair.dialect)} (FORMAT parquet, "
        f"PARTITION_BY ({partition}), APPEND, FILENAME_PATTERN 'run-{repair.run_id}-{{uuid}}')"
    )


def check(repair: Repair) -> str:
    """Return the statement that shows both counts of the partition."""
    return (
        f"SELECT o.n AS oracle_rows, t.n AS lake_rows\n"
        f"FROM (SELECT COUNT(*) AS n FROM {source(repair)} WHERE {within(repair)}) o\n"
        f"CROSS JOIN (SELECT COUNT(*) AS n FROM {lake(repair)} WHERE {in_partition(repair)}) t"
    )


def make(repair: Repair, notes: tuple[str, ...], statements: tuple[str, ...]) -> Runbook:
    """Return a runbook with the head that each has."""
    head = (
        f"Run {repair.run_id:,} · {one_line(repair.sync.name)} · "
        f"{one_line(repair.sync.partition_column)}={one_line(repair.value)} · "
        f"{repair.oracle_rows:,} rows in Oracle, {repair.lake_rows:,} in the lake",
        f"{ENGINE_NAMES[repair.dialect]}. Measured at {shown(repair.measured_at)}, "
        f"void after {shown(repair.void_after)}: look again then.",
    )
    return Runbook(
        repair.issue.number,
        repair.dialect,
        (*head, *notes),
        statements,
        check(repair),
    )


def one_line(text: str) -> str:
    """Return a text for a comment, which no sign of it may end."""
    signs: list[str] = []
    for sign in text:
        if not sign.isprintable():
            sign = "?"
        signs.append(sign)
    return "".join(signs)


def shown(moment: datetime) -> str:
    """Return a moment as people read it."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M UTC")


WRITERS: dict[IssueKind, Callable[[Repair], Runbook | None]] = {
    IssueKind.NO_PARTITION: load_partition,
    IssueKind.ROWS_MISSING: load_rows,
    IssueKind.ROWS_EXTRA: show_extra,
    IssueKind.ROWS_CHANGED: show_changed,
}
