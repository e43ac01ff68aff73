"""Which names mean what at one place of a statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from oralite.catalog.definitions import ROWID, Table
from oralite.catalog.names import quoted
from oralite.errors import OraError
from oralite.model import Column, SqlType
from oralite.parser.leaves import Name, TableName
from oralite.translate.draft import Draft
from oralite.translate.typed import Origin, Typed


@dataclass
class Visible:
    """One source of a FROM clause.

    ambiguous: names that two of its columns have. table: if its rows are a table's.
    """

    names: tuple[str, ...]
    columns: dict[str, Typed]
    alias: str = ""
    table: Table | None = None
    ambiguous: frozenset[str] = frozenset()
    rowid: str = ""


@dataclass(frozen=True)
class Relation:
    """The result of a translated subquery: its SQL and its columns, named c1, c2 ... in SQLite.

    limited: whether the SQL ends with a LIMIT of its own, so that nothing may follow it.
    """

    sql: str
    columns: tuple[Column, ...]
    limited: bool = False


@dataclass(frozen=True)
class Common:
    """A WITH query: relation's sql is its name in SQLite."""

    name: str
    columns: tuple[Column, ...]


@dataclass
class Scope:
    """The names that mean something at one place.

    grouped: the SQL of the GROUP BY expressions while a grouped select list is translated, else
    None. sequences: by name, those of which the row has drawn its number already. aliases: of the
    select list, while ORDER BY is.
    """

    draft: Draft
    parent: Scope | None = None
    sources: list[Visible] = field(default_factory=list)
    common: Mapping[str, Common] = field(default_factory=dict)
    shared: dict[str, Typed] = field(default_factory=dict)
    grouped: frozenset[str] | None = None
    rownum: Typed | None = None
    level: Typed | None = None
    sequences: Mapping[str, Typed] = field(default_factory=dict)
    aliases: Mapping[str, Typed] = field(default_factory=dict)

    def child(self) -> Scope:
        return Scope(self.draft, self, common=self.common)

    def find_common(self, name: str) -> Common | None:
        return self.common.get(name)

    def column(self, name: Name) -> Typed | None:
        """Return the column that a name means, here or in the statement around, else None.

        Raises ORA-00918 for one that several sources have.
        """
        if (found := self._own_column(name)) is not None:
            return found
        if self.parent:
            return self.parent.column(name)
        return None

    def _own_column(self, name: Name) -> Typed | None:
        wanted = name.parts[-1]
        if len(name.parts) == 1 and wanted in self.shared:
            return self.shared[wanted]
        candidates = []
        for source in self.sources:
            if _matches(source, name.parts[:-1]):
                candidates.append(source)
        holders = []
        for source in candidates:
            if wanted in source.columns:
                holders.append(source)
        if len(holders) > 1 or any(wanted in source.ambiguous for source in holders):
            raise OraError(918, f"{wanted}: column ambiguously defined", name.position)
        if holders:
            return holders[0].columns[wanted]
        if wanted == "ROWID":
            return self._rowid(candidates, name)
        return None

    def _rowid(self, candidates: list[Visible], name: Name) -> Typed | None:
        holders = []
        for source in candidates:
            if source.rowid:
                holders.append(source)
        if len(holders) > 1:
            raise OraError(918, "ROWID: column ambiguously defined", name.position)
        if holders:
            return rowid_of(holders[0])
        return None


def _matches(source: Visible, qualifier: tuple[str, ...]) -> bool:
    return not qualifier or source.names[-len(qualifier) :] == qualifier


def rowid_of(source: Visible) -> Typed:
    if source.table:
        number = source.table.number
    else:
        number = 0
    sql = f"ora_rowid({number}, {source.rowid})"
    return Typed(sql, SqlType.ROWID, 18, origin=Origin.ROWID, detail=source.rowid)


def shown_names(name: TableName, alias: str | None, schema: str) -> tuple[str, ...]:
    """Return how a statement names a source: by its alias, or by owner and name as written."""
    if alias:
        return (alias,)
    return (name.owner or schema, name.name)


def table_source(table: Table, names: tuple[str, ...], alias: str) -> Visible:
    """Return a table as a source. names: in the statement. alias: in SQLite."""
    columns = {}
    for column in table.columns:
        columns[column.name] = replace(
            Typed.of_column(column, f"{alias}.{quoted(column.name)}"), chars=column.size_chars
        )
    return Visible(names, columns, alias, table, rowid=f"{alias}.{ROWID}")


def relation_source(columns: tuple[Column, ...], names: tuple[str, ...], alias: str) -> Visible:
    found: dict[str, Typed] = {}
    ambiguous = set()
    for number, column in enumerate(columns, 1):
        if column.name in found:
            ambiguous.add(column.name)
        found[column.name] = Typed.of_column(column, f"{alias}.c{number}")
    return Visible(names, found, alias, ambiguous=frozenset(ambiguous))


def outer(source: Visible) -> None:
    """Make it the optional side of an outer join: any of its columns may be NULL."""
    source.columns = {
        name: replace(column, nullable=True) for name, column in source.columns.items()
    }
