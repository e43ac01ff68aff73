"""The syntax tree of expressions and queries: what the text says, not yet what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from oralite.model import PLAIN, Variant

if TYPE_CHECKING:
    from oralite.parser.predicates import Condition

Expression: TypeAlias = (
    "Name | Text | Number | Null | Bind | Call | Binary | Negation | Case | Cast | Extract | AtZone"
    " | IntervalLiteral | TimeLiteral | Scalar | RowValue | Default"
)


@dataclass(frozen=True)
class Name:
    """A column, a pseudo-column, a sequence's NEXTVAL or a function without parentheses; outer: marked (+)."""

    parts: tuple[str, ...]
    position: int
    outer: bool = False


@dataclass(frozen=True)
class Text:
    value: str


@dataclass(frozen=True)
class Number:
    value: str


@dataclass(frozen=True)
class Null:
    pass


@dataclass(frozen=True)
class Default:
    """DEFAULT as a value in VALUES or SET."""


@dataclass(frozen=True)
class Bind:
    index: int


@dataclass(frozen=True)
class Ordering:
    value: Expression
    descending: bool
    nulls_first: bool


@dataclass(frozen=True)
class Over:
    """A window; frame is its ROWS or RANGE clause as written, made of keywords and whole numbers alone."""

    partition: tuple[Expression, ...]
    order: tuple[Ordering, ...]
    frame: str = ""


@dataclass(frozen=True)
class Call:
    """name has a dot for packages; star: COUNT(*); within: WITHIN GROUP's order; keep: KEEP's (last, order)."""

    name: str
    arguments: tuple[Expression, ...]
    position: int
    star: bool = False
    distinct: bool = False
    ignore_nulls: bool = False
    within: tuple[Ordering, ...] = ()
    keep: tuple[bool, tuple[Ordering, ...]] | None = None
    over: Over | None = None


@dataclass(frozen=True)
class Binary:
    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Negation:
    operand: Expression


@dataclass(frozen=True)
class Case:
    """whens: (condition, value); the simple form, too, has its comparisons written out by the parser."""

    whens: tuple[tuple[Condition, Expression], ...]
    otherwise: Expression


@dataclass(frozen=True)
class TypeName:
    """A declared type; size: characters or bytes; char_units: size counts characters (VARCHAR2(10 CHAR))."""

    name: str
    size: int | None = None
    scale: int | None = None
    char_units: bool = False
    variant: Variant = PLAIN


@dataclass(frozen=True)
class Cast:
    operand: Expression
    type: TypeName


@dataclass(frozen=True)
class Extract:
    field: str
    operand: Expression


@dataclass(frozen=True)
class AtZone:
    """zone None: AT LOCAL."""

    operand: Expression
    zone: Expression | None


@dataclass(frozen=True)
class TimeLiteral:
    """DATE '...' or TIMESTAMP '...'."""

    kind: str
    value: str


@dataclass(frozen=True)
class IntervalLiteral:
    """precision: the digits of the leading field; digits: those of the fraction of a second."""

    value: str
    leading: str
    trailing: str
    precision: int = 2
    digits: int = 6


@dataclass(frozen=True)
class Scalar:
    query: Query


@dataclass(frozen=True)
class RowValue:
    items: tuple[Expression, ...]


@dataclass(frozen=True)
class Item:
    """One item of a select list; text: its source, which names the column when there is no alias."""

    value: Expression
    alias: str | None
    text: str


@dataclass(frozen=True)
class Star:
    """* or t.*"""

    qualifier: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableName:
    owner: str | None
    name: str


@dataclass(frozen=True)
class TableSource:
    table: TableName
    alias: str | None


@dataclass(frozen=True)
class DerivedSource:
    query: Query
    alias: str | None
    lateral: bool = False


@dataclass(frozen=True)
class Join:
    """kind: INNER, LEFT, RIGHT, FULL or CROSS."""

    left: Source
    right: Source
    kind: str
    condition: Condition | None
    using: tuple[str, ...] = ()
    natural: bool = False


Source: TypeAlias = TableSource | DerivedSource | Join


@dataclass(frozen=True)
class Select:
    """level_limit: of CONNECT BY LEVEL <= n, the only hierarchical query there is."""

    distinct: bool
    items: tuple[Item | Star, ...]
    sources: tuple[Source, ...]
    where: Condition | None = None
    group: tuple[Expression, ...] = ()
    having: Condition | None = None
    level_limit: Expression | None = None


@dataclass(frozen=True)
class SetOperation:
    operator: str
    left: Query
    right: Query


@dataclass(frozen=True)
class CommonTable:
    name: str
    columns: tuple[str, ...]
    query: Query


@dataclass(frozen=True)
class Fetch:
    count: Expression
    percent: bool = False
    ties: bool = False


@dataclass(frozen=True)
class ForUpdate:
    """wait_seconds None: for ever, 0: NOWAIT."""

    of: tuple[Name, ...] = ()
    wait_seconds: float | None = None
    skip_locked: bool = False


@dataclass(frozen=True)
class Query:
    body: Select | SetOperation
    common: tuple[CommonTable, ...] = ()
    order: tuple[Ordering, ...] = ()
    offset: Expression | None = None
    fetch: Fetch | None = None
    for_update: ForUpdate | None = None
