"""The syntax tree: what the text says, not yet what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from oralite.parser.leaves import (
    Bind,
    Default,
    ForUpdate,
    IntervalLiteral,
    Name,
    Null,
    Number,
    Star,
    TableSource,
    Text,
    TimeLiteral,
    TypeName,
)

Expression: TypeAlias = (
    "Name | Text | Number | Null | Bind | Call | Binary | Negation | Case | Cast | Extract | AtZone"
    " | IntervalLiteral | TimeLiteral | Scalar | RowValue | Default"
)
Condition: TypeAlias = (
    "Compare | Between | InList | InQuery | Like | Lnnvl | IsNull | Exists | Junction | Not | Truth"
)


@dataclass(frozen=True)
class Ordering:
    value: Expression
    descending: bool
    nulls_first: bool


@dataclass(frozen=True)
class Over:
    """A window.

    frame: its ROWS or RANGE clause as written, made of keywords and whole numbers alone.
    """

    partition: tuple[Expression, ...]
    order: tuple[Ordering, ...]
    frame: str = ""


@dataclass(frozen=True)
class Call:
    """A call of a function.

    name has a dot for packages.

    star: COUNT(*). within: WITHIN GROUP's order. keep: KEEP's (last, order).
    """

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
    """CASE.

    whens: (condition, value).

    The simple form, too, has its comparisons written out by the parser.
    """

    whens: tuple[tuple[Condition, Expression], ...]
    otherwise: Expression


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
    """AT TIME ZONE. zone: None is AT LOCAL."""

    operand: Expression
    zone: Expression | None


@dataclass(frozen=True)
class Scalar:
    query: Query


@dataclass(frozen=True)
class RowValue:
    items: tuple[Expression, ...]


@dataclass(frozen=True)
class Item:
    """One item of a select list.

    text: its source, which names the column when there is no alias.
    """

    value: Expression
    alias: str | None
    text: str


@dataclass(frozen=True)
class DerivedSource:
    query: Query
    alias: str | None
    lateral: bool = False


@dataclass(frozen=True)
class Join:
    """A join of two sources.

    kind: INNER, LEFT, RIGHT, FULL or CROSS.
    """

    left: Source
    right: Source
    kind: str
    condition: Condition | None
    using: tuple[str, ...] = ()
    natural: bool = False


Source: TypeAlias = TableSource | DerivedSource | Join


@dataclass(frozen=True)
class Select:
    """A query block.

    level_limit: of CONNECT BY LEVEL <= n, the only hierarchical query there is.
    """

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
class Query:
    body: Select | SetOperation
    common: tuple[CommonTable, ...] = ()
    order: tuple[Ordering, ...] = ()
    offset: Expression | None = None
    fetch: Fetch | None = None
    for_update: ForUpdate | None = None


@dataclass(frozen=True)
class Compare:
    """A comparison.

    quantifier: ANY or ALL, then right is a Scalar or a RowValue.
    """

    operator: str
    left: Expression
    right: Expression
    quantifier: str = ""


@dataclass(frozen=True)
class Between:
    operand: Expression
    low: Expression
    high: Expression


@dataclass(frozen=True)
class InList:
    operand: Expression
    items: tuple[Expression, ...]


@dataclass(frozen=True)
class InQuery:
    operand: Expression
    query: Query


@dataclass(frozen=True)
class Like:
    operand: Expression
    pattern: Expression
    escape: Expression | None


@dataclass(frozen=True)
class Lnnvl:
    """True where the operand is false or unknown."""

    operand: Condition


@dataclass(frozen=True)
class IsNull:
    operand: Expression


@dataclass(frozen=True)
class Exists:
    query: Query


@dataclass(frozen=True)
class Junction:
    """AND or OR of two or more."""

    operator: str
    operands: tuple[Condition, ...]


@dataclass(frozen=True)
class Not:
    operand: Condition


@dataclass(frozen=True)
class Truth:
    """A call that stands as a condition: REGEXP_LIKE."""

    call: Call
