"""Frozen values that travel between the wire side and the SQL side.

One rule holds everywhere: a value rests in storage in the form in which it travels. NUMBER, DATE,
TIMESTAMP and INTERVAL are the bytes of Oracle's own wire encoding, whose byte order is the order of
the values. So comparison, grouping, joining and indexing are exact with SQLite's memcmp, and
nothing is converted on the way in or out. See values.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol, TypeAlias

#: NUMBER/DATE/TIMESTAMP/INTERVAL/RAW/BLOB/BINARY_DOUBLE: bytes; VARCHAR2/CHAR/CLOB: str; NULL:
#: None. The empty str and empty bytes occur only as empty CLOB and empty BLOB: '' is NULL
#: elsewhere.
Value: TypeAlias = str | bytes | None
Row: TypeAlias = tuple[Value, ...]


class SqlType(Enum):
    """The type of a column, a bind or an expression."""

    VARCHAR2 = "VARCHAR2"
    CHAR = "CHAR"
    NUMBER = "NUMBER"
    BINARY_DOUBLE = "BINARY_DOUBLE"
    DATE = "DATE"
    TIMESTAMP = "TIMESTAMP"
    TIMESTAMP_TZ = "TIMESTAMP WITH TIME ZONE"
    INTERVAL_DS = "INTERVAL DAY TO SECOND"
    CLOB = "CLOB"
    BLOB = "BLOB"
    RAW = "RAW"
    ROWID = "ROWID"


@dataclass(frozen=True)
class Variant:
    """What a declaration says that makes no difference to a value, but that clients and the
    dictionary see.

    is_national: NVARCHAR2, NCHAR, NCLOB, of that number of chars. float_digits: FLOAT of that
    number of binary digits. is_unlimited: NUMBER(*, n), such as INTEGER. is_long: LONG, LONG RAW,
    with which little may be done. is_single: BINARY_FLOAT, rounded to four bytes.
    """

    is_national: bool = False
    chars: int = 0
    float_digits: int = 0
    is_unlimited: bool = False
    is_long: bool = False
    is_single: bool = False


PLAIN = Variant()


@dataclass(frozen=True)
class Column:
    """One column of a result: size_bytes is the declared limit of VARCHAR2, CHAR and RAW.

    Precision and scale are those of NUMBER (precision 0, scale -127: undeclared) or, for TIMESTAMP,
    scale is the fraction's digits.
    """

    name: str
    type: SqlType
    size_bytes: int = 0
    precision: int = 0
    scale: int = -127
    nullable: bool = True
    variant: Variant = PLAIN


@dataclass(frozen=True)
class BindType:
    """What the client declared for one bind: its type and its buffer's size."""

    type: SqlType
    size_bytes: int = 0


def serial_number(session: int) -> int:
    """Return SERIAL# of a session, which has two bytes with clients."""
    return session % 60000 + 1


class Kind(Enum):
    """What a statement is. The client encodes each kind differently."""

    QUERY = "query"
    DML = "dml"
    BLOCK = "block"
    OTHER = "other"


@dataclass(frozen=True)
class Scan:
    """What a lexical look at the text shows, also when the SQL is wrong.

    binds: for SQL one name per occurrence, for a block one per distinct name. returning: the
    indexes of those after RETURNING ... INTO.
    """

    kind: Kind
    binds: tuple[str, ...] = ()
    returning: frozenset[int] = frozenset()


@dataclass(frozen=True)
class BatchError:
    """One row of an array statement that failed, with its offset."""

    offset: int
    code: int
    message: str


class Rest(Protocol):
    """Rows of a query that are made as they are taken."""

    @property
    def is_exhausted(self) -> bool: ...

    def take(self, count: int) -> Sequence[Row]: ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Outcome:
    """What one execution gave.

    columns and rows: of a query. rest: what comes behind these rows, if they are not all.
    row_count: rows changed in all. row_counts: per row of binds. returned: per row of binds the
    rows of RETURNING ... INTO, in the order of Scan.returning's sorted indexes. failure: the error
    that ended an array statement after row_count rows stayed done (those before it count), when
    batch errors were not asked for. schema: the current one, if this statement set it.
    has_warning: what this statement made does not compile.
    """

    columns: tuple[Column, ...] = ()
    rows: Sequence[Row] = ()
    row_count: int = 0
    row_counts: tuple[int, ...] = ()
    returned: tuple[tuple[Row, ...], ...] = ()
    batch_errors: tuple[BatchError, ...] = ()
    failure: Exception | None = field(default=None)
    schema: str | None = None
    rest: Rest | None = None
    has_warning: bool = False
