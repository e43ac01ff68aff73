"""What a DDL statement works on: who gave it, the connection, and the catalog that it changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import apsw

from oralite.catalog.catalog import Catalog
from oralite.catalog.definitions import SchemaObject, Table
from oralite.errors import OraError
from oralite.parser.leaves import TableName
from oralite.translate.draft import Draft


@dataclass(frozen=True)
class Requester:
    """Who gives a DDL statement and when, and what else goes on in the database.

    is_locked: whether another transaction has changed or locked rows of a table. is_connected:
    whether a user has a session.
    """

    user: str
    schema: str
    moment: datetime
    is_locked: Callable[[str], bool]
    is_connected: Callable[[str], bool]
    forget_sequence: Callable[[str], None]


@dataclass
class Change:
    """One DDL statement under way.

    catalog: as it is to become. compiled: the trigger whose mistakes the client is warned of.
    """

    requester: Requester
    connection: apsw.Connection
    catalog: Catalog
    compiled: tuple[str, str] | None = None

    @property
    def has_warning(self) -> bool:
        """Return whether what was compiled does not compile."""
        return self.compiled is not None and bool(self.catalog.triggers[self.compiled].mistakes)

    @property
    def user(self) -> str:
        return self.requester.user

    def owner(self, name: TableName) -> str:
        return name.owner or self.requester.schema

    def follow(self, name: TableName) -> TableName:
        """Return the name that a synonym stands for, or the name as written.

        It is for statements that Oracle lets through a synonym.

        Raises ORA-00980, ORA-01775.
        """
        return TableName(*self.catalog.follow(name.owner, name.name, self.requester.schema))

    def created(self) -> str:
        """Return the moment, as USER_OBJECTS shows it."""
        return self.requester.moment.replace(tzinfo=None).isoformat(" ", "seconds")

    def draft(self, sql: str, owner: str) -> Draft:
        return Draft(sql, self.catalog, owner, self.user)

    def require(self, privilege: str, owner: str) -> None:
        """Require the right to make a thing of that kind in that schema.

        Raises ORA-01031, ORA-01918.
        """
        if not self.catalog.has(self.user, "ANY" if owner != self.user else privilege):
            raise OraError(1031, "insufficient privileges")

    def require_dba(self) -> None:
        """Refuse anybody but a DBA. Raises ORA-01031."""
        if not self.catalog.has(self.user, "ANY"):
            raise OraError(1031, "insufficient privileges")

    def require_free(self, owner: str, name: str) -> None:
        if self.catalog.find(owner, name) is not None:
            raise OraError(955, "name is already used by an existing object")

    def table(self, name: TableName) -> Table:
        """Return a table whose definition the user may change.

        Raises ORA-00942, ORA-01031, ORA-00054.
        """
        owner = self.owner(name)
        table = self.catalog.table(owner, name.name)
        self.catalog.require_owner(self.user, owner, name.name)
        self.require_quiet(table)
        return table

    def require_quiet(self, table: Table) -> None:
        """Refuse a table of which another transaction has locked rows. Raises ORA-00054."""
        if self.requester.is_locked(table.plain_stored_name):
            raise OraError(54, "resource busy and acquire with NOWAIT specified or timeout expired")

    def touch(self, owner: str, name: str) -> None:
        """Note that DDL was done on a table, if it is one and still there."""
        found = self.catalog.find(owner, name)
        if isinstance(found, Table):
            self.put(replace(found, altered=self.created()))

    def put(self, thing: SchemaObject) -> None:
        self.catalog = self.catalog.with_object(thing)
