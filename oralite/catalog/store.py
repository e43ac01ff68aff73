"""The catalog on disk: each definition one JSON document in a table of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

import apsw

from oralite.catalog.catalog import Catalog
from oralite.catalog.definitions import (
    ColumnDefinition,
    Constraint,
    Grant,
    Index,
    Profile,
    SchemaObject,
    Sequence,
    Synonym,
    Table,
    Trigger,
    User,
    View,
)
from oralite.model import SqlType, Variant

_SCHEMA = """
create table if not exists "oralite#objects" (owner text, name text, kind text, document text,
  primary key (owner, name));
create table if not exists "oralite#users" (name text primary key, document text);
create table if not exists "oralite#grants" (grantee text, owner text, name text, privilege text,
  primary key (grantee, owner, name, privilege));
create table if not exists "oralite#profiles" (name text primary key, document text);
create table if not exists "oralite#triggers" (owner text, name text, document text,
  primary key (owner, name));
create table if not exists "oralite#sequences" (name text primary key, next integer);
"""


def create(connection: apsw.Connection) -> None:
    connection.execute(_SCHEMA)


def load(connection: apsw.Connection) -> Catalog:
    catalog = Catalog()
    for kind, document in connection.execute(
        'select kind, document from "oralite#objects" order by rowid'
    ):
        catalog = catalog.with_object(_READERS[kind](json.loads(document)))
    for (document,) in connection.execute('select document from "oralite#triggers"'):
        catalog = catalog.with_trigger(_trigger(json.loads(document)))
    for (document,) in connection.execute('select document from "oralite#users"'):
        fields = json.loads(document)
        catalog = catalog.with_user(
            User(**{**fields, "privileges": frozenset(fields["privileges"])})
        )
    for (document,) in connection.execute('select document from "oralite#profiles"'):
        catalog = catalog.with_profile(Profile(**json.loads(document)))
    rows = connection.execute('select grantee, owner, name, privilege from "oralite#grants"')
    return catalog.with_grants(frozenset(Grant(*row) for row in rows))


def save(connection: apsw.Connection, old: Catalog, new: Catalog) -> None:
    """Write what differs, inside the caller's transaction."""
    for key in old.objects.keys() - new.objects.keys():
        connection.execute('delete from "oralite#objects" where owner = ? and name = ?', key)
    for key, thing in new.objects.items():
        if old.objects.get(key) is not thing:
            row = (*key, type(thing).__name__, _document(thing))
            connection.execute('insert or replace into "oralite#objects" values (?, ?, ?, ?)', row)
    _save_triggers(connection, old, new)
    _save_named(connection, '"oralite#users"', old.users, new.users)
    _save_named(connection, '"oralite#profiles"', old.profiles, new.profiles)
    _save_grants(connection, old, new)


def _save_triggers(connection: apsw.Connection, old: Catalog, new: Catalog) -> None:
    for key in old.triggers.keys() - new.triggers.keys():
        connection.execute('delete from "oralite#triggers" where owner = ? and name = ?', key)
    for key, trigger in new.triggers.items():
        if old.triggers.get(key) is not trigger:
            row = (*key, _document(trigger))
            connection.execute('insert or replace into "oralite#triggers" values (?, ?, ?)', row)


def _save_named(
    connection: apsw.Connection,
    table: str,
    old: Mapping[str, User | Profile],
    new: Mapping[str, User | Profile],
) -> None:
    """Write what differs of one kind. table: its name in SQLite, quoted."""
    for name in old.keys() - new.keys():
        # Our own tables.
        connection.execute(f"delete from {table} where name = ?", (name,))  # noqa: S608
    for name, thing in new.items():
        if old.get(name) is not thing:
            sql = f"insert or replace into {table} values (?, ?)"  # noqa: S608 - our own tables
            connection.execute(sql, (name, _document(thing)))


def _save_grants(connection: apsw.Connection, old: Catalog, new: Catalog) -> None:
    for grant in old.grants - new.grants:
        connection.execute(
            'delete from "oralite#grants" where (grantee, owner, name, privilege) = (?, ?, ?, ?)',
            _row(grant),
        )
    for grant in new.grants - old.grants:
        connection.execute('insert into "oralite#grants" values (?, ?, ?, ?)', _row(grant))


def _row(grant: Grant) -> tuple[str, str, str, str]:
    return grant.grantee, grant.owner, grant.name, grant.privilege


def _document(thing: object) -> str:
    return json.dumps(thing, default=_plain)


@cache
def _names(kind: Any) -> tuple[str, ...]:
    """Return the names of the fields of a dataclass."""
    return tuple(field.name for field in fields(kind))


def _plain(value: object) -> object:
    if is_dataclass(value):
        return {name: getattr(value, name) for name in _names(value.__class__)}
    if isinstance(value, SqlType):
        return value.name
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(type(value).__name__)


def _column(fields: dict[str, Any]) -> ColumnDefinition:
    variant = Variant(**fields.get("variant", {}))
    return ColumnDefinition(**{**fields, "type": SqlType[fields["type"]], "variant": variant})


def _constraint(fields: dict[str, Any]) -> Constraint:
    if fields["reference"]:
        reference = tuple(fields["reference"])
    else:
        reference = None
    names = {}
    for key in ("columns", "reference_columns"):
        names[key] = tuple(fields[key])
    return Constraint(**{**fields, **names, "reference": reference})


def _index(fields: dict[str, Any]) -> Index:
    return Index(
        **{
            **fields,
            **{key: tuple(fields[key]) for key in ("columns", "expressions", "descending")},
        }
    )


def _table(fields: dict[str, Any]) -> Table:
    lists = {
        "columns": tuple(map(_column, fields["columns"])),
        "constraints": tuple(map(_constraint, fields["constraints"])),
        "indexes": tuple(map(_index, fields["indexes"])),
    }
    return Table(**{**fields, **lists})


def _view(fields: dict[str, Any]) -> View:
    return View(**{**fields, "columns": tuple(map(_column, fields["columns"]))})


def _sequence(fields: dict[str, Any]) -> Sequence:
    if fields["owned_by"]:
        owned = tuple(fields["owned_by"])
    else:
        owned = None
    return Sequence(**{**fields, "owned_by": owned})


def _synonym(fields: dict[str, Any]) -> Synonym:
    owner, name = fields["target"]
    return Synonym(**{**fields, "target": (owner, name)})


def _trigger(fields: dict[str, Any]) -> Trigger:
    owner, name = fields["table"]
    mistakes = tuple((line, column, text) for line, column, text in fields["mistakes"])
    return Trigger(**{**fields, "table": (owner, name), "mistakes": mistakes})


_READERS: dict[str, Callable[[dict[str, Any]], SchemaObject]] = {
    "Table": _table,
    "View": _view,
    "Sequence": _sequence,
    "Synonym": _synonym,
}
