"""The syntax tree of conditions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from oralite.parser.nodes import Call, Expression, Query

Condition: TypeAlias = (
    "Compare | Between | InList | InQuery | Like | Lnnvl | IsNull | Exists | Junction | Not | Truth"
)


@dataclass(frozen=True)
class Compare:
    """quantifier: ANY or ALL, then right is a Scalar or a RowValue."""

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
