"""A place in a list of tokens, and the few questions a parser asks of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from oralite.errors import NotSupported, OraError
from oralite.parser.reserved import RESERVED_WORDS
from oralite.tokens import Token, TokenKind, tokens

Item = TypeVar("Item")

#: Words that end a table's or a select item's alias-less form; none may be an alias without AS.
RESERVED = frozenset(
    "ALL AND ANY AS ASC BETWEEN BY CASE CHECK CONNECT CREATE CROSS DEFAULT DELETE DESC"
    " DISTINCT DROP ELSE EXCEPT EXISTS FETCH FOR FROM FULL GRANT GROUP HAVING IN INDEX INNER"
    " INSERT INTERSECT INTO IS JOIN LEFT LIKE LOG MINUS MODEL NATURAL NOT NULL OF OFFSET ON OR"
    " ORDER PARTITION PIVOT RETURN RETURNING RIGHT ROW ROWS SAMPLE SELECT SET START TABLE THEN"
    " TO UNION UNIQUE UNPIVOT UPDATE USING VALUES VIEW WHEN WHERE WITH".split()
)
_NOT_RESERVED_AS_COLUMN = frozenset(
    "LOG LEFT RIGHT FULL CROSS NATURAL JOIN INNER OFFSET MODEL PIVOT UNPIVOT EXCEPT "
    "RETURN RETURNING SAMPLE ROWS ROW".split()
)
RESERVED_AS_COLUMN = RESERVED - _NOT_RESERVED_AS_COLUMN
_NO_ALIAS = RESERVED | RESERVED_WORDS


#: What keywords and signs are.
_PLAIN = (TokenKind.WORD, TokenKind.SIGN)
#: Of one identifier, in UTF-8.
_MOST_NAME_BYTES = 128

#: The errors for what is missing where the text goes on in another way.
_MISSING = {
    ")": (907, "missing right parenthesis"),
    "(": (906, "missing left parenthesis"),
    "FROM": (923, "FROM keyword not found where expected"),
    "INTO": (925, "missing INTO keyword"),
    "SET": (971, "missing SET keyword"),
    "VALUES": (926, "missing VALUES keyword"),
    "expression": (936, "missing expression"),
    "condition": (920, "invalid relational operator"),
    "identifier": (1747, "invalid user.table.column, table.column, or column specification"),
    "table": (903, "invalid table name"),
    "column": (904, ": invalid identifier"),
}


class Cursor:
    """Reads tokens forward. Binds are numbered by their occurrence."""

    def __init__(self, sql: str) -> None:
        self.sql = sql
        self._tokens = tokens(sql)
        self._at = 0
        self.binds = 0

    @property
    def token(self) -> Token:
        return self._tokens[self._at]

    def peek(self, ahead: int = 1) -> Token:
        place = self._at + ahead
        if place < len(self._tokens):
            return self._tokens[place]
        return self._tokens[-1]

    def advance(self) -> Token:
        token = self._tokens[self._at]
        if token.kind is TokenKind.BROKEN:
            raise OraError(1756, "quoted string not properly terminated", token.start)
        if token.kind is not TokenKind.END:
            self._at += 1
        return token

    def at(self, *values: str) -> bool:
        """Return whether the next tokens are these words or signs."""
        place = self._at
        for value in values:
            # The last token has no value, so nothing is looked for behind it.
            token = self._tokens[place]
            if token.value != value or token.kind not in _PLAIN:
                return False
            place += 1
        return True

    def at_any(self, *values: str) -> bool:
        token = self._tokens[self._at]
        return token.value in values and token.kind in _PLAIN

    def accept(self, *values: str) -> bool:
        """Step over these words or signs if all of them are next. Return whether they are."""
        if not self.at(*values):
            return False
        self._at += len(values)
        return True

    def expect(self, *values: str) -> None:
        for value in values:
            if not self.accept(value):
                raise self.unexpected(value)

    def unexpected(self, wanted: str = "") -> OraError:
        """Return the error that Oracle gives where the text goes on in another way."""
        start = self.token.start
        if self.token.kind is TokenKind.BROKEN:
            return OraError(1756, "quoted string not properly terminated", start)
        code, text = _MISSING.get(wanted, (905, f"missing keyword {wanted}"))
        return OraError(code, text, start)

    def unsupported(self, what: str) -> NotSupported:
        return NotSupported(what, self.sql)

    def expect_end(self) -> None:
        if self.token.kind is not TokenKind.END:
            raise OraError(933, "SQL command not properly ended", self.token.start)

    def identifier(self, wanted: str = "identifier") -> str:
        token = self.token
        if token.kind is TokenKind.QUOTED or (
            token.kind is TokenKind.WORD and token.value not in RESERVED_AS_COLUMN
        ):
            return _name(self.advance())
        raise self.unexpected(wanted)

    def alias(self) -> str | None:
        """Return an identifier that may stand here, or None where another clause begins."""
        token = self.token
        if token.kind is TokenKind.QUOTED or (
            token.kind is TokenKind.WORD and token.value not in _NO_ALIAS
        ):
            return _name(self.advance())
        return None

    def integer(self) -> int:
        if self.accept("-"):
            sign = -1
        else:
            sign = 1
        if self.token.kind is not TokenKind.NUMBER or not self.token.value.isdigit():
            raise OraError(2017, "integer value required", self.token.start)
        return sign * int(self.advance().value)

    def text(self) -> str:
        if self.token.kind is not TokenKind.TEXT:
            raise self.unexpected("expression")
        return self.advance().value

    def bind(self) -> int:
        self.advance()
        self.binds += 1
        return self.binds - 1

    def listed(self, one: Callable[[], Item]) -> tuple[Item, ...]:
        """Read one or more, divided by commas."""
        found = [one()]
        while self.accept(","):
            found.append(one())
        return tuple(found)

    def parenthesised(self, one: Callable[[], Item]) -> tuple[Item, ...]:
        self.expect("(")
        found = self.listed(one)
        self.expect(")")
        return found

    def skip_parenthesised(self) -> str:
        """Step over a balanced (...). Return the text between the parentheses."""
        start = self.token.end
        self.expect("(")
        depth = 1
        while True:
            token = self.advance()
            if token.kind is TokenKind.END:
                raise self.unexpected(")")
            depth += {"(": 1, ")": -1}.get(token.value, 0) if token.kind is TokenKind.SIGN else 0
            if depth == 0:
                return self.sql[start : token.start]

    def at_query(self) -> bool:
        """Return whether a subquery begins here, behind any number of parentheses."""
        ahead = 0
        while self.peek(ahead).value == "(" and self.peek(ahead).kind is TokenKind.SIGN:
            ahead += 1
        token = self.peek(ahead)
        return token.kind is TokenKind.WORD and token.value in ("SELECT", "WITH")

    def mark(self) -> tuple[int, int]:
        return self._at, self.binds

    def back(self, mark: tuple[int, int]) -> None:
        self._at, self.binds = mark

    def source(self, start: int) -> str:
        """Return the text from start to the end of the last token read."""
        return self.sql[start : self._tokens[self._at - 1].end]


def new_name(cursor: Cursor, wanted: str) -> str:
    """Read what something is to be called: no reserved word unless it is in quotes."""
    if cursor.token.kind is TokenKind.WORD and cursor.token.value in RESERVED_WORDS:
        raise cursor.unexpected(wanted)
    return cursor.identifier(wanted)


def _name(token: Token) -> str:
    """Return the name that an identifier is. Raises ORA-00972, ORA-01741."""
    if len(token.value.encode("utf-8", "surrogatepass")) > _MOST_NAME_BYTES:
        raise OraError(972, "identifier is too long", token.start)
    if not token.value:
        raise OraError(1741, "illegal zero-length identifier", token.start)
    return token.value
