"""DDL of capturing, as text: the change table, its rights, three triggers.

A trigger does nothing but INSERT ... VALUES: no state that a restarted statement would leave
behind, and values with all their digits. A change has one number. It is drawn while the row is
locked, so the numbers of one row's changes rise as the changes were made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from oracle_cdc.changes.capture.choosing import OWN_COLUMNS
from oracle_cdc.changes.capture.model import Capture, Column, Place
from oracle_cdc.changes.capture.naming import ENDINGS, name_index, name_trigger
from oracle_cdc.changes.capture.widening import find_widest, is_lob
from oracle_cdc.errors import SettingsError
from oracle_cdc.oracle.identifiers import quote

#: Bytes of a trigger at most, in every Oracle.
LONGEST_TRIGGER = 32 * 1024
#: Event -> what it writes: a sign for CDC_OP and the row that it is of. The two images of an update
#: have one number.
IMAGES = {
    "INSERT": (("I", "NEW"),),
    "UPDATE": (("B", "OLD"), ("U", "NEW")),
    "DELETE": (("D", "OLD"),),
}
OWN_TYPES = ("NUMBER NOT NULL", "CHAR(1) NOT NULL", "TIMESTAMP(6) NOT NULL", "VARCHAR2(64)")


def create_log(capture: Capture) -> str:
    """Return what makes the change table."""
    columns = [f"{name} {kind}" for name, kind in zip(OWN_COLUMNS, OWN_TYPES, strict=True)]
    for column in capture.columns:
        columns.append(declare(column))
    return f"CREATE TABLE {capture.log.quoted} (\n  {join(columns)})"


def create_index(capture: Capture) -> str:
    """Return what makes its index, by which changes are read in their order."""
    index = Place(capture.log.owner, name_index(capture.log))
    return f"CREATE INDEX {index.quoted} ON {capture.log.quoted} (CDC_CHANGE_ID, CDC_OP)"


def grant(capture: Capture) -> Iterator[str]:
    """Yield the two rights that the triggers need."""
    if capture.source.owner != capture.log.owner:
        owner = quote(capture.source.owner)
        yield f"GRANT INSERT ON {capture.log.quoted} TO {owner}"
        yield f"GRANT SELECT ON {capture.sequence.quoted} TO {owner}"


def declare(column: Column) -> str:
    return f"{quote(column.name)} {find_widest(column)}"


def add_columns(capture: Capture, columns: Sequence[Column]) -> str:
    """Return what gives a change table more columns, before the triggers that fill them."""
    declared = [declare(column) for column in columns]
    return f"ALTER TABLE {capture.log.quoted} ADD (\n  {join(declared)})"


def drop_column(capture: Capture, name: str) -> str:
    """Return what takes a column from a change table that no trigger fills any more."""
    return f"ALTER TABLE {capture.log.quoted} DROP COLUMN {quote(name)}"


def create_triggers(capture: Capture) -> Iterator[str]:
    """Yield the three triggers. Raises SettingsError for one that is too long for Oracle."""
    for event in IMAGES:
        yield create_trigger(capture, event)


def create_trigger(capture: Capture, event: str) -> str:
    """Return the trigger of an event. A second run replaces it."""
    inserts = ""
    for number, (sign, row) in enumerate(IMAGES[event]):
        drawn = ("NEXTVAL", "CURRVAL")[number]
        inserts += f"  {insert(capture, sign, row, drawn)};\n"
    text = (
        f"CREATE OR REPLACE TRIGGER {name_trigger(capture.source, event).quoted}\n"
        f"AFTER {event} ON {capture.source.quoted} FOR EACH ROW\nBEGIN\n{inserts}END;"
    )
    if len(text.encode()) > LONGEST_TRIGGER:
        raise SettingsError(
            f"{capture.source.shown}: a trigger on {len(capture.columns)} columns has "
            f"{len(text.encode())} bytes; allowed: {LONGEST_TRIGGER}; include fewer columns"
        )
    return text


def insert(capture: Capture, sign: str, row: str, drawn: str) -> str:
    names = list(OWN_COLUMNS)
    values = [
        f"{capture.sequence.quoted}.{drawn}",
        f"'{sign}'",
        "SYS_EXTRACT_UTC(SYSTIMESTAMP)",
        "DBMS_TRANSACTION.LOCAL_TRANSACTION_ID",
    ]
    for column in capture.columns:
        # Two images of a large object would double what an update of anything else writes.
        if is_lob(column) and row == "OLD":
            continue
        names.append(quote(column.name))
        values.append(f":{row}.{quote(column.name)}")
    into = f"INTO {capture.log.quoted} (\n    {join(names)})"
    return f"INSERT {into}\n  VALUES (\n    {join(values)})"  # noqa: S608 - names in quotes


def join(items: Sequence[str]) -> str:
    """Return a list with few items on a line: SQL*Plus reads no line of 2,500 characters."""
    lines = [""]
    for item in items:
        if lines[-1] and len(lines[-1]) + len(item) > 96:
            lines.append("")
        lines[-1] += f"{item}, "
    return "\n    ".join(line.rstrip() for line in lines).rstrip(",")


def drop_triggers(source: Place) -> Iterator[str]:
    for event in ENDINGS:
        yield drop_trigger(name_trigger(source, event))


def drop_trigger(place: Place) -> str:
    return f"DROP TRIGGER {place.quoted}"


def count_log(log: Place) -> str:
    """Return what shows how many rows of a change table were not shipped yet."""
    return f"SELECT COUNT(*) AS NOT_SHIPPED FROM {log.quoted}"  # noqa: S608 - a name in quotes


def drop_log(log: Place) -> str:
    """Return what drops a change table, with all that was not shipped yet."""
    return f"DROP TABLE {log.quoted} PURGE"
