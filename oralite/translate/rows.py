"""What each row of a query block has once, however often it is named: its ROWNUM and one number of
each sequence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from oralite.model import SqlType
from oralite.parser.leaves import Name
from oralite.parser.nodes import Item, Query, Select
from oralite.parser.trees import names_in
from oralite.translate.pseudo import SEQUENCE_WORDS, next_value, sequence_name, sequence_refused
from oralite.translate.scope import Scope
from oralite.translate.typed import Typed, typed


@dataclass(frozen=True)
class Wanted:
    """What the rows of a query block need.

    rownum: whether it is named.

    sequences: NEXTVALs that must be drawn before the row is worked out.
    """

    rownum: bool = False
    sequences: tuple[Name, ...] = ()

    def __bool__(self) -> bool:
        return self.rownum or bool(self.sequences)


def wanted_by(body: Select, query: Query, scope: Scope) -> Wanted:
    """Return what the block's own clauses name, subqueries left out.

    Raises ORA-02287 for a NEXTVAL where none may be.
    """
    pieces = []
    for item in body.items:
        if isinstance(item, Item):
            pieces.append(item.value)
    values = tuple(pieces)
    ordering = (body.group, body.having, query.order)
    if _sequences((body.where, ordering), scope):
        raise sequence_refused()
    if (body.distinct or any((*ordering, query.fetch, query.offset))) and _sequences(values, scope):
        raise sequence_refused()
    named = any(name.parts == ("ROWNUM",) for name in names_in((values, ordering)))
    counted = scope.rownum is None or body.where is not None
    return Wanted(named and counted, shared_sequences(values, scope))


def wanted_of(values: Sequence[object], scope: Scope) -> Wanted:
    """Return what the new values of a row name."""
    return Wanted(
        any(name.parts == ("ROWNUM",) for name in names_in(values)), shared_sequences(values, scope)
    )


def drawn_sequences(values: Sequence[object], scope: Scope) -> tuple[Name, ...]:
    """Return the NEXTVAL of each sequence, once."""
    found = []
    for name in _sequences(values, scope):
        if name.parts[-1] == "NEXTVAL":
            found.append(name)
    return tuple({sequence_name(name, scope.draft): name for name in found}.values())


def shared_sequences(values: Sequence[object], scope: Scope) -> tuple[Name, ...]:
    """Return the NEXTVAL of each sequence that is named more than once, or not as a value of its
    own.
    """
    found = _sequences(values, scope)
    if not found:
        return ()
    counts = Counter(sequence_name(name, scope.draft) for name in found)
    plain = set()
    for value in found:
        if value in values:
            plain.add(sequence_name(value, scope.draft))
    drawn = []
    for name in drawn_sequences(values, scope):
        drawn.append((sequence_name(name, scope.draft), name))
    result = []
    for key, name in drawn:
        if counts[key] > 1 or key not in plain:
            result.append(name)
    return tuple(result)


def _sequences(node: object, scope: Scope) -> list[Name]:
    named = []
    for name in names_in(node):
        if len(name.parts) > 1 and name.parts[-1] in SEQUENCE_WORDS:
            named.append(name)
    return [name for name in named if scope.column(name) is None]


class _Subquery:
    """What gathers of a subquery: columns w1, w2 ... by which the block around names its values."""

    def __init__(self, alias: str) -> None:
        self.alias = alias
        self.pieces: list[str] = []

    def add(self, sql: str) -> str:
        """Make a value a column, and return what it is called around the subquery."""
        self.pieces.append(f"{sql} AS w{len(self.pieces) + 1}")
        return f"{self.alias}.w{len(self.pieces)}"

    def take(self, value: Typed) -> Typed:
        return replace(value, sql=self.add(value.sql))

    def take_all(self, values: Mapping[str, Typed]) -> dict[str, Typed]:
        return {name: self.take(value) for name, value in values.items()}


def as_subquery(source: str, tests: str, limit: str, wanted: Wanted, scope: Scope) -> str:
    """Return the filtered and limited rows as one subquery, beneath what counts, orders or groups
    them. It takes the sources' place, and what is wanted of each row is a column of it.
    """
    inner = _Subquery(scope.draft.alias())
    for visible in scope.sources:
        visible.columns = inner.take_all(visible.columns)
        if visible.rowid:
            visible.rowid = inner.add(visible.rowid)
    scope.shared = inner.take_all(scope.shared)
    if scope.rownum is not None:
        scope.rownum = inner.take(scope.rownum)
    if scope.level is not None:
        scope.level = inner.take(scope.level)
    if wanted.rownum:
        number = typed(inner.add("ora_int(row_number() OVER ())"), SqlType.NUMBER)
        scope.rownum = replace(number, nullable=False)
    drawn: dict[str, Typed] = {}
    for name in wanted.sequences:
        number = typed(inner.add(next_value(name, scope.draft)), SqlType.NUMBER)
        drawn[sequence_name(name, scope.draft)] = number
    scope.sequences = drawn
    origin = ""
    if source:
        origin = f" FROM {source}{tests}"
    # OFFSET keeps SQLite from merging the two: it would order all rows first and pick the limited
    # ones then, or draw a number of a sequence wherever one is named.
    limit = limit or " LIMIT -1 OFFSET 0"
    return f"(SELECT {', '.join(inner.pieces) or '1'}{origin}{limit}) AS {inner.alias}"
