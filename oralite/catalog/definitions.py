"""What a schema holds: tables, views, sequences, synonyms, users and their rights."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from oralite.catalog.names import quoted, quoted_stored, stored_name
from oralite.model import PLAIN, SqlType, Variant

#: The hidden integer key of every stored table.
ROWID = '"ROWID#"'
#: The profile of users that have no other.
DEFAULT_PROFILE = "DEFAULT"
DEFAULT_LIMIT = "DEFAULT"
UNLIMITED = "UNLIMITED"
#: The limit of a profile that is kept here.
SESSIONS = "SESSIONS_PER_USER"
#: The other limits on resources; none of them is kept here.
OTHER_RESOURCES = (
    "COMPOSITE_LIMIT",
    "CPU_PER_SESSION",
    "CPU_PER_CALL",
    "LOGICAL_READS_PER_SESSION",
    "LOGICAL_READS_PER_CALL",
    "IDLE_TIME",
    "CONNECT_TIME",
    "PRIVATE_SGA",
)


@dataclass(frozen=True)
class ColumnDefinition:
    """A column as it was declared.

    default: the expression's source text.

    identity: ALWAYS or BY DEFAULT. not_null: the name of its NOT NULL, if it has been given one.
    Hidden columns of views do not exist.
    """

    name: str
    type: SqlType
    size_bytes: int = 0
    size_chars: int = 0
    precision: int = 0
    scale: int = -127
    nullable: bool = True
    default: str | None = None
    default_on_null: bool = False
    identity: str | None = None
    comment: str | None = None
    variant: Variant = PLAIN
    not_null: str = ""


@dataclass(frozen=True)
class Constraint:
    """A constraint of a table.

    kind as in USER_CONSTRAINTS: P, U, R or C. condition: of C. The rest: of R, but for is_enabled,
    which only a key is not always.
    """

    name: str
    kind: str
    columns: tuple[str, ...] = ()
    condition: str = ""
    reference: tuple[str, str] | None = None
    reference_columns: tuple[str, ...] = ()
    on_delete: str = ""
    generated: bool = False
    is_enabled: bool = True


@dataclass(frozen=True)
class Index:
    """An index of a table.

    columns: names, or the source text of an expression where expressions is set at that place.
    """

    owner: str
    name: str
    columns: tuple[str, ...]
    expressions: tuple[bool, ...]
    descending: tuple[bool, ...]
    unique: bool = False

    @cached_property
    def listed_columns(self) -> str:
        """Return the names of its columns, none of them an expression, as SQLite's SQL has them."""
        return ", ".join(map(quoted, self.columns))

    @property
    def stored_name(self) -> str:
        """Return its name in SQLite, quoted. There tables and indexes share their names' space."""
        return quoted_stored(f"I:{stored_name(self.owner, self.name)}")

    @property
    def stored_null_name(self) -> str:
        """Return the name in SQLite of its second half, which holds the unique keys that are NULL
        in part.
        """
        return quoted_stored(f"N:{stored_name(self.owner, self.name)}")


@dataclass(frozen=True)
class Table:
    """A table.

    row_count: of the last ANALYZE, at the moment analyzed. None before. altered: the moment of the
    last DDL on it.
    """

    owner: str
    name: str
    number: int
    columns: tuple[ColumnDefinition, ...]
    constraints: tuple[Constraint, ...] = ()
    indexes: tuple[Index, ...] = ()
    comment: str | None = None
    created: str = ""
    row_count: int | None = None
    analyzed: str = ""
    altered: str = ""

    @cached_property
    def stored_name(self) -> str:
        """Return its name in SQLite, quoted."""
        return quoted(self.owner, self.name)

    @cached_property
    def plain_stored_name(self) -> str:
        """Return its name in SQLite, as SQLite itself gives it."""
        return stored_name(self.owner, self.name)

    @cached_property
    def unique_indexes(self) -> tuple[Index, ...]:
        return tuple(index for index in self.indexes if index.unique)

    def column(self, name: str) -> ColumnDefinition | None:
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True)
class View:
    owner: str
    name: str
    number: int
    text: str
    columns: tuple[ColumnDefinition, ...]
    created: str = ""
    comment: str | None = None


@dataclass(frozen=True)
class Sequence:
    """A sequence.

    owned_by: the (table, column) of an identity column. cached, is_ordered: as declared. Here all
    sessions share one counter, so numbers always come in the order in which they are drawn.
    """

    owner: str
    name: str
    number: int
    start: int = 1
    increment: int = 1
    least: int = 1
    greatest: int = 10**28 - 1
    cycle: bool = False
    owned_by: tuple[str, str] | None = None
    created: str = ""
    cached: int = 20
    is_ordered: bool = False


@dataclass(frozen=True)
class Trigger:
    """A trigger of one event, fired after each row.

    body: its text from BEGIN on. mistakes: what is wrong with it, each with its line and column
    there, as ALL_ERRORS shows it. Without any it is valid.
    """

    owner: str
    name: str
    number: int
    table: tuple[str, str]
    event: str
    body: str
    is_enabled: bool = True
    mistakes: tuple[tuple[int, int, str], ...] = ()
    created: str = ""
    altered: str = ""

    @property
    def stored_name(self) -> str:
        """Return its name in SQLite, quoted."""
        return quoted_stored(f"T:{stored_name(self.owner, self.name)}")


@dataclass(frozen=True)
class Synonym:
    """Another name for target, an owner and a name that need not exist.

    owner PUBLIC: one for all users.
    """

    owner: str
    name: str
    number: int
    target: tuple[str, str]
    created: str = ""


@dataclass(frozen=True)
class User:
    name: str
    password: str
    number: int
    privileges: frozenset[str] = field(default_factory=frozenset)
    created: str = ""
    profile: str = DEFAULT_PROFILE


@dataclass(frozen=True)
class Profile:
    """What its users may have at most.

    sessions_per_user: a number, UNLIMITED, or DEFAULT for what that profile has.
    """

    name: str
    sessions_per_user: str = DEFAULT_LIMIT


@dataclass(frozen=True)
class Grant:
    """The right to do privilege (SELECT, INSERT, UPDATE, DELETE ...) with owner.name."""

    grantee: str
    owner: str
    name: str
    privilege: str


SchemaObject: TypeAlias = Table | View | Sequence | Synonym

#: Owns the synonyms that all users have, and is granted what all may do.
PUBLIC = "PUBLIC"
#: Owns the dictionary, which is no part of the catalog.
SYS = "SYS"
