"""Names of Oracle's tables and columns, as people write them and as SQL takes them."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: What Oracle takes in a name, in bytes.
MAX_BYTES = 128

PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_$#]*")
QUOTED = re.compile(r'"([^"\0]+)"')


def parse_identifier(text: str) -> str:
    """Return a name as Oracle keeps it: in capitals, unless it stands in quotes.

    Raises ValueError saying what is allowed.
    """
    text = text.strip()
    name = text.upper()
    quoted = QUOTED.fullmatch(text)
    if quoted:
        name = quoted[1]
    elif not PLAIN.fullmatch(text):
        raise ValueError("a letter, then letters, digits, _, $ or #, or any name in double quotes")
    if len(name.encode()) > MAX_BYTES:
        raise ValueError(f"a name of at most {MAX_BYTES} bytes")
    return name


def quote(name: str) -> str:
    """Return a name as SQL takes it, whatever words and signs are in it.

    Raises ValueError for what can't be one.
    """
    if not QUOTED.fullmatch(f'"{name}"'):
        raise ValueError("an identifier of Oracle is not empty, and has no quotes in it")
    return f'"{name}"'


def spell(name: str) -> str:
    """Return a name as people write it: in quotes only where it would be another one without."""
    if PLAIN.fullmatch(name) and name == name.upper():
        return name
    return f'"{name}"'


@dataclass(frozen=True, order=True)
class OwnedName:
    """The owner and the name of a table or another object, as the dictionary has them."""

    owner: str
    name: str

    @property
    def quoted(self) -> str:
        """Return it as SQL takes it, whatever is in it."""
        return f"{quote(self.owner)}.{quote(self.name)}"
