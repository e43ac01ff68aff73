"""CREATE TRIGGER of the one kind that is known: after an event, for each row, some INSERTs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from oralite.parser.cursor import Cursor
from oralite.parser.leaves import TableName
from oralite.parser.sources import table_name
from oralite.tokens import TokenKind, tokens

EVENTS = ("INSERT", "UPDATE", "DELETE")
#: The two rows that a body knows, each by a name that nobody can give to anything. It is as long
#: as :NEW, so that places in the text stay what they are.
ROWS: Mapping[str, str] = {"NEW": ":N", "OLD": ":O"}
_UNKNOWN_ROW = ":?"
#: What would make an INSERT more than one of given values.
_MORE_THAN_VALUES = ("SELECT", "WITH", "RETURNING", "RETURN")


@dataclass(frozen=True)
class TriggerText:
    """What CREATE TRIGGER says. body: the text from BEGIN on."""

    name: TableName
    event: str
    table: TableName
    is_enabled: bool
    body: str


@dataclass(frozen=True)
class RowReference:
    """A :NEW.COLUMN or :OLD.COLUMN, or another bind. column: "" where none is named."""

    row: str
    column: str
    position: int


def trigger(cursor: Cursor) -> TriggerText:
    """Read what stands behind CREATE TRIGGER. Raises NotSupported for any other kind."""
    name = table_name(cursor)
    if not cursor.accept("AFTER"):
        raise cursor.unsupported("a trigger other than AFTER an event")
    if not cursor.at_any(*EVENTS):
        raise cursor.unsupported(f"a trigger AFTER {cursor.token.value}")
    event = cursor.advance().value
    if not cursor.accept("ON"):
        raise cursor.unsupported("a trigger of more than one event, or of some columns")
    table = table_name(cursor)
    if not cursor.accept("FOR", "EACH", "ROW"):
        raise cursor.unsupported("a trigger other than FOR EACH ROW")
    is_enabled = not cursor.accept("DISABLE")
    if is_enabled:
        cursor.accept("ENABLE")
    if not cursor.at("BEGIN"):
        raise cursor.unsupported(f"{cursor.token.value} in CREATE TRIGGER")
    body = cursor.sql[cursor.token.start :]
    statements(body)
    return TriggerText(name, event, table, is_enabled, body)


@lru_cache(maxsize=4096)
def statements(body: str) -> tuple[tuple[int, str], ...]:
    """Return the INSERTs of a body, each with the place where it begins.

    All triggers are asked for them behind each DDL statement.

    Raises NotSupported for any other PL/SQL.
    """
    return tuple(_read_statements(body))


def _read_statements(body: str) -> Iterator[tuple[int, str]]:
    cursor = Cursor(body)
    cursor.expect("BEGIN")
    if cursor.at("END"):
        raise cursor.unsupported("a trigger with an empty body")
    while not cursor.at("END"):
        if not cursor.at("INSERT"):
            raise cursor.unsupported("a trigger's statement other than INSERT ... VALUES")
        start = cursor.token.start
        while not cursor.at(";"):
            if cursor.token.kind is TokenKind.END:
                raise cursor.unsupported("a trigger whose body does not end")
            if cursor.at_any(*_MORE_THAN_VALUES):
                raise cursor.unsupported(f"{cursor.token.value} in a trigger's INSERT")
            cursor.advance()
        yield start, cursor.source(start)
        cursor.advance()
    cursor.advance()
    if cursor.token.kind in (TokenKind.WORD, TokenKind.QUOTED):
        cursor.advance()
    if not cursor.accept(";") or cursor.token.kind is not TokenKind.END:
        raise cursor.unsupported("what stands behind the body of a trigger")


def row_references(text: str) -> tuple[str, tuple[RowReference, ...]]:
    """Return a statement with names in place of binds, and where these stood."""
    pieces, found, end = [], [], 0
    every = tokens(text)
    for place, token in enumerate(every):
        if token.kind is not TokenKind.BIND:
            continue
        column = ""
        if every[place + 1].value == ".":
            column = every[place + 2].value
        found.append(RowReference(token.value, column, token.start))
        name = f'"{ROWS.get(token.value, _UNKNOWN_ROW)}"'
        pieces += [text[end : token.start], name.ljust(token.end - token.start)]
        end = token.end
    return "".join(pieces) + text[end:], tuple(found)
