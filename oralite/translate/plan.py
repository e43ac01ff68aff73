"""A translated statement, ready to run any number of times."""

from __future__ import annotations

from dataclasses import dataclass, field

from oralite.catalog.definitions import Table
from oralite.model import Column
from oralite.parser.leaves import ForUpdate


@dataclass(frozen=True, kw_only=True)
class MergePlan:
    """lookup selects per row of the source: the target's key or NULL, whether to act, whether to
    delete, then the new values: updated ones where the key is there, inserted ones where it is
    not.
    """

    lookup: str
    update: str
    insert: str
    delete: str
    updated: int


@dataclass(frozen=True)
class RenewalPlan:
    """An UPDATE of unique keys in steps, for rows that take each other's: lookup selects the keys
    of the rows and their new values, vacate frees the unique columns of one, update gives it its
    values. "" where that cannot be done. old selects a row as it was, if there are triggers to fire
    with it. fired: what they do.
    """

    lookup: str
    vacate: str = ""
    update: str = ""
    old: str = ""
    fired: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A translated statement.

    short_binds: those that may not exceed 4000 bytes.

    renewal: of an UPDATE that SQLite, which looks at unique keys after each row and not after the
    statement, may refuse wrongly. locked: the tables whose keys a FOR UPDATE query gives behind its
    columns. streams: whether the rows of a query stay the same when they are made later than it is
    executed.
    """

    verb: str
    sql: str = ""
    columns: tuple[Column, ...] = ()
    short_binds: frozenset[int] = frozenset()
    dictionary: frozenset[str] = frozenset()
    target: Table | None = None
    returning: bool = False
    single_row: bool = False
    merge: MergePlan | None = None
    renewal: RenewalPlan | None = None
    for_update: ForUpdate | None = None
    locked: tuple[Table, ...] = field(default=())
    streams: bool = False

    @property
    def may_run_at_once(self) -> bool:
        """Return whether an array of it needs no look at what one row did before the next one."""
        return not self.returning and (self.single_row or self.verb == "delete")
