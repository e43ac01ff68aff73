"""Names of Oracle's as SQLite's, which takes a and A for one letter as Oracle does not."""

from __future__ import annotations

import re
import string

#: What stands in a stored name for lower case, for what divides names where SQLite lists them in an
#: error, and for the mark itself.
_MARKED = {
    **{letter: f"~{letter.upper()}" for letter in string.ascii_lowercase},
    ".": "~1",
    ",": "~2",
    "'": "~3",
    "~": "~0",
}
_PLAIN = {mark: sign for sign, mark in _MARKED.items()}
_TO_MARKED = str.maketrans(_MARKED)
_MARK = re.compile("~.")


def stored_name(*names: str) -> str:
    """Return a name, or an owner and a name, as SQLite knows it: there a is ~A."""
    return ".".join(name.translate(_TO_MARKED) for name in names)


def read_stored(text: str) -> tuple[str, ...]:
    """Return the names that a stored one is made of: owner, table, column."""
    return tuple(
        _MARK.sub(lambda mark: _PLAIN.get(mark[0], mark[0]), part) for part in text.split(".")
    )


def quoted(*names: str) -> str:
    """Return a name, or an owner and a name, as SQLite's SQL has it."""
    return quoted_stored(stored_name(*names))


def quoted_stored(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
