"""Statements that are neither query nor DML: transaction control, sessions, the server, DDL and
blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from oralite.catalog.rights import no_table
from oralite.errors import OraError
from oralite.model import Outcome, Row
from oralite.parser.cursor import Cursor
from oralite.parser.sources import table_name
from oralite.sql.blocks import read_block
from oralite.sql.connections import Links
from oralite.sql.defining import BUSY, Definer
from oralite.sql.shared import Shared
from oralite.sql.system import alter_system
from oralite.storage.transaction import Transaction
from oralite.tokens import TokenKind


class Control:
    """Carries such statements out for one session. query: what gives the rows of a query."""

    def __init__(
        self,
        shared: Shared,
        user: str,
        links: Links,
        transaction: Transaction,
        query: Callable[[str], Iterable[Row]],
    ) -> None:
        self._shared = shared
        self._user = user
        self._links = links
        self._transaction = transaction
        self._query = query
        self._definer = Definer(shared, user, links, transaction)
        self._has_warning = False

    def run(self, cursor: Cursor) -> Outcome:
        """Carry the statement out.

        The outcome names the session's schema where it became another.
        """
        before = self._links.context.schema
        self._has_warning = False
        word = cursor.token.value
        if word == "COMMIT":
            self._commit(cursor)
        elif word == "ROLLBACK":
            self._rollback(cursor)
        elif word == "SAVEPOINT":
            self._savepoint(cursor)
        elif word == "SET":
            _set(cursor)
        elif word == "BEGIN":
            self._block(cursor)
        elif cursor.at("LOCK", "TABLE"):
            self._lock_table(cursor)
        elif cursor.at("ALTER", "SESSION"):
            self._alter_session(cursor)
        elif cursor.at("ALTER", "SYSTEM"):
            alter_system(cursor, self._shared, self._user, self._links.context.number)
        else:
            self._has_warning = self._definer.run(cursor)
        schema = self._links.context.schema
        if schema == before:
            return Outcome(has_warning=self._has_warning)
        return Outcome(schema=schema)

    def _commit(self, cursor: Cursor) -> None:
        cursor.expect("COMMIT")
        cursor.accept("WORK")
        cursor.expect_end()
        self._transaction.commit()

    def _rollback(self, cursor: Cursor) -> None:
        cursor.expect("ROLLBACK")
        cursor.accept("WORK")
        if not cursor.accept("TO"):
            cursor.expect_end()
            self._transaction.rollback()
            return
        cursor.accept("SAVEPOINT")
        name = cursor.identifier()
        cursor.expect_end()
        self._transaction.rollback_to(name)

    def _savepoint(self, cursor: Cursor) -> None:
        cursor.expect("SAVEPOINT")
        name = cursor.identifier()
        cursor.expect_end()
        self._transaction.savepoint(name)

    def _lock_table(self, cursor: Cursor) -> None:
        """Refuse a table that another transaction has changed, as IN SHARE MODE NOWAIT does.

        Nothing is locked afterwards: it is for those who roll back at once.

        Raises ORA-00054, ORA-00942.
        """
        cursor.expect("LOCK", "TABLE")
        written = table_name(cursor)
        if not cursor.accept("IN", "SHARE", "MODE", "NOWAIT"):
            raise cursor.unsupported("a LOCK TABLE other than IN SHARE MODE NOWAIT")
        cursor.expect_end()
        catalog, schema = self._shared.catalog, self._links.context.schema
        owner, name = catalog.follow(written.owner, written.name, schema)
        owner = owner or schema
        table = catalog.table(owner, name)
        rights = catalog.object_privileges(self._user, owner, name)
        if self._user != owner and not rights and not catalog.has(self._user, "ANY"):
            raise no_table()
        # Whoever is writing parks, and by that claims what it has changed.
        self._transaction.activate()
        is_locked = self._shared.locks.conflict_in_table(self._transaction, table.plain_stored_name)
        self._transaction.keep_statement()
        if is_locked:
            raise OraError(
                BUSY, "resource busy and acquire with NOWAIT specified or timeout expired"
            )

    def _alter_session(self, cursor: Cursor) -> None:
        """Set all of its parameters, or none where one is refused."""
        if not cursor.accept("ALTER", "SESSION", "SET"):
            raise cursor.unsupported("this ALTER SESSION")
        given = []
        while cursor.token.kind is not TokenKind.END and not cursor.at(";"):
            name = cursor.advance().value
            cursor.expect("=")
            given.append((name, _parameter(cursor)))
        cursor.expect_end()
        context = self._links.context
        before = context.parameters
        try:
            for name, value in given:
                context.alter(name, value)
        except OraError:
            context.parameters = before
            raise

    def _block(self, cursor: Cursor) -> None:
        """Run one of the blocks that are known. Raises what their statements raise."""
        block = read_block(cursor)
        texts = [block.text]
        if block.query:
            texts = [str(row[0]) for row in self._query(block.query)]
        for text in texts:
            try:
                self.run(Cursor(text))
            except OraError as error:
                if -error.code not in block.tolerated:
                    raise


def _set(cursor: Cursor) -> None:
    """Take a SET TRANSACTION that names the way it works anyway, and refuse all else."""
    cursor.expect("SET")
    if not (
        cursor.accept("TRANSACTION", "READ", "WRITE")
        or cursor.accept("TRANSACTION", "ISOLATION", "LEVEL", "READ", "COMMITTED")
    ):
        raise cursor.unsupported("this SET")
    cursor.expect_end()


def _parameter(cursor: Cursor) -> str:
    value = cursor.advance().value
    if value == "READ" and cursor.at("COMMITTED"):
        return f"{value} {cursor.advance().value}"
    return value
