"""What a DDL statement works on: the session that gave it, the connection, and the catalog as it is to become."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import apsw

from oralite.catalog import Catalog
from oralite.catalog.definitions import SchemaObject, Table
from oralite.errors import OraError
from oralite.parser.leaves import TableName
from oralite.translate.draft import Draft

if TYPE_CHECKING:
    from oralite.sqlsession import SqlSession


@dataclass
class Change:
    session: SqlSession
    connection: apsw.Connection
    catalog: Catalog

    @property
    def user(self) -> str:
        return self.session.user

    def owner(self, name: TableName) -> str:
        return name.owner or self.session.schema

    def follow(self, name: TableName) -> TableName:
        """Give the name that a synonym stands for, or the name as written; for statements that Oracle lets through one.

        Raises ORA-00980, ORA-01775.
        """
        return TableName(*self.catalog.follow(name.owner, name.name, self.session.schema))

    def created(self) -> str:
        """The moment, as USER_OBJECTS shows it."""
        return self.session.context.now.replace(tzinfo=None).isoformat(" ", "seconds")

    def draft(self, sql: str, owner: str) -> Draft:
        return Draft(sql, self.catalog, owner, self.user)

    def require(self, privilege: str, owner: str) -> None:
        """The right to make a thing of that kind in that schema. Raises ORA-01031, ORA-01918."""
        if not self.catalog.has(self.user, "ANY" if owner != self.user else privilege):
            raise OraError(1031, "insufficient privileges")

    def require_dba(self) -> None:
        """Raises ORA-01031."""
        if not self.catalog.has(self.user, "ANY"):
            raise OraError(1031, "insufficient privileges")

    def require_free(self, owner: str, name: str) -> None:
        if self.catalog.find(owner, name) is not None:
            raise OraError(955, "name is already used by an existing object")

    def table(self, name: TableName) -> Table:
        """A table whose definition the user may change. Raises ORA-00942, ORA-01031, ORA-00054."""
        owner = self.owner(name)
        table = self.catalog.table(owner, name.name)
        self.catalog.require_owner(self.user, owner, name.name)
        self.require_quiet(table)
        return table

    def require_quiet(self, table: Table) -> None:
        """Raises ORA-00054 while another transaction holds rows of the table."""
        if self.session.database.locks.conflict_in_table(
            self.session.transaction, f"{table.owner}.{table.name}"
        ):
            raise OraError(54, "resource busy and acquire with NOWAIT specified or timeout expired")

    def put(self, thing: SchemaObject) -> None:
        self.catalog = self.catalog.with_object(thing)
