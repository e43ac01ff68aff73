"""The shape of the rows that are read from a table: what a person named, held to the dictionary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from oracle_cdc.oracle.identifiers import quote
from oracle_cdc.oracle.row_columns import KEYS, NUMBERS, TIMES, Column, plain_kind
from oracle_cdc.oracle.session import Session

#: Why a time with a zone is no time column.
ZONED = (
    "its index is one of moments in UTC that a condition on the column does not use; name a DATE "
    "or TIMESTAMP column, or a view's that has CAST(... AS TIMESTAMP)"
)


@dataclass(frozen=True)
class RowNames:
    """What a person names of a table. Names are as Oracle keeps them.

    Parameters:
        keys: the column or columns that make a row the only one of its kind. None: its ROWID.
        columns: those that events have, in their order. None: all.
    """

    schema: str
    table: str
    time: str
    keys: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    @property
    def quoted(self) -> str:
        """Return the table as SQL takes it."""
        return f"{quote(self.schema)}.{quote(self.table)}"

    @property
    def shown(self) -> str:
        """Return the table as people write it."""
        return f"{self.schema}.{self.table}"


@dataclass(frozen=True)
class RowShape:
    """The columns of a table that are read.

    Parameters:
        keys: none for the ROWID.
        is_key_unique: constraints or indexes say that no two rows have the same key.
        is_placed: rows have a ROWID by which those of one key are kept apart. Those of a view
            may have none.
    """

    names: RowNames
    time: Column
    keys: tuple[Column, ...]
    columns: tuple[Column, ...]
    is_key_unique: bool
    is_placed: bool

    @property
    def has_rowid(self) -> bool:
        """Return whether the ROWID is all of what rows are known by, or a part of it."""
        return not self.keys or (self.is_placed and not self.is_key_unique)

    @property
    def column_names(self) -> tuple[str, ...]:
        """Return the names of the values of each row, in their order."""
        return tuple(column.name for column in self.columns)

    @property
    def number_names(self) -> frozenset[str]:
        """Return the columns whose values come as digits."""
        return frozenset(column.name for column in self.columns if column.kind in NUMBERS)


@dataclass
class Findings:
    """What is wrong with a table: what keeps its rows from being read, and what to think about."""

    mistakes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def find_shape(session: Session, names: RowNames, findings: Findings) -> RowShape | None:
    """Return the shape of a table's rows, or None where mistakes keep them from being read."""
    found = read_columns(session, names)
    if not found:
        user = session.connection.username
        findings.mistakes.append(
            f"{names.shown}: no such table or view, or no SELECT on it; "
            f"its owner or a DBA: GRANT SELECT ON {names.quoted} TO {user}"
        )
        return None
    before = len(findings.mistakes)
    time = find_time(names, found, findings)
    keys = find_keys(session, names, found, findings)
    columns = choose_columns(names, found, findings)
    if time is None or len(findings.mistakes) > before:
        return None
    is_unique = is_key_unique(session, names, keys)
    is_placed = not session.query("may_be_view", owner=names.schema, table_name=names.table)
    if not is_unique:
        findings.warnings.append(explain_repeated(names, is_placed))
    return RowShape(names, time, keys, columns, is_unique, is_placed)


def explain_repeated(names: RowNames, is_placed: bool) -> str:
    """Return what it means that several rows may have one key."""
    text = (
        f"{names.shown}: no constraint or index says that {' and '.join(names.keys)} is "
        "unique and never NULL, so that an event's id has the row's time"
    )
    if is_placed:
        return (
            f"{text} and ROWID too, which changes when rows are moved (SHRINK, MOVE, import, "
            "partitions): those may be published again"
        )
    return (
        f"{text} too, and of rows with one key and time a number: where such a row is committed "
        "late, it may be taken for one that was published, and is lost. Name columns that are "
        "unique, or the view's table"
    )


def read_columns(session: Session, names: RowNames) -> Mapping[str, Column]:
    """Return the columns of a table by their names, none where the user sees no such table."""
    columns = {}
    for record in session.query("read_row_columns", owner=names.schema, table_name=names.table):
        columns[record["column_name"]] = Column(
            record["column_name"],
            plain_kind(record["data_type"]),
            is_nullable=record["nullable"] != "N",
            is_object=record["data_type_owner"] is not None,
        )
    return columns


def find_time(names: RowNames, found: Mapping[str, Column], findings: Findings) -> Column | None:
    """Return the column by whose time the rows are read."""
    time = find_column(names, names.time, found, findings)
    if time is None:
        return None
    if time.kind in TIMES:
        return time
    reason = "it must be DATE or TIMESTAMP"
    if time.kind.startswith("TIMESTAMP WITH"):
        reason = ZONED
    findings.mistakes.append(f"{names.shown}: time column {time.name} is {time.kind}: {reason}")
    return None


def find_keys(
    session: Session, names: RowNames, found: Mapping[str, Column], findings: Findings
) -> tuple[Column, ...]:
    """Return the key columns, none for the ROWID."""
    keys = []
    for name in names.keys:
        column = find_column(names, name, found, findings)
        if column is not None and column.kind not in KEYS:
            findings.mistakes.append(
                f"{names.shown}: key column {name} is {column.kind}; a key is one of "
                f"{', '.join(KEYS)}"
            )
        elif column is not None:
            keys.append(column)
    if not names.keys:
        find_rowid(session, names, findings)
    return tuple(keys)


def find_rowid(session: Session, names: RowNames, findings: Findings) -> None:
    """Say what it means that rows are known by their ROWID."""
    if session.query("may_be_view", owner=names.schema, table_name=names.table):
        findings.mistakes.append(
            f"{names.shown}: a view's rows may have no ROWID: name an id column"
        )
        return
    findings.warnings.append(
        f"{names.shown}: without an id column rows are known by their ROWID, which changes when "
        "rows are moved (SHRINK, MOVE, import, partitions): those may be published again"
    )


def choose_columns(
    names: RowNames, found: Mapping[str, Column], findings: Findings
) -> tuple[Column, ...]:
    """Return the columns that events have.

    One that was named and can't be is a mistake, one of all is left out with a warning.
    """
    columns = []
    for name in names.columns or tuple(found):
        column = find_column(names, name, found, findings)
        if column is None:
            continue
        if column.is_supported:
            columns.append(column)
        elif names.columns:
            findings.mistakes.append(f"{names.shown}: column {name} is {column.kind}, not read")
        else:
            findings.warnings.append(
                f"{names.shown}: column {name} is {column.kind}, it is left out of events"
            )
    return tuple(columns)


def find_column(
    names: RowNames, name: str, found: Mapping[str, Column], findings: Findings
) -> Column | None:
    """Return a column by its name, and say where there is none."""
    column = found.get(name)
    if column is None:
        findings.mistakes.append(
            f"{names.shown}: no column {name}; there are {', '.join(sorted(found))}"
        )
    return column


def is_key_unique(session: Session, names: RowNames, keys: Sequence[Column]) -> bool:
    """Return whether no two rows can have the same key. A ROWID is the only one of its kind."""
    if not keys:
        return True
    solid = {column.name for column in keys if not column.is_nullable}
    unique: dict[tuple[str, str], set[str]] = {}
    for record in session.query("read_unique_keys", owner=names.schema, table_name=names.table):
        key = (record["key_owner"], record["key_name"])
        unique.setdefault(key, set()).add(record["column_name"])
    return any(columns <= solid for columns in unique.values())
