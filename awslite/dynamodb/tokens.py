"""The tokens of an expression, and the names and values that stand for others in it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from awslite.dynamodb.reserved import RESERVED
from awslite.dynamodb.values import Value, check_value
from awslite.refusals import Document, Refused, invalid

TOKEN = re.compile(
    r"\s*(?P<token><>|<=|>=|[=<>(),.+\-\[\]]|:\w+|#[\w.-]*\w|[A-Za-z_]\w*|\d+)\s*", re.ASCII
)

#: A path into an item: names, and positions in lists.
Path = tuple["str | int", ...]


class Aliases:
    """The ExpressionAttributeNames and -Values of a request, and which of them were used."""

    def __init__(self, document: Document) -> None:
        self.names: Mapping[str, str] = document.get("ExpressionAttributeNames") or {}
        self.values: Mapping[str, Value] = document.get("ExpressionAttributeValues") or {}
        self._used: set[str] = set()

    def name(self, alias: str, kind: str) -> str:
        """Return the name of an alias. kind: the expression's, for the refusal."""
        if alias not in self.names:
            raise invalid(
                f"Invalid {kind}: An expression attribute name used in the document path is not"
                f" defined; attribute name: {alias}"
            )
        self._used.add(alias)
        return self.names[alias]

    def value(self, alias: str, kind: str) -> Value:
        """Return the value of an alias. kind: the expression's, for the refusal."""
        if alias not in self.values:
            raise invalid(
                f"Invalid {kind}: An expression attribute value used in expression is not defined;"
                f" attribute value: {alias}"
            )
        self._used.add(alias)
        return check_value(self.values[alias])

    def refuse_unused(self) -> None:
        """Raise Refused if one of them stands in no expression."""
        for parameter, given in (
            ("ExpressionAttributeNames", self.names),
            ("ExpressionAttributeValues", self.values),
        ):
            unused = sorted(set(given) - self._used)
            if unused:
                raise invalid(
                    f"Value provided in {parameter} unused in expressions: keys:"
                    f" {{{', '.join(unused)}}}"
                )


class Tokens:
    """The tokens of one expression, taken one by one."""

    def __init__(self, text: str, kind: str, aliases: Aliases) -> None:
        self.kind = kind
        self.aliases = aliases
        self._left = split(text, kind)
        self._left.reverse()

    @property
    def next(self) -> str:
        """Return the token that comes, or nothing at the end."""
        if self._left:
            return self._left[-1]
        return ""

    @property
    def is_call(self) -> bool:
        """Say whether a function's name and its parenthesis come."""
        return len(self._left) > 1 and self.next.isidentifier() and self._left[-2] == "("

    def take(self) -> str:
        if not self._left:
            raise self.refused("the expression ends too soon")
        return self._left.pop()

    def skip(self, token: str) -> bool:
        """Take a token, whatever its case, if it comes."""
        if self.next.upper() == token:
            self.take()
            return True
        return False

    def expect(self, token: str) -> None:
        if not self.skip(token):
            raise self.refused(f'Syntax error; token: "{self.next or "<EOF>"}", expected: {token}')

    def expect_end(self) -> None:
        if self._left:
            raise self.refused(f'Syntax error; token: "{self.next}"')

    def refused(self, reason: str) -> Refused:
        return invalid(f"Invalid {self.kind}: {reason}")

    def take_path(self) -> Path:
        """Take a path like `name.#alias[0]`. Raises Refused for a reserved word in it."""
        path: list[str | int] = [self._take_name()]
        while True:
            if self.skip("."):
                path.append(self._take_name())
            elif self.skip("["):
                path.append(int(self.take()))
                self.expect("]")
            else:
                return tuple(path)

    def take_value(self) -> Value:
        """Take an alias of a value."""
        alias = self.take()
        if not alias.startswith(":"):
            raise self.refused(f'Syntax error; token: "{alias}", expected: a value')
        return self.aliases.value(alias, self.kind)

    def _take_name(self) -> str:
        token = self.take()
        if token.startswith("#"):
            return self.aliases.name(token, self.kind)
        if not token.isidentifier():
            raise self.refused(f'Syntax error; token: "{token}"')
        if token.upper() in RESERVED:
            raise self.refused(f"Attribute name is a reserved keyword; reserved keyword: {token}")
        return token


def split(text: str, kind: str) -> list[str]:
    """Return the tokens of an expression. Raises Refused for what is none."""
    if not text.strip():
        raise invalid(f"Invalid {kind}: The expression can not be empty;")
    tokens, position = [], 0
    while position < len(text):
        found = TOKEN.match(text, position)
        if found is None:
            raise invalid(f'Invalid {kind}: Syntax error; token: "{text[position]}"')
        tokens.append(found["token"])
        position = found.end()
    return tokens
