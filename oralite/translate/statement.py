"""SQL text and bind types to a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from oralite.catalog.catalog import Catalog
from oralite.catalog.definitions import Table
from oralite.errors import OraError
from oralite.model import BindType
from oralite.parser.changes import Delete, Insert, Merge, Update
from oralite.parser.cursor import Cursor
from oralite.parser.grammar import query
from oralite.parser.leaves import ForUpdate
from oralite.parser.nodes import Query, Select
from oralite.parser.statements import dml
from oralite.translate import dml as writing
from oralite.translate.aggregation import contains_aggregate
from oralite.translate.draft import Draft
from oralite.translate.merge import merge
from oralite.translate.plan import Plan
from oralite.translate.queries import select
from oralite.translate.scope import Scope, Visible
from oralite.translate.translator import relation


def translate(
    sql: str, types: Sequence[BindType], catalog: Catalog, schema: str, user: str
) -> Plan:
    """Translate a query or a change.

    Raises OraError for what is wrong, NotSupported for what is not known.
    """
    draft = Draft(sql, catalog, schema, user, types)
    change = _read(sql)
    if isinstance(change, Query):
        return _query(change, draft)
    if isinstance(change, Merge):
        table, merging = merge(change, Scope(draft))
        return _complete(Plan(verb="merge", target=table, merge=merging), draft)
    table, text = _change(change, Scope(draft))
    return _complete(
        Plan(
            verb=type(change).__name__.lower(),
            sql=text,
            target=table,
            returning=bool(change.returning),
            single_row=isinstance(change, Insert) and change.query is None,
            renewal=draft.renewal,
        ),
        draft,
    )


@lru_cache(maxsize=1024)
def _read(sql: str) -> Query | Insert | Update | Delete | Merge:
    """Read a query or a change. What it says is the same in each database of the process."""
    cursor = Cursor(sql)
    if cursor.at_any("SELECT", "WITH", "("):
        node: Query | Insert | Update | Delete | Merge = query(cursor)
    else:
        node = dml(cursor)
    cursor.expect_end()
    return node


def _complete(plan: Plan, draft: Draft) -> Plan:
    """Add what gathered while the statement was translated."""
    return replace(
        plan, short_binds=frozenset(draft.short_binds), dictionary=frozenset(draft.dictionary)
    )


def _change(node: Insert | Update | Delete, scope: Scope) -> tuple[Table, str]:
    if isinstance(node, Insert):
        return writing.insert(node, scope)
    if isinstance(node, Update):
        return writing.update(node, scope)
    return writing.delete(node, scope)


def _query(node: Query, draft: Draft) -> Plan:
    scope = Scope(draft)
    if node.for_update:
        return _locking(node, node.for_update, scope)
    found = relation(node, scope)
    return _complete(
        Plan(
            verb="select",
            sql=found.sql,
            columns=found.columns,
            streams=not draft.dictionary and not _changes_by_row(found.sql),
        ),
        draft,
    )


#: What changes from one row to the next, or while a result is fetched.
_OF_THE_MOMENT = ("ora_nextval(", "ora_currval(")


def _changes_by_row(sql: str) -> bool:
    for name in _OF_THE_MOMENT:
        if name in sql:
            return True
    return False


def _locking(node: Query, locking: ForUpdate, scope: Scope) -> Plan:
    """Translate a query whose rows are locked: it gives their keys behind its columns.

    Raises ORA-02014 where rows have none.
    """
    body, draft = node.body, scope.draft
    if (
        not isinstance(body, Select)
        or body.distinct
        or body.group
        or contains_aggregate(body.items)
    ):
        raise OraError(1786, "FOR UPDATE of this query expression is not allowed")
    if node.fetch or node.offset or node.common:
        raise OraError(2014, "cannot select FOR UPDATE from view with DISTINCT, GROUP BY, etc.")
    probe = Scope(Draft(draft.sql, draft.catalog, draft.schema, draft.user, draft.types))
    select(node, body, probe)
    locked = _locked(locking, probe)
    keys = []
    for source in locked:
        keys.append(source.rowid)
    sql, columns = select(node, body, scope, keys)
    tables = tuple(source.table for source in locked if source.table)
    return _complete(
        Plan(verb="select", sql=sql, columns=columns, for_update=locking, locked=tables), draft
    )


def _locked(locking: ForUpdate, scope: Scope) -> list[Visible]:
    """Return the sources whose rows are locked, found by a first translation, which names them as
    the second one does.
    """
    if any(not source.rowid for source in scope.sources if source.names[-1:] != ("DUAL",)):
        raise OraError(2014, "cannot select FOR UPDATE from view with DISTINCT, GROUP BY, etc.")
    if not locking.of:
        return [source for source in scope.sources if source.rowid]
    found = []
    for name in locking.of:
        if scope.column(name) is None:
            raise OraError(904, f'"{name.parts[-1]}": invalid identifier', name.position)
        for source in scope.sources:
            if name.parts[-1] in source.columns and (
                len(name.parts) == 1 or name.parts[-2] in source.names
            ):
                found.append(source)
    return found
