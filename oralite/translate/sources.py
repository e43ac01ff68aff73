"""FROM: tables, views, WITH queries, subqueries and their joins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from oralite.catalog.definitions import PUBLIC, SYS, Table, View
from oralite.catalog.names import quoted
from oralite.catalog.rights import no_table
from oralite.dictionary import lookup
from oralite.errors import OraError
from oralite.model import Column, SqlType
from oralite.parser.cursor import Cursor
from oralite.parser.grammar import query
from oralite.parser.leaves import TableName, TableSource
from oralite.parser.nodes import DerivedSource, Join, Source
from oralite.translate.convert import comparison
from oralite.translate.rules import condition, subquery
from oralite.translate.scope import (
    Scope,
    Visible,
    outer,
    relation_source,
    shown_names,
    table_source,
)
from oralite.translate.typed import Typed

_DUAL = (Column("DUMMY", SqlType.VARCHAR2, 1),)


def from_clause(nodes: Sequence[Source], scope: Scope) -> str:
    """Return the SQL of the FROM clause. Each source becomes visible in the scope."""
    return ", ".join(
        f"({sql})" if isinstance(node, Join) else sql
        for node in nodes
        for sql in [_source(node, scope)]
    )


def _source(node: Source, scope: Scope) -> str:
    if isinstance(node, TableSource):
        return _table(node, scope)
    if isinstance(node, DerivedSource):
        return _derived(node, scope)
    return _join(node, scope)


def _derived(node: DerivedSource, scope: Scope) -> str:
    if node.lateral:
        raise scope.draft.unsupported("LATERAL")
    around = Scope(scope.draft, scope.parent, common=scope.common)
    found = subquery(node.query, around)
    alias = scope.draft.alias()
    scope.sources.append(relation_source(found.columns, (node.alias or "",), alias))
    return f"({found.sql}) AS {alias}"


def _table(node: TableSource, scope: Scope) -> str:
    draft, name = scope.draft, node.table.name
    alias = draft.alias()
    if node.table.owner is None and (common := scope.find_common(name)):
        scope.sources.append(relation_source(common.columns, (node.alias or name,), alias))
        return f"{common.name} AS {alias}"
    found = resolve(node.table, scope)
    if isinstance(found, TableName):
        return _system(found, node.alias or name, alias, scope)
    draft.catalog.require(draft.user, found.owner, found.name, "SELECT")
    names = shown_names(node.table, node.alias, draft.schema)
    if isinstance(found, View):
        return _view(found, names, alias, scope)
    draft.tables.append(found)
    scope.sources.append(table_source(found, names, alias))
    return f"{found.stored_name} AS {alias}"


def resolve(name: TableName, scope: Scope) -> Table | View | TableName:
    """Return the table or view that is meant, or a name that may be one of the dictionary's.

    Raises ORA-00980 and ORA-01775 for a synonym that leads nowhere.
    """
    draft = scope.draft
    owner, plain = draft.catalog.follow(name.owner, name.name, draft.schema)
    found = draft.catalog.find(owner or draft.schema, plain)
    if isinstance(found, (Table, View)):
        return found
    return TableName(owner, plain)


def _system(found: TableName, shown: str, alias: str, scope: Scope) -> str:
    name = found.name
    if found.owner not in (None, SYS, PUBLIC):
        raise no_table()
    if name == "DUAL":
        scope.sources.append(relation_source(_DUAL, (shown,), alias))
        return f"(SELECT 'X' AS c1) AS {alias}"
    view = lookup.find(name)
    if view is None or not lookup.is_visible(view, scope.draft.catalog, scope.draft.user):
        raise no_table()
    scope.draft.dictionary.add(view.name)
    columns = {}
    for column in view.columns:
        columns[column.name] = Typed.of(column, f"{alias}.{quoted(column.name)}")
    scope.sources.append(Visible((SYS, shown), columns, alias))
    return f"{quoted(view.module)} AS {alias}"


def _view(view: View, names: tuple[str, ...], alias: str, scope: Scope) -> str:
    """Translate a view's query, read with its owner's eyes and rights."""
    draft = scope.draft
    before = draft.schema, draft.user
    draft.schema = draft.user = view.owner
    try:
        found = subquery(query(Cursor(view.text)), Scope(draft))
    finally:
        draft.schema, draft.user = before
    pieces = []
    for named, column in zip(view.columns, found.columns, strict=False):
        pieces.append(replace(column, name=named.name))
    columns = tuple(pieces)
    scope.sources.append(relation_source(columns, names, alias))
    return f"({found.sql}) AS {alias}"


def _join(node: Join, scope: Scope) -> str:
    first = len(scope.sources)
    left = _source(node.left, scope)
    middle = len(scope.sources)
    right = _source(node.right, scope)
    if isinstance(node.right, Join):
        right = f"({right})"
    lefts, rights = scope.sources[first:middle], scope.sources[middle:]
    if node.natural:
        names = _natural_names(lefts, rights)
    else:
        names = node.using
    if names:
        test = _using(names, lefts, rights, node.kind, scope)
    else:
        test = ""
    if node.condition is not None:
        test = condition(node.condition, scope)
    _make_optional(node.kind, lefts, rights)
    word = {"INNER": "JOIN", "CROSS": "JOIN"}.get(node.kind, f"{node.kind} JOIN")
    return f"{left} {word} {right}" + (f" ON {test}" if test else "")


def _make_optional(kind: str, lefts: Sequence[Visible], rights: Sequence[Visible]) -> None:
    optional = [
        *(rights if kind in ("LEFT", "FULL") else ()),
        *(lefts if kind in ("RIGHT", "FULL") else ()),
    ]
    for source in optional:
        outer(source)


def _natural_names(lefts: Sequence[Visible], rights: Sequence[Visible]) -> tuple[str, ...]:
    known = set()
    for source in rights:
        for name in source.columns:
            known.add(name)
    return tuple(
        dict.fromkeys(name for source in lefts for name in source.columns if name in known)
    )


def _using(
    names: Sequence[str],
    lefts: Sequence[Visible],
    rights: Sequence[Visible],
    kind: str,
    scope: Scope,
) -> str:
    tests = []
    for name in names:
        left, right = _one(name, lefts, scope), _one(name, rights, scope)
        tests.append(comparison("=", left, right))
        if kind == "FULL":
            left = left.at(f"coalesce({left.sql}, {right.sql})")
        if kind == "RIGHT":
            scope.shared[name] = right
        else:
            scope.shared[name] = left
    return " AND ".join(tests)


def _one(name: str, sources: Sequence[Visible], scope: Scope) -> Typed:
    if name in scope.shared and any(name in source.columns for source in sources[:-1]):
        return scope.shared[name]
    found = []
    for source in sources:
        if name in source.columns:
            found.append(source.columns[name])
    if len(found) != 1:
        if not found:
            code = 904
        else:
            code = 918
        raise OraError(
            code,
            f'"{name}": invalid identifier' if not found else f"{name}: column ambiguously defined",
        )
    return found[0]
