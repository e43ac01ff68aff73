"""The lexical look at a statement that clients rely on: its kind, its binds, those after RETURNING
... INTO.
"""

from __future__ import annotations

from collections.abc import Sequence

from oralite.model import Kind, Scan
from oralite.tokens import Token, TokenKind, tokens

_KINDS = {
    **dict.fromkeys(("SELECT", "WITH"), Kind.QUERY),
    **dict.fromkeys(("INSERT", "UPDATE", "DELETE", "MERGE"), Kind.DML),
    **dict.fromkeys(("BEGIN", "DECLARE", "CALL"), Kind.BLOCK),
}


def scan(sql: str) -> Scan:
    """Look at the words only, so that the bind values of a wrong statement can be read too.

    DDL has no binds.
    """
    found = tokens(sql)
    kind = _kind(found)
    binds = []
    for token in found:
        if token.kind is TokenKind.BIND:
            binds.append(token)
    if kind is Kind.OTHER:
        return Scan(kind)
    if kind is Kind.BLOCK:
        return Scan(kind, tuple(dict.fromkeys(bind.value for bind in binds)))
    if kind is Kind.DML:
        into = _returning_into(found)
    else:
        into = len(sql)
    return Scan(
        kind,
        tuple(bind.value for bind in binds),
        frozenset(index for index, bind in enumerate(binds) if bind.start > into),
    )


def _kind(found: Sequence[Token]) -> Kind:
    for token in found:
        if token.kind is TokenKind.SIGN and token.value == "(":
            continue
        if token.kind is TokenKind.WORD:
            return _KINDS.get(token.value, Kind.OTHER)
        return Kind.OTHER
    return Kind.OTHER


def _returning_into(found: Sequence[Token]) -> int:
    """Return where INTO stands after RETURNING, past the text's end when it stands nowhere."""
    returning = False
    for token in found:
        if token.kind is TokenKind.WORD:
            returning = returning or token.value in ("RETURNING", "RETURN")
            if returning and token.value == "INTO":
                return token.start
    return found[-1].end
