"""Files that make tables: where they are, and which columns they say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path

import oracle_cdc
from oracle_cdc.errors import SettingsError

IF_NEW = r"(?:IF\s+NOT\s+EXISTS\s+)?"
CREATE_TABLE = re.compile(rf"\bCREATE\s+TABLE\s+{IF_NEW}(\w+)\s*\(", re.IGNORECASE)
COMMENT = re.compile(r"--[^\n]*")
#: A column: its name and the name of its type.
COLUMN = re.compile(r"\s*(\w+)\s+(\w+)")
#: What a line of a table begins with that makes no column.
NO_COLUMN = frozenset({"CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK"})
#: A quoted text as a whole, or one character.
PIECE = re.compile(r"'[^']*'|.", re.DOTALL)


def read_packaged(name: str) -> str:
    """Return a file of DDL as it is.

    It lies inside the package where that is installed, beside it in a checkout. Raises
    SettingsError when it is in neither place.
    """
    inside = files(oracle_cdc).joinpath(name)
    if inside.is_file():
        return inside.read_text(encoding="utf-8")
    package = Path(oracle_cdc.__file__).parent
    beside = package.parent / name
    if beside.is_file():
        return beside.read_text(encoding="utf-8")
    raise SettingsError(f"{name} is missing: neither in {package} nor beside it")


def parse_tables(statement: str) -> dict[str, Mapping[str, str]]:
    """Return each table that a statement creates with its columns' type names."""
    text = COMMENT.sub("", statement)
    tables: dict[str, Mapping[str, str]] = {}
    for made in CREATE_TABLE.finditer(text):
        columns = {}
        for item in split_list(text[made.end() :]):
            column = COLUMN.match(item)
            if column and column.group(1).upper() not in NO_COLUMN:
                columns[column.group(1).upper()] = column.group(2).upper()
        tables[made.group(1).upper()] = columns
    return tables


def split_list(text: str) -> Iterator[str]:
    """Yield what stands between the commas up to the list's own closing bracket.

    Raises ValueError when the list does not end.
    """
    depth, item = 0, ""
    for piece in PIECE.findall(text):
        if piece == ")" and depth == 0:
            yield item
            return
        if piece == "," and depth == 0:
            yield item
            item = ""
            continue
        if piece == "(":
            depth += 1
        elif piece == ")":
            depth -= 1
        item += piece
    raise ValueError(f"a list of columns does not end: {text[:60]!r}")
