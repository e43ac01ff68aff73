"""DDL: carried out at once, or as soon as nobody else has changed the table."""

from __future__ import annotations

from functools import partial
from time import monotonic

from oralite.ddl import statements
from oralite.ddl.change import Change, Requester
from oralite.errors import OraError
from oralite.parser.cursor import Cursor
from oralite.sql.connections import Links
from oralite.sql.shared import Shared
from oralite.storage.transaction import Transaction

#: Another transaction has changed or locked rows of the table.
BUSY = 54


class Definer:
    """Carries DDL statements out for one session."""

    def __init__(self, shared: Shared, user: str, links: Links, transaction: Transaction) -> None:
        self._shared = shared
        self._user = user
        self._links = links
        self._transaction = transaction

    def run(self, cursor: Cursor) -> bool:
        """Carry a DDL statement out, and return whether the client is to be warned.

        It commits what came before, and itself. It waits for those who have changed the table as
        long as DDL_LOCK_TIMEOUT says.
        """
        statement = statements.read_statement(cursor)
        mark = cursor.mark()
        until = monotonic() + self._links.context.ddl_lock_seconds
        while True:
            try:
                return self._carry_out(statement, cursor)
            except OraError as error:
                if error.code != BUSY or monotonic() >= until:
                    raise
            self._transaction.wait_for_change()
            cursor.back(mark)

    def _carry_out(self, statement: statements.Statement, cursor: Cursor) -> bool:
        context, shared = self._links.context, self._shared
        requester = Requester(
            user=self._user,
            schema=context.schema,
            moment=context.now,
            is_locked=partial(shared.locks.conflict_in_table, self._transaction),
            is_connected=shared.sessions.has_user,
            forget_sequence=shared.sequences.drop,
        )
        with self._transaction.exclusive() as connection:
            change = Change(requester, connection, shared.catalog)
            catalog = statements.carry_out(statement, change, cursor)
        shared.catalog = catalog
        return change.has_warning
