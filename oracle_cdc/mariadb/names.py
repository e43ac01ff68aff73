"""Names and texts as the tables and locks of MariaDB take them. Pure rules."""

from __future__ import annotations

from hashlib import sha256

from oracle_cdc.errors import SettingsError

#: PROGRAM_NAME and ROW_KEY, in characters.
MOST_OF_NAME = 100
MOST_OF_KEY = 200
#: ERROR_MESSAGE and REASON, in characters.
MOST_OF_TEXT = 500
#: Hex digits of the id of a row that was set aside, as the ids of other failures have.
ID_DIGITS = 32
#: Names of locks, as MySQL allows them. MariaDB allows more.
MOST_OF_LOCK = 64


def name_share(program: str, number: int, count: int) -> str:
    """Return the name of a share of a program, such as M_INTIMECASEAGENT#2/4, for its row and lock.

    Raises SettingsError for one that is too long.
    """
    name = program
    if count > 1:
        name = f"{program}#{number}/{count}"
    if len(name) > MOST_OF_NAME:
        raise SettingsError(
            f"the program's name takes {MOST_OF_NAME} characters with its share, "
            f"{name} has {len(name)}"
        )
    return name


def name_lock(program: str) -> str:
    """Return the name of the lock that one copy of a program has. The server knows one of a name,
    whatever the database."""
    return shorten(f"oracle-cdc:{program}", MOST_OF_LOCK)


def name_discarded(program: str) -> str:
    """Return the name under which rows stand that a person gave up. No program has it."""
    return shorten(f"{program}#discarded", MOST_OF_NAME)


def name_key(key: str) -> str:
    """Return the key of a row as ROW_KEY takes it."""
    # MariaDB takes two keys for one where they differ in the blanks at their ends.
    if key.endswith(" "):
        return cut(key, MOST_OF_KEY)
    return shorten(key, MOST_OF_KEY)


def name_failure(program: str, row_key: str) -> str:
    """Return the id by which a person names a row that was set aside: the same at each look."""
    return digest(f"{program}\n{row_key}")[:ID_DIGITS].upper()


def short(text: str) -> str:
    """Return a text as columns of any character set take it."""
    return text.encode("ascii", "backslashreplace").decode()[:MOST_OF_TEXT]


def shorten(text: str, most: int) -> str:
    """Return a text, cut where it is too long."""
    if len(text) <= most:
        return text
    return cut(text, most)


def cut(text: str, most: int) -> str:
    """Return the begin of a text and what no other text has."""
    distinction = digest(text)
    kept = text[: max(0, most - len(distinction) - 1)]
    return f"{kept}#{distinction}"[:most]


def digest(text: str) -> str:
    """Return the SHA-256 of any text in hex digits."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
