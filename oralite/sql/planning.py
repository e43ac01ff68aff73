"""Plans of one user's statements: found among those that all sessions keep, or made."""

from __future__ import annotations

from collections.abc import Sequence

from oralite.model import BindType
from oralite.parser.cursor import Cursor
from oralite.sql.shared import Shared
from oralite.translate.plan import Plan
from oralite.translate.statement import translate

#: The words and the sign by which a query or a change begins. All else has no plan.
_PLANNED = ("SELECT", "WITH", "(", "INSERT", "UPDATE", "DELETE", "MERGE")


def is_planned(cursor: Cursor) -> bool:
    """Return whether a query or a change begins at the cursor."""
    return cursor.at_any(*_PLANNED)


def first_word(cursor: Cursor) -> str:
    """Return the word by which the statement is counted: SELECT for each query."""
    if cursor.at_any("WITH", "("):
        return "SELECT"
    return cursor.token.value


class Planner:
    """Finds and makes plans.

    A plan depends on the text, the types of the binds, the schema, the user and the catalog.
    """

    def __init__(self, shared: Shared, user: str) -> None:
        self._shared = shared
        self._user = user

    def find(self, sql: str, types: Sequence[BindType], schema: str) -> Plan | None:
        """Return the plan that was made for this statement, if it is still right."""
        return self._shared.plans.find(self._key(sql, types, schema), self._shared.catalog)

    def make(self, sql: str, types: Sequence[BindType], schema: str) -> Plan:
        """Make a plan of a query or a change, and keep it for all sessions."""
        catalog = self._shared.catalog
        plan = translate(sql, types, catalog, schema, self._user)
        self._shared.plans.keep(self._key(sql, types, schema), catalog, plan)
        return plan

    def _key(self, sql: str, types: Sequence[BindType], schema: str) -> tuple[object, ...]:
        return sql, tuple(bind.type for bind in types), schema, self._user
