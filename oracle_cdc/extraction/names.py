"""Names of tables and columns: as they are typed, as they stand in SQL, and as files are called."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from oracle_cdc.errors import SettingsError
from oracle_cdc.oracle.identifiers import OwnedName

#: A name that needs no quotes, and is a good file's name anywhere.
PLAIN = re.compile(r"[A-Z][A-Z0-9_$#]*")
#: One name as it is typed, quoted or not, and what may stand behind it.
TYPED = re.compile(r'\s*(?:"([^"\0]+)"|([^\s",.;]+))\s*(\.|,|$)')
#: What can stand in any file's name.
UNSAFE = re.compile(r"[^A-Za-z0-9_$#]+")
#: Characters of an odd name that its file shows.
SHOWN_LENGTH = 40
#: The length of a plain stem at most: file systems take 255 bytes, and more is put behind it.
STEM_LENGTH = 150
#: Hexadecimal digits that keep the files of odd names apart.
DIGEST_LENGTH = 10


class TableName(OwnedName):
    """A table or view."""

    @property
    def shown(self) -> str:
        """Return it as a person would type it."""
        return f"{show(self.owner)}.{show(self.name)}"


def show(identifier: str) -> str:
    """Return an identifier as a person would type it."""
    if PLAIN.fullmatch(identifier):
        return identifier
    return f'"{printable(identifier)}"'


def printable(text: str) -> str:
    """Return a text without what would do something to a terminal."""
    shown = ""
    for sign in text:
        if not sign.isprintable():
            sign = "?"
        shown += sign
    return shown


def parse_tables(text: str, default_owner: str) -> list[TableName]:
    """Read a list of tables such as `EMP, hr.jobs, "Odd name"`.

    Raises SettingsError for what is no such list.
    """
    names = []
    for parts in parse_names(text, "--tables"):
        if len(parts) > 2:
            raise SettingsError(f"--tables: {len(parts)} parts in a name; allowed: OWNER.TABLE")
        owner = default_owner
        if len(parts) == 2:
            owner = parts[0]
        names.append(TableName(owner, parts[-1]))
    return list(dict.fromkeys(names))


def parse_names(text: str, option: str) -> Iterator[list[str]]:
    """Yield the parts of each name of a list, in capitals unless quoted."""
    if not is_text(text):
        raise SettingsError(f"{option}: it holds what is no character; allowed: UTF-8")
    at, parts, is_open = 0, [], True
    while at < len(text):
        found = TYPED.match(text, at)
        if not found:
            raise SettingsError(
                f"{option}: not understood at character {at + 1}; allowed: names separated by "
                'commas, each as NAME or OWNER.NAME, in "quotes" where it has small letters, '
                "blanks or signs"
            )
        parts.append(found[1] or found[2].upper())
        is_open = found[3] != ""
        if found[3] != ".":
            yield parts
            parts = []
        at = found.end()
    if is_open or parts:
        raise SettingsError(f"{option}: a name is missing at the end")


def is_text(argument: str) -> bool:
    """Return whether an argument of the command line is text as Oracle takes it.

    Bytes that are no text in the terminal's encoding come as halves of pairs of code units.
    """
    try:
        argument.encode()
    except UnicodeEncodeError:
        return False
    return True


def file_stem(table: TableName, home: str) -> str:
    """Return what the names of a table's files begin with.

    It is the table's name, with its owner in front unless that is the schema at hand. Whatever else
    is in a name is replaced, and a digest keeps such files apart also where small letters and
    capitals are the same.
    """
    parts = [table.name]
    if table.owner != home:
        parts.insert(0, table.owner)
    stem = "-".join(parts)
    if all(map(PLAIN.fullmatch, parts)) and len(stem) <= STEM_LENGTH:
        return stem
    shown = UNSAFE.sub("_", stem)[:SHOWN_LENGTH]
    digest = hashlib.sha256(table.quoted.encode()).hexdigest()[:DIGEST_LENGTH]
    return f"{shown}~{digest}"
