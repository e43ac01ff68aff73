"""The rules of the grammar that need one another: named here, so that each file can use them before
they are written.

A condition holds expressions, an expression may hold a query, and a query is made of both.
`grammar.py` is where the rest of the package finds all of them written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from oralite.parser.cursor import Cursor
from oralite.parser.nodes import Condition, Expression, Query

Node = TypeVar("Node")


class Rule(Generic[Node]):
    """A rule that is called like the function that is written for it."""

    def __init__(self) -> None:
        self._read: Callable[[Cursor], Node] | None = None

    def written(self, read: Callable[[Cursor], Node]) -> Callable[[Cursor], Node]:
        """Take the function that carries the rule out. A decorator."""
        self._read = read
        return read

    def __call__(self, cursor: Cursor) -> Node:
        assert self._read is not None, "import oralite.parser.grammar: it has all rules written"
        return self._read(cursor)


expression: Rule[Expression] = Rule()
operand: Rule[Expression] = Rule()
condition: Rule[Condition] = Rule()
query: Rule[Query] = Rule()


def subquery(cursor: Cursor) -> Query:
    """Read the query of a value or of an IN list.

    Raises ORA-00907 where it has an order, and no limit that would need one.
    """
    found = query(cursor)
    if found.order and not (found.fetch or found.offset):
        raise cursor.unexpected(")")
    return found
