"""Oracle SQL text cut into tokens. Never fails, whatever the text."""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import NamedTuple


class TokenKind(Enum):
    """What a token is. TEXT holds the string's content, BIND the bind's name."""

    WORD = "word"
    QUOTED = "quoted identifier"
    TEXT = "string"
    NUMBER = "number"
    BIND = "bind"
    SIGN = "sign"
    BROKEN = "unterminated string"
    END = "end"


class Token(NamedTuple):
    """One token with its place in the text. Words are upper-cased."""

    kind: TokenKind
    value: str
    start: int
    end: int


_CLOSING = {"[": "]", "{": "}", "<": ">", "(": ")"}
_SPACE = re.compile(r"(?:\s+|--[^\n]*|/\*.*?(?:\*/|\Z))+", re.DOTALL)
_QUOTING = re.compile(r"[nN]?[qQ]'(.)", re.DOTALL)
_STRING = re.compile(r"[nN]?'((?:[^']|'')*)'")
_WORD = re.compile(r"[^\W\d_][\w$#]*")
_NUMBER = re.compile(r"(?:\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?(?![\w$#])")
_BIND = re.compile(r':\s*(?:"([^"]+)"|(\d+|[^\W\d_][\w$#]*))')
_SIGN = re.compile(r"\(\s*\+\s*\)|\|\||<=|>=|<>|!=|\^=|:=|=>|\*\*|\.\.|.", re.DOTALL)


@lru_cache(maxsize=256)
def tokens(sql: str) -> tuple[Token, ...]:
    """Cut the text into its tokens, ended by one END token.

    The last texts are remembered: a new statement is looked at for its binds first, and then
    parsed.
    """
    found = []
    position = 0
    after_text = False
    while True:
        if skipped := _SPACE.match(sql, position):
            position = skipped.end()
        if position >= len(sql):
            break
        token = _token(sql, position, after_text)
        found.append(token)
        position = token.end
        after_text = token.kind is TokenKind.TEXT
    found.append(Token(TokenKind.END, "", len(sql), len(sql)))
    return tuple(found)


def _token(sql: str, start: int, after_text: bool) -> Token:
    if (first := sql[start]) in "'nNqQ" and (text := _text(sql, start)):
        return text
    if first == '"' and (end := sql.find('"', start + 1)) > 0:
        return Token(TokenKind.QUOTED, sql[start + 1 : end], start, end + 1)
    if first == ":" and not after_text and (bind := _BIND.match(sql, start)):
        return Token(TokenKind.BIND, bind.group(1) or bind.group(2).upper(), start, bind.end())
    if word := _WORD.match(sql, start):
        return Token(TokenKind.WORD, word.group().upper(), start, word.end())
    if number := _NUMBER.match(sql, start):
        return Token(TokenKind.NUMBER, number.group(), start, number.end())
    sign = _SIGN.match(sql, start)
    assert sign is not None
    return Token(TokenKind.SIGN, "".join(sign.group().split()), start, sign.end())


def _text(sql: str, start: int) -> Token | None:
    """Return the string literal '...', q'[...]' or N'...' that begins here, or None where a word
    begins.
    """
    if quoting := _QUOTING.match(sql, start):
        closing = _CLOSING.get(quoting.group(1), quoting.group(1)) + "'"
        end = sql.find(closing, quoting.end())
        if end < 0:
            return Token(TokenKind.BROKEN, sql[quoting.end() :], start, len(sql))
        return Token(TokenKind.TEXT, sql[quoting.end() : end], start, end + 2)
    if string := _STRING.match(sql, start):
        return Token(TokenKind.TEXT, string.group(1).replace("''", "'"), start, string.end())
    if sql[start] == "'":
        return Token(TokenKind.BROKEN, sql[start + 1 :], start, len(sql))
    return None
