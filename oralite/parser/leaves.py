"""The syntax tree's leaves: what holds no expression of its own."""

from __future__ import annotations

from dataclasses import dataclass

from oralite.model import PLAIN, Variant


@dataclass(frozen=True)
class Name:
    """A column, a pseudo-column, a sequence's NEXTVAL or a function without parentheses.

    outer: marked (+).
    """

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
class TypeName:
    """A declared type.

    size: characters or bytes. char_units: size counts characters (VARCHAR2(10 CHAR)).
    """

    name: str
    size: int | None = None
    scale: int | None = None
    char_units: bool = False
    variant: Variant = PLAIN


@dataclass(frozen=True)
class TimeLiteral:
    """DATE '...' or TIMESTAMP '...'."""

    kind: str
    value: str


@dataclass(frozen=True)
class IntervalLiteral:
    """INTERVAL. precision: digits of the leading field. digits: those of the fraction."""

    value: str
    leading: str
    trailing: str
    precision: int = 2
    digits: int = 6


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
class ForUpdate:
    """FOR UPDATE. wait_seconds: None waits for ever, 0 is NOWAIT."""

    of: tuple[Name, ...] = ()
    wait_seconds: float | None = None
    skip_locked: bool = False
